"""Tables of ballots: each form is read as it was meant, or refused with the place of every fault."""

from fractions import Fraction

import pytest

from juri.core.ballots.ballots import GradedBallots, Pairs, RankedBallots
from juri.core.errors import InputRefused
from juri.core.tables.ballot_forms import KNOWN_BALLOT_HEADERS, read_ballots
from juri.core.tables.reading import Source, read_table


def read(text, takes, grades=()):
    return read_ballots(read_table(Source("b", text.encode()), known_headers=KNOWN_BALLOT_HEADERS), takes, grades)


def problems(text, takes, grades=()):
    with pytest.raises(InputRefused) as refused:
        read(text, takes, grades)
    return [str(problem) for problem in refused.value.problems]


SAME = {((0,), (1, 2)): 3, ((1,),): 1}


@pytest.mark.parametrize(
    "text",
    [
        "count,ranking\n3,A>C=B\n1,B\n",
        "pemilih;urutan\nv1;A > B = C\nv2;B\nv3;A>C=B\nv4;A>B=C\n",
        "voter,A,B,C\nv1,1,2,2\nv2,,1,\nv3,1,2,2\nv4,1,2,2\n",
        "A,B,C,jumlah\n1,2,2,3\n,1,,1\n",
        "voter,candidate,rank\nv1,A,1\nv1,B,2\nv1,C,2\nv2,B,1\nv3,B,2\nv3,A,1\nv3,C,2\nv4,A,1\nv4,C,2\nv4,B,2\n",
    ],
)
def test_every_form_of_rankings_says_the_same(text):
    ballots = read(text, RankedBallots).ballots
    assert (ballots.candidates, dict(ballots.rankings)) == (("A", "B", "C"), SAME)


@pytest.mark.parametrize("header", ["count,1,2,3", "count,choice 1,choice 2,choice 3", "count,1st,2nd,3rd"])
def test_names_may_stand_in_numbered_places(header):
    found = read(f"{header}\n2,B,A,\n1,C,,A\n", RankedBallots)
    assert dict(found.ballots.rankings) == {((1,), (0,)): 2, ((2,), (0,)): 1}
    assert found.warnings == ("ballots that skip a rank: 1; only the order of their ranks counts",)


def test_numbers_under_numbers_could_be_either_and_are_refused():
    (said,) = problems("1,2,3\n1,3,2\n", RankedBallots)
    assert said.startswith("row 1: are the headers places or candidates?")


def test_a_name_in_two_places_is_told():
    assert problems("1,2,3\nA,B,A\n", RankedBallots) == [
        "row 2, column C (3): the ballot names 'A' more than once; keep one"
    ]


def test_a_skipped_rank_is_told_and_only_the_order_counts():
    found = read("A,B,C\n1,3,\n1,2,4\n1,1,3\n", RankedBallots)
    assert dict(found.ballots.rankings) == {((0,), (1,)): 1, ((0,), (1,), (2,)): 1, ((0, 1), (2,)): 1}
    assert found.warnings == ("ballots that skip a rank: 2; only the order of their ranks counts",)


@pytest.mark.parametrize(
    "text",
    [
        'voter,A,B\nv1,4,5\nv2,"4,0",\nv3,1,5\n',
        "voter,candidate,grade\nv1,A,4\nv1,B,5\nv2,A,4.0\nv3,A,1\nv3,B,5\n",
    ],
)  # fmt: skip
def test_grades_that_are_numbers_are_put_in_their_order(text):
    found = read(text, GradedBallots).ballots
    assert found == GradedBallots(("A", "B"), ("1", "4", "5"), ((1, 2, 0), (0, 0, 2)), 3)


def test_grades_that_are_words_need_their_order():
    text = "A,B\ngood,Poor\npoor,\n"
    assert problems(text, GradedBallots) == [
        "--grades: the grades are words (Poor, good, poor); say their order, worst first: --grades poor,fair,good"
    ]
    found = read(text, GradedBallots, ["poor", "fair", "good"]).ballots
    assert found == GradedBallots(("A", "B"), ("poor", "fair", "good"), ((1, 0, 1), (1, 0, 0)), 2)


def test_tallies_are_read_from_the_worst_or_as_the_order_says():
    text = "candidate,poor,good\nA,10805010410,2\nB,,4\n"
    found = read(text, GradedBallots)
    assert found.ballots == GradedBallots(("A", "B"), ("poor", "good"), ((10805010410, 2), (0, 4)), 10805010412)
    assert found.warnings == ("grades from the worst to the best, as the columns stand: poor, good",)
    assert read(text, GradedBallots, ["good", "poor"]).ballots.tallies == ((2, 10805010410), (4, 0))
    assert "name these, worst first" in problems(text, GradedBallots, ["good", "fair"])[0]


