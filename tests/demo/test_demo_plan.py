"""The plan of the demonstration: real agencies, invented everything else, always the same for a seed."""

import re
from collections import Counter

import pytest

from juri.core.entries.asked import count_words
from juri.core.errors import InputRefused
from juri.plugins.rules._facts import fold
from juri.webapp.demo.agencies import read_agencies
from juri.webapp.demo.defects import DUPLICATE
from juri.webapp.demo.entries import AT_LOCAL_ADMIN, DRAFTED, LIMIT, OVER_LIMIT, SUBMITTED
from juri.webapp.demo.lots import Lots
from juri.webapp.demo.marks import give_marks, is_never_sent
from juri.webapp.demo.plan import SEED, make_plan
from juri.webapp.demo.size import REAL, TrackSize, size_at


@pytest.fixture(scope="module")
def plan():
    return make_plan(SEED, REAL)


def test_the_table_holds_the_agencies_of_2023_by_cluster_each_once():
    agencies = read_agencies()
    assert Counter(agency.cluster for agency in agencies) == {
        "kementerian": 33,
        "lembaga": 52,
        "provinsi": 38,
        "kabupaten": 416,
        "kota": 98,
        "bumn": 46,
    }
    assert len({fold(agency.name) for agency in agencies}) == len(agencies)
    assert [agency.name for agency in agencies if agency.name != " ".join(agency.name.split())] == []


def test_every_region_lies_in_a_province_of_the_table():
    agencies = read_agencies()
    provinces = {agency.region for agency in agencies if agency.cluster == "provinsi"}
    assert {agency.name for agency in agencies if agency.cluster == "provinsi"} == {
        f"Pemerintah Provinsi {name}" for name in provinces
    }
    regional = {"provinsi", "kabupaten", "kota"}
    assert [a.name for a in agencies if (a.region in provinces) != (a.cluster in regional)] == []


def test_the_plan_registers_and_submits_the_real_numbers(plan):
    assert len(plan.entries) == 3110
    assert Counter(entry.fate for entry in plan.entries) == {
        SUBMITTED: 2269,
        DRAFTED: 503,
        AT_LOCAL_ADMIN: 337,
        OVER_LIMIT: 1,
    }


def test_as_many_submitted_entries_have_a_defect_as_were_refused_in_2023(plan):
    flawed = Counter(entry.proposal.track for entry in plan.entries if entry.defect)
    assert flawed == {"umum": 2112 - 1991, "khusus": 157 - 144}
    assert {entry.fate for entry in plan.entries if entry.defect} == {SUBMITTED}


def test_titles_are_used_once_but_for_the_pairs_that_are_meant_to_clash(plan):
    times = Counter(fold(entry.proposal.title) for entry in plan.entries)
    clashing = [entry for entry in plan.entries if times[fold(entry.proposal.title)] > 1]
    assert {entry.defect for entry in clashing} == {DUPLICATE}
    assert set(times.values()) == {1, 2}


def test_no_agency_submits_more_of_umum_than_the_limit_and_one_tries_to(plan):
    submitted = Counter(e.agency.name for e in plan.entries if e.proposal.track == "umum" and e.fate == SUBMITTED)
    assert max(submitted.values()) == LIMIT
    assert [submitted[e.agency.name] for e in plan.entries if e.fate == OVER_LIMIT] == [LIMIT]


def test_only_the_texts_that_are_meant_to_be_too_long_are(plan):
    limits = {"implementasi": 200, "latar_belakang_tujuan": 300, "sudah_direplikasi": 100}
    long = {
        entry.defect
        for entry in plan.entries
        for name, limit in limits.items()
        if count_words(entry.proposal.answers[name]) > limit
    }
    assert long == {"too_long"}


def test_history_and_people_are_labelled_as_invented(plan):
    assert [award for award in plan.history if not re.fullmatch(r"kipp-20\d\d-sintetis", award.edition)] == []
    assert [juror.name for juror in plan.jurors if "Peragaan" not in juror.name] == []
    assert [entry.proposal.code for entry in plan.entries if "peragaan" not in entry.proposal.title.lower()] == []


def test_a_seed_gives_one_plan_and_another_seed_another():
    small = size_at(0.02)
    hashes = {seed: make_plan(seed, small).sha256 for seed in (1, 2)}
    assert make_plan(1, small).sha256 == hashes[1] != hashes[2]


def test_a_smaller_size_keeps_the_shape():
    assert size_at(1) is REAL
    assert size_at(0.05).tracks == {
        "umum": TrackSize(146, 109, 100, 10, 5, 2),
        "khusus": TrackSize(17, 14, 7, 4, 2, 1),
    }


@pytest.mark.parametrize("scale", [0, -1, 1.5, float("nan")])
def test_a_scale_that_is_none_is_refused(scale):
    with pytest.raises(InputRefused) as refused:
        size_at(scale)
    assert [problem.field for problem in refused.value.problems] == ["scale"]


def test_lots_are_the_same_on_every_machine():
    lots = Lots(2023, "example")
    assert [lots.below(100) for _ in range(6)] == [23, 48, 38, 1, 47, 66]
    assert Lots(2023, "example").shuffled("abcdef") == list("ebacdf")


def test_marks_lie_on_the_scale_and_depend_on_nothing_but_their_names():
    criteria = ("signifikansi", "adaptabilitas")
    given = give_marks(1, "proposal", "U0001", "TE-01", criteria)
    assert give_marks(1, "proposal", "U0001", "TE-01", criteria) == given
    many = (give_marks(1, "s", f"U{n}", f"TE-{n % 7}", criteria).values() for n in range(500))
    assert [mark for marks in many for mark in marks if not 0 <= int(mark) <= 100] == []


def test_about_one_scorecard_in_two_hundred_and_fifty_never_comes():
    missing = sum(is_never_sent(1, f"U{n}", "TE-01") for n in range(5000))
    assert 5 < missing < 40
