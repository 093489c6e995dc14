"""Canonical JSON is that of RFC 8785, whichever of the two ways writes it."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from juri.core.storage.types import canonical_json

LEAVES = st.none() | st.booleans() | st.text() | st.integers(1 - 2**53, 2**53 - 1) | st.floats(allow_nan=False)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(VALUES)
def test_it_is_what_the_reference_writes_or_refuses(value):
    try:
        expected = rfc8785.dumps(value).decode()
    except ValueError:
        with pytest.raises(ValueError, match=r".+"):
            canonical_json(value)
    else:
        assert canonical_json(value) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": ["x", None], "a": True}, '{"a":true,"b":["x",null]}'),
        ('\x00\x1f\x7f"\\/\b\t\n\f\r', '"\\u0000\\u001f\x7f\\"\\\\/\\b\\t\\n\\f\\r"'),
        ({"€": 1, "\r": 2, "1": 3}, '{"\\r":2,"1":3,"€":1}'),
    ],
)
def test_words_are_written_as_the_standard_says(value, text):
    assert canonical_json(value) == text