def test_comparisons_are_added_up_whichever_way_they_are_written():
    one = read("winner,loser\nA,B\nB,A\nA,B\n", Pairs).ballots
    assert one == Pairs(("A", "B"), {(0, 1): (Fraction(2), Fraction(1))})
    assert read("winner,loser,count\nA,B,2\nB,A,1\n", Pairs).ballots == one
    home = read('home,away,wins,losses\nB,A,1,"2,5"\nA,B,1,0\n', Pairs).ballots  # fmt: skip
    assert home == Pairs(("A", "B"), {(0, 1): (1, 0), (1, 0): (1, Fraction(5, 2))}, ordered=True)


@pytest.mark.parametrize(
    ("takes", "text", "said"),
    [
        (RankedBallots, "A,B\n1,x\n", "row 2, column B (B): 'x' is not a rank; write 1 for the first, and leave the"),
        (RankedBallots, "A,B\n1,0\n", "row 2, column B (B): '0' is not a rank; write 1 for the first, and leave the"),
        (RankedBallots, "count,ranking\n3,A>B>A\n", "row 2, column B (ranking): the ballot names 'A' more than once"),
        (RankedBallots, "count,ranking\n3,A>>B\n", "row 2, column B (ranking): a name is missing; write names as A>"),
        (RankedBallots, "count,ranking\n1.5,A\n", "row 2, column A (count): '1.5' is not a number of ballots; write"),
        (RankedBallots, "voter,A,B\nv,1,2\nv,2,1\n", "row 3, column A (voter): 'v' has a ballot in row 2 already; r"),
        (RankedBallots, "voter,A,B\n,1,2\n", "row 2, column A (voter): the cell is empty, but the row has text; nam"),
        (RankedBallots, "voter,candidate,rank\nv,A,1\nv,A,2\n", "row 3, column B (candidate): 'v', 'A' is in row 2"),
        (RankedBallots, "voter,candidate,rank\nv,,1\n", "row 2, column B (candidate): the cell is empty, but the ro"),
        (RankedBallots, "voter,candidate,rank,count\nv,A,1,2\n", "row 1, column D (count): each row is a mark of on"),
        (RankedBallots, "A,B,Total\n1,2,3\n", "row 1, column C (Total): 'Total' would be read as a candidate; remov"),
        (RankedBallots, "voter,pemilih\nv,w\n", "row 1, column B (pemilih): 'voter', 'pemilih' could each be the vo"),
        (GradedBallots, "voter,candidate,grade\nv,A,bad\n", "row 2, column C (grade): 'bad' is not a grade; the gra"),
        (GradedBallots, "candidate,poor,good\nA,1,x\n", "row 2, column C (good): 'x' is not a whole number of voters"),
        (GradedBallots, "candidate,poor,good\nA,1,1\nA,1,1\n", "row 3, column A (candidate): 'A' is in row 2 already"),
        (Pairs, "winner,loser\nA,A\n", "row 2, column B (loser): 'A' is compared with itself"),
        (Pairs, "winner,loser\nA,\n", "row 2, column B (loser): the cell is empty, but the row has text; name it"),
        (Pairs, "winner,loser,count\nA,B,many\n", "row 2, column C (count): 'many' is not a number; write digits wi"),
        (Pairs, "winner,loser,count\nA,B,-1\n", "row 2, column C (count): -1 is less than 0; count how often it hap"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_cell(takes, text, said):
    assert [problem for problem in problems(text, takes, ["poor", "good"]) if problem.startswith(said)]


@pytest.mark.parametrize(
    ("takes", "text", "said"),
    [
        (GradedBallots, "count,ranking\n3,A>B\n", "row 1, column B (ranking): this column holds a ranking"),
        (RankedBallots, "winner,loser\nA,B\n", "row 1, column A (winner): this column holds a winner"),
        (Pairs, "first,second\nA,B\n", "row 1: the method needs another form: winner,loser - first,second,wins,losses"),
        (RankedBallots, "candidate,rank\nA,1\n", "row 1: the method needs another form: ranking (A>B=C) - "),
        (RankedBallots, "voter,count\nv,1\n", "row 1: the method needs another form: ranking (A>B=C) - "),
    ],
)  # fmt: skip
def test_another_form_is_refused_and_the_forms_are_told(takes, text, said):
    assert problems(text, takes)[0].startswith(said)


def test_columns_without_use_and_names_alike_are_told():
    found = read("voter,candidate,rank,date\nv,Air Bersih,1,today\nv,air  bersih,2,today\n", RankedBallots)
    assert found.warnings == (
        "'Air Bersih' and 'air  bersih' were read as 2 different names",
        "columns that were not used: 'date' (column D)",
    )
