import csv
from decimal import Decimal
from fractions import Fraction

import pytest

from juri.core.errors import InputRefused
from juri.core.scoring.number import read_number
from juri.core.scoring.rubric import Answer, Criterion, Rubric, Scale
from juri.core.sheets import rubric_problems, score_sheet
from juri.rubrics.kinds.banded import KIND, BandedOptions, grade_of, juri_rubric_kinds, prepare

MAGELANG_2019 = [{"grade": "A", "min": 90}, {"grade": "B", "min": 80}, {"grade": "C", "min": 70}, {"grade": "D"}]
TWO_DECIMALS = [
    {"grade": "good", "min": Decimal("65.01"), "max": 100},
    {"grade": "fair", "min": Decimal("60.01"), "max": 65},
    {"grade": "poor", "max": 60},
]
ONE_DECIMAL = [{"grade": "gold", "min": 87}, {"grade": "silver", "max": Decimal("86.9")}]


def banded(bands, *, decimals=None, mode="half_up", criteria=None, **options):
    rounding = {} if decimals is None else {"rounding": {"decimals": decimals, "mode": mode}}
    criteria = criteria or (Criterion("a", weight=Decimal(100)),)
    return Rubric("r", "banded", criteria, options={"bands": bands, **rounding, **options})


def graded(rubric, **marks):
    return score_sheet(KIND, rubric, {name: Answer(Decimal(mark)) for name, mark in marks.items()})


def codes(rubric):
    return [(problem.field, problem.code) for problem in rubric_problems(KIND, rubric)]


def messages(rubric):
    return [problem.message for problem in rubric_problems(KIND, rubric)]


def test_the_hook_offers_the_kind():
    assert juri_rubric_kinds() == [KIND]


@pytest.mark.parametrize(
    ("mark", "grade"), [("100", "A"), ("90", "A"), ("89.99", "B"), ("80", "B"), ("70", "C"), ("69.99", "D"), ("0", "D")]
)
def test_the_lower_bound_of_a_band_belongs_to_it(mark, grade):
    rubric = banded(MAGELANG_2019)
    assert codes(rubric) == []
    assert graded(rubric, a=mark).grade == grade


