"""YAML is read exactly, with the place of every value, and hostile files are refused."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.editions import positions
from juri.core.editions.positions import read_mapping, read_text, read_tree
from juri.core.errors import DefinitionError, Where


def refusal(text: str) -> str:
    with pytest.raises(DefinitionError) as caught:
        read_mapping(text, "f.yaml")
    return str(caught.value)


def test_plain_scalars_mean_what_yaml_1_2_says_and_numbers_stay_exact() -> None:
    text = """
    whole: 30
    minus: -7
    decimal: 0.10
    power: 1.5e2
    hex: 0xff
    octal: 0o17
    zeros: 007
    day: 2026-03-31
    moment: 2026-03-31T23:59:00+07:00
    yes_word: yes
    off_word: off
    truth: true
    quoted: "30"
    underscored: 1_000
    sexagesimal: 08:30
    forced: !!str 30
    block: |
      two
      lines
    """
    assert read_tree(text, "f").plain() == {
        "whole": 30,
        "minus": -7,
        "decimal": Decimal("0.10"),
        "power": Decimal("1.5e2"),
        "hex": 255,
        "octal": 15,
        "zeros": 7,
        "day": "2026-03-31",
        "moment": "2026-03-31T23:59:00+07:00",
        "yes_word": "yes",
        "off_word": "off",
        "truth": True,
        "quoted": "30",
        "underscored": "1_000",
        "sexagesimal": "08:30",
        "forced": "30",
        "block": "two\nlines\n",
    }


def test_a_decimal_keeps_the_digits_that_were_written() -> None:
    value = read_tree("a: 0.10", "f").plain()["a"]
    assert (type(value), str(value)) == (Decimal, "0.10")


def test_null_says_the_same_as_no_key() -> None:
    assert read_tree("{a: null, b: ~, c: , d: 1}", "f").plain() == {"d": 1}


def test_every_value_and_key_knows_its_place() -> None:
    root = read_tree("a:\n  - x\n  - {b: 1}\n", "f.yaml")
    assert root.place(("a",), of_key=True) == Where("f.yaml", 1, 1)
    assert root.place(("a", 0)) == Where("f.yaml", 2, 5)
    assert root.place(("a", 1, "b")) == Where("f.yaml", 3, 9)
    assert root.place(("a", 1, "b"), of_key=True) == Where("f.yaml", 3, 6)
    assert root.place(("a", 1, "absent")) == Where("f.yaml", 3, 5)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers_hold_for_every_kind_of_line_end_and_a_byte_order_mark(end: str) -> None:
    root = read_tree(f"\ufeffa: 1{end}b: 2{end}", "f")
    assert root.place(("b",)) == Where("f", 2, 4)


def test_an_alias_repeats_what_it_names() -> None:
    assert read_tree("a: &x {k: 1}\nb: *x\n", "f").plain() == {"a": {"k": 1}, "b": {"k": 1}}


REFUSED = {
    "": "f.yaml:1:1: the file is empty\n    hint: write at least 'juri: 1'",
    "# a comment": "f.yaml:1:1: the file is empty\n    hint: write at least 'juri: 1'",
    "- a": "f.yaml:1:1: the file holds a list; it must hold keys with values\n    hint: begin with 'juri: 1'",
    "word": "f.yaml:1:1: the file holds a single value; it must hold keys with values\n    hint: begin with 'juri: 1'",
    "a: 1\n---\nb: 2": "f.yaml:2:1: a second document begins here\n    hint: keep one document in a file",
    "a: 1\nb: 2\na: 3": (
        "f.yaml:3:1: the key 'a' stands here a second time; it is already at f.yaml:1:1\n    hint: keep one"
    ),
    "a:\n\tb: 1": "f.yaml:2:1: a tab stands where YAML wants spaces\n    hint: indent with spaces",
    "a: b: c": ("f.yaml:1:5: a ':' stands where no key can\n    hint: quote the text, or check the indentation"),
    "a: [1, 2": (
        "f.yaml:1:9: a list that begins with '[' is not closed; it begins at line 1, column 4\n"
        "    hint: write ']' or the missing ','"
    ),
    "a: 'text": (
        "f.yaml:1:9: a quoted text is not closed; it begins at line 1, column 4\n"
        "    hint: write the closing quotation mark"
    ),
    "a: @x": "f.yaml:1:4: a text may not begin with this character\n    hint: put the text in quotation marks",
    "a: *x": "f.yaml:1:4: '*x' refers to no '&x' above it\n    hint: quote the text",
    "a: &x [*x]": "f.yaml:1:8: '*x' stands inside '&x' itself",
    "a: !python/object {}": "f.yaml:1:4: the tag '!python/object' is not used here\n    hint: leave it out",
    "[a]: 1": "f.yaml:1:1: a key must be a plain word, not a list or mapping\n    hint: quote the text",
    "a: &x 1\n*x : 2": "f.yaml:2:1: an alias cannot be a key\n    hint: write the key out",
    "<<: {a: 1}": "f.yaml:1:1: '<<' is not part of YAML 1.2\n    hint: use 'extends', or write the keys out",
    "a: .inf": (
        "f.yaml:1:4: .inf is not a number that can be reckoned with\n    hint: write a figure, or quote the text"
    ),
    "a: 1e99": "f.yaml:1:4: this number is too long: at most 30 characters\n    hint: quote it if it is text",
    'a: "\\u0000"': "f.yaml:1:4: the text has the character U+0000, which cannot be kept",
    "a: \x07": "f.yaml:1:4: the character U+0007 may not stand in a text file",
    '"": 1': "f.yaml:1:1: a key must be one line of 1 to 200 characters",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_its_place_in_plain_words(text: str) -> None:
    assert refusal(text) == REFUSED[text]


def test_nesting_has_a_limit_that_holds_for_aliases_too() -> None:
    assert read_tree("[" * 40 + "]" * 40, "f").depth == 40
    assert refusal("a: " + "[" * 5000) == "f.yaml:1:43: this is nested more than 40 deep"
    chain = "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 60))
    assert "is nested more than 40 deep" in refusal(chain)


def test_aliases_that_multiply_are_stopped_by_what_they_would_become() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    assert refusal(bomb).endswith("the file says more than 50000 things, aliases written out")


def test_a_file_has_a_greatest_size(tmp_path: Path) -> None:
    text = "a: " + "x" * positions.MAX_BYTES
    expected = ": the file is larger than 1 MiB"
    assert expected in refusal(text)
    (tmp_path / "big.yaml").write_text(text)
    with pytest.raises(DefinitionError, match=expected):
        read_text(tmp_path / "big.yaml")


def test_a_file_that_is_not_utf8_says_where(tmp_path: Path) -> None:
    path = tmp_path / "old.yaml"
    path.write_bytes("a: 1\nb: caf\u00e9".encode("cp1252"))
    with pytest.raises(DefinitionError) as caught:
        read_text(path)
    assert str(caught.value) == (f"{path}:2:7: the file is not UTF-8 text\n    hint: save it with the encoding UTF-8")


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="the file cannot be read: No such file"):
        read_text(tmp_path / "absent.yaml")


@given(st.text(st.characters(codec="utf-8"), max_size=60) | st.text("ab:-[]{}&*!|>'\"%@#?,\n\t 01.~\\uU", max_size=40))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        read_tree(text, "f")
    except DefinitionError as error:
        assert error.faults  # noqa: PT017  either way is right; another exception is not
