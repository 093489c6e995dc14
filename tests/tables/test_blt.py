"""BLT files: what is read, and every fault with its line."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.errors import InputRefused
from juri.core.tables.blt import is_blt, read_blt

WHOLE = """\
# the final of 2026
4 2
-3
5 1 2=4 0
(ballot 17) 1 4 - 1 0   # one rank skipped
2 3 2 0
0
"Ani"
"Budi # 2"
"Citra"
"Dewi"
"Tahap akhir"
"""


def problems(text):
    with pytest.raises(InputRefused) as refused:
        read_blt(text.encode(), "b.blt")
    return [str(problem) for problem in refused.value.problems]


def test_ballots_names_seats_and_who_withdrew_are_read():
    found = read_blt(WHOLE.encode(), "b.blt")
    assert (found.candidates, found.seats, found.title) == (("Ani", "Budi # 2", "Citra", "Dewi"), 2, "Tahap akhir")
    assert dict(found.rankings) == {((0,), (1, 3)): 5, ((3,), (0,)): 1, ((2,), (1,)): 2}
    assert found.withdrawn == {2}
    assert found.without_withdrawn() == {((0,), (1, 3)): 5, ((1,),): 2, ((3,), (0,)): 1}


def test_equal_ballots_are_counted_together_whatever_their_order():
    one = '2 1\n1 1 2 0\n1 2 0\n2 1 2 0\n0\n"A"\n"B"\n'
    other = '2 1\n1 2 0\n3 1 2 0\n0\n"A"\n"B"\n'
    assert read_blt(one.encode(), "") == read_blt(other.encode(), "")


def test_names_may_stand_on_one_line_and_the_title_may_be_left_out():
    assert read_blt(b'2 1\n1 1 0\n0\n"A" "B"\n', "").candidates == ("A", "B")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("4 2\n", "4 two\n"), "line 2: '4 two' is not the number of candidates and the number of seats, such as '5"),
        (("4 2\n", "4 5\n"), "line 2: 5 seats do not fit 4 candidates"),
        (("-3\n", "-9\n"), "line 3: '9' is not a candidate's number (1 to 4)"),
        (("-3\n", "-3 4\n"), "line 3: '4' should be a withdrawn candidate, such as -3"),
        (("5 1 2=4 0", "5 1 7 0"), "line 4: '7' is not a candidate's number (1 to 4)"),
        (("5 1 2=4 0", "5 1 2=x 0"), "line 4: 'x' is not a candidate's number (1 to 4)"),
        (("5 1 2=4 0", "5 1 2=1 0"), "line 4: the ballot names candidate 1 more than once; keep one"),
        (("2 3 2 0", "2 3 2"), "line 6: '2 3 2' is no ballot: write how many there are, the preferences, and a 0 at"),
        (("2 3 2 0", "0.5 3 2 0"), "line 6: '0.5 3 2 0' is no ballot: write how many there are, the preferences, an"),
        (("2 3 2 0", "9" * 5_000 + " 3 2 0"), "line 6: '9999999999"),
        (("\n0\n", "\n"), "line 11: no line with a single 0 ends the ballots; write one before the names"),
        (('"Dewi"\n"Tahap akhir"\n', ""), "line 10: there are 3 names for 4 candidates and a title"),
        (('"Dewi"', "Dewi"), "line 11: 'Dewi' should be a name in double quotes"),
        (('"Dewi"', '"Ani"'), "line 11: 'Ani' is the name of line 8, too; set them apart"),
        (('"Dewi"', '""'), "line 11: a candidate has no name; write one"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line(change, said):
    assert change[0] in WHOLE
    assert [problem for problem in problems(WHOLE.replace(*change)) if problem.startswith(said)]


def test_every_fault_is_told_at_once_in_the_order_of_the_lines():
    text = WHOLE.replace("5 1 2=4 0", "5 8 0").replace("2 3 2 0", "2 9 0").replace("4 2", "4 9")
    assert [said.split(":")[0] for said in problems(text)] == ["line 2", "line 4", "line 6"]


@pytest.mark.parametrize(
    ("data", "known"),
    [
        (b"5 3\n1 1 0\n", True),
        (b"\xef\xbb\xbf\n# x\n 5   3 # seats\n", True),
        (b"5,3\n", False),
        (b"percent,ranking\n", False),
        (b"5 3 2\n", False),
        (b"\n\n", False),
    ],
)
def test_the_content_tells_a_blt_file(data, known):
    assert is_blt(data) is known


@given(
    st.lists(
        st.sampled_from(["2 1", "1 1 0", "1 2 1 0", "0", "-1", '"A"', '"B"', "1 1=2 0", "#", '"', "x"]), max_size=9
    )
)
def test_any_lines_are_read_or_refused(lines):
    data = "\n".join(["2 1", *lines]).encode()
    with suppress(InputRefused):
        assert len(read_blt(data, "b.blt").candidates) == 2