def test_the_published_scores_of_krenova_kota_magelang_2019_have_the_published_bands(shared):
    lines = (shared / "domain/real-results/krenova-kota-magelang-2019.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    rubric = banded(MAGELANG_2019)
    assert [grade_of(rubric, Fraction(read_number(row["score_normalised"]))) for row in rows] == [
        row["band"] for row in rows
    ]
    assert [graded(rubric, a=row["score_normalised"]).grade for row in rows] == ["B", "B", "B", "C", "C"]


def test_the_score_that_lost_its_comma_is_off_the_scale():
    with pytest.raises(InputRefused, match="8031 is outside the scale 0 to 100"):
        graded(banded(MAGELANG_2019), a="8031")


class TestRounding:
    @pytest.mark.parametrize(("mark", "grade"), [("60", "poor"), ("60.01", "fair"), ("65", "fair"), ("65.01", "good")])
    def test_bands_may_close_on_two_decimals(self, mark, grade):
        assert codes(banded(TWO_DECIMALS, decimals=2)) == []
        assert graded(banded(TWO_DECIMALS, decimals=2), a=mark).grade == grade

    @pytest.mark.parametrize(("mark", "grade"), [("86.94", "silver"), ("86.95", "gold"), ("87", "gold")])
    def test_a_total_is_rounded_once_and_then_banded(self, mark, grade):
        assert codes(banded(ONE_DECIMAL, decimals=1)) == []
        assert graded(banded(ONE_DECIMAL, decimals=1), a=mark).grade == grade

    def test_the_mode_is_part_of_the_rule(self):
        assert graded(banded(ONE_DECIMAL, decimals=1, mode="down"), a="86.99").grade == "silver"

    def test_the_total_itself_stays_exact(self):
        assert graded(banded(ONE_DECIMAL, decimals=0), a="86.95").total == Fraction("86.95")

    def test_without_rounding_a_hair_below_the_bound_is_below_it(self):
        assert graded(banded(MAGELANG_2019), a="89.999999").grade == "B"
        assert graded(banded(MAGELANG_2019, decimals=2), a="89.999999").grade == "A"


class TestBandsThatDoNotFit:
    def test_bands_are_needed(self):
        assert codes(banded([])) == [("bands", "no_bands")]

    def test_a_gap_after_rounding_is_refused(self):
        assert messages(banded(TWO_DECIMALS, decimals=3)) == [
            (
                "between 'fair' (up to 65) and 'good' (from 65.01) lie totals of no band, such as 65.001 after "
                "rounding to 3 decimals; move one of the bounds"
            ),
            (
                "between 'poor' (up to 60) and 'fair' (from 60.01) lie totals of no band, such as 60.001 after "
                "rounding to 3 decimals; move one of the bounds"
            ),
        ]

    def test_an_upper_bound_without_rounding_leaves_a_gap(self):
        assert messages(banded(ONE_DECIMAL)) == [
            (
                "between 'silver' (up to 86.9) and 'gold' (from 87) lie totals of no band; declare 'rounding', or "
                "leave the upper bound out"
            )
        ]

    @pytest.mark.parametrize("upper", [87, 88])
    def test_an_overlap_is_refused(self, upper):
        bands = [{"grade": "gold", "min": 87}, {"grade": "silver", "max": upper}]
        assert codes(banded(bands, decimals=1)) == [("bands", "overlap")]

    def test_bounds_finer_than_the_rounding_leave_no_gap(self):
        assert codes(banded(ONE_DECIMAL, decimals=0)) == []

    @pytest.mark.parametrize(
        ("bands", "code"),
        [
            ([{"grade": "A", "min": 50}, {"grade": "A"}], "double_grade"),
            ([{"grade": "A", "min": 50}, {"grade": "B", "min": 50}, {"grade": "C"}], "overlap"),
            ([{"grade": "A"}, {"grade": "B"}], "overlap"),
            ([{"grade": "A", "min": 50}, {"grade": "B", "min": 10}], "gap"),
            ([{"grade": "A", "min": 50, "max": 90}, {"grade": "B"}], "gap"),
        ],
    )
    def test_every_total_falls_into_one_band(self, bands, code):
        assert codes(banded(bands)) == [("bands", code)]

    def test_a_band_does_not_end_before_it_begins(self):
        bands = [{"grade": "A", "min": 90}, {"grade": "B", "min": 85, "max": 80}, {"grade": "C"}]
        assert [code for _, code in codes(banded(bands, decimals=0))] == ["empty_band", "gap"]

    def test_a_total_outside_the_bounds_has_no_grade(self):
        rubric = banded(TWO_DECIMALS, decimals=2)
        with pytest.raises(InputRefused, match="the total 101 is in no band"):
            grade_of(rubric, Fraction(101))
        with pytest.raises(InputRefused, match="the total 9 is in no band"):
            grade_of(banded([{"grade": "A", "min": 10}]), Fraction(9))


class TestInnerPoints:
    ITEMS = (
        prepare(Criterion("a", options={"maximum": Decimal(40), "step": "half"})),
        prepare(Criterion("b", scale=Scale(Decimal(0), Decimal(71)))),
    )
    MAKASSAR = ({"grade": "Sangat Inovatif", "min": 88}, {"grade": "Inovatif", "min": 67}, {"grade": "Perlu Perbaikan"})

    def test_points_are_added_up_and_banded(self):
        rubric = banded(self.MAKASSAR, criteria=self.ITEMS, inner="points")
        assert codes(rubric) == []
        assert KIND.bounds(rubric) == (0, 111)
        assert graded(rubric, a="27.5", b="60.5").grade == "Sangat Inovatif"
        assert graded(rubric, a="27.5", b="39.4").grade == "Perlu Perbaikan"

    def test_a_weight_is_not_taken_for_a_maximum(self):
        rubric = banded(self.MAKASSAR, criteria=(Criterion("a", weight=Decimal(40)),), inner="points")
        assert codes(rubric) == [("a", "two_maxima")]

    def test_a_step_alone_leaves_the_scale_as_it_is(self):
        assert prepare(Criterion("a", weight=Decimal(40), options={"step": "half"})).scale == Scale(step=Decimal("0.5"))


def test_faults_of_the_inner_rubric_come_first():
    assert codes(banded([], criteria=(Criterion("a", weight=Decimal(99)),))) == [("bands", "no_bands")]
    assert codes(banded(MAGELANG_2019, criteria=(Criterion("a", weight=Decimal(99)),))) == [
        ("criteria", "weights_not_100")
    ]


def test_the_options_are_those_of_the_bands_and_of_the_inner_kind():
    loaded = BandedOptions().load({"bands": [{"grade": "A", "min": "90"}], "rounding": {"decimals": 2}})
    assert loaded == {
        "na": "renormalise",
        "weights": "percent",
        "normalise": False,
        "inner": "weighted",
        "bands": [{"grade": "A", "min": Decimal(90)}],
        "rounding": {"decimals": 2, "mode": "half_up"},
    }
    assert sorted(BandedOptions().validate({"inner": "guess", "rounding": {"decimals": -1}})) == [
        "bands",
        "inner",
        "rounding",
    ]
