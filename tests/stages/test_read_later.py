"""What a view of a stage tells of earlier stages: read when it is looked at, once, and as an equal mapping."""

from __future__ import annotations

import pytest

from juri.core.view import ReadLater


def test_a_value_is_read_when_it_is_looked_at_and_once():
    asked = []

    def read(key):
        asked.append(key)
        return key.upper()

    later = ReadLater(["a", "b"], read)
    assert (list(later), len(later), "a" in later, "c" in later, asked) == (["a", "b"], 2, True, False, [])
    assert (later["b"], later.get("b"), asked) == ("B", "B", ["b"])
    assert (later == {"a": "A", "b": "B"}, asked) == (True, ["b", "a"])
    with pytest.raises(KeyError, match="c"):
        later["c"]
