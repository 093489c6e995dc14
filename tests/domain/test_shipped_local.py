"""The local editions and the template as shipped: what is known of them, and which rules are not."""

from decimal import Decimal

import pytest

from juri.core.scoring.rubric import OverallComment
from juri.core.view import EntryFacts, RuleContext

NATIONAL_WEIGHTS = {
    "ringkasan": 0,
    "latar_belakang_tujuan": 10,
    "kebaruan_nilai_tambah": 15,
    "implementasi": 5,
    "signifikansi": 30,
    "adaptabilitas": 20,
    "sumber_daya": 5,
    "strategi_keberlanjutan": 15,
}


def weights(rubric):
    return {criterion.id: criterion.weight for criterion in rubric.criteria}


def suggestion(edition, path):
    return next(unknown.suggestion for unknown in edition.unknown if unknown.at == path)


def test_sukoharjo_2023_is_a_draft_that_suggests_the_national_rubric_and_no_amount_of_its_bonus(load):
    edition = load("sukoharjo-2023")
    assert [unknown.at for unknown in edition.unknown] == [
        "calendar.registration_open",
        "calendar.registration_close",
        "form",
        "rubrics.proposal",
        "stages",
    ]
    suggested = suggestion(edition, "rubrics.proposal")
    assert {each["id"]: each["weight"] for each in suggested["criteria"]} == NATIONAL_WEIGHTS
    assert "bonuses" not in suggested
    assert (len(edition.categories), len(edition.clusters), edition.stages) == (11, 3, ())


@pytest.mark.parametrize(("state", "passed"), [("rintisan", True), ("sedang_berjalan", True), ("ide", False)])
def test_sukoharjo_2023_admits_a_pilot_and_asks_for_no_age(load, registry, state, passed):
    [use] = load("sukoharjo-2023").eligibility
    entry = EntryFacts("E1", "T", "O", answers={"innovation_state": state})
    rule = registry.get("eligibility_rules", use.rule)
    assert rule.verdict(entry, use.options, RuleContext()).passed == passed


def test_kovablik_has_the_rubrics_of_its_application(load, table):
    rows = table("rubrics/kovablik-jatim-berdasi.csv")
    rubrics = load("kovablik-jatim").rubrics
    for stage, rubric in (("1_proposal", rubrics["proposal"]), ("2_presentasi", rubrics["presentasi"])):
        real = [row for row in rows if row["stage"] == stage]
        assert [criterion.name for criterion in rubric.criteria] == [row["criterion"] for row in real]
        assert [criterion.weight for criterion in rubric.criteria] == [int(row["weight"]) for row in real]
        scales = {(each.scale.minimum, each.scale.maximum) for each in rubric.criteria}
        assert scales == {(int(row["min"]), int(row["max"])) for row in real}


def test_kovablik_divides_by_the_assigned_jurors_adds_no_stages_up_and_leaves_the_cut_to_a_person(load):
    edition = load("kovablik-jatim")
    for name in ("proposal", "presentasi"):
        options = edition.stage(name).options
        assert (options["method"].rule, options["missing"]) == ("mean", "zero")
    assert edition.stage("proposal").options["gate"] == "all_submitted"
    for cut, of in (("to_presentation", "proposal"), ("best", "presentasi")):
        options = edition.stage(cut).options
        assert (options["rule"].rule, dict(options["of"].weights)) == ("human", {of: 1})
    assert [award["places"] for award in edition.stage("announcement").options["awards"]] == [45]


def test_kovablik_limits_entries_by_kind_of_entrant_and_khusus_does_not_count(load):
    counted = ("umum", "replikasi")
    assert [(limit.value, limit.clusters, limit.tracks) for limit in load("kovablik-jatim").limits] == [
        (5, ("opd_provinsi",), counted),
        (3, ("kabupaten_kota",), counted),
        (3, ("bumd",), counted),
    ]


def test_kovablik_asks_for_a_year_counted_back_from_closing(load):
    [use] = load("kovablik-jatim").eligibility
    assert (use.rule, use.options["value"], use.options["until"]) == ("min_age_months", 12, "registration_close")


@pytest.mark.parametrize(
    ("track", "history", "admitted"),
    [
        ("umum", [], True),
        ("umum", [("top_30", 2019)], False),
        ("khusus", [], False),
        ("khusus", [("top_terpuji", 2018)], True),
        ("khusus", [("top_30", 2020)], True),
        ("khusus", [("top_30", 2021)], False),
        ("khusus", [("top_25", 2019)], True),
    ],
)
def test_kovablik_admits_to_a_group_by_the_award_history(admits, track, history, admitted):
    assert admits("kovablik-jatim", EntryFacts("E1", "Gelis", "Sukoharjo", track), history) == admitted


@pytest.mark.parametrize(("award", "admitted"), [(("top_45", 2018), True), (("top_45", 2021), False)])
def test_kovablik_admits_a_replication_of_somebody_elses_top_45_of_2016_to_2020(admits, award, admitted):
    entry = EntryFacts("E1", "Sapa", "Klaten", "replikasi", answers={"replicated_title": "GELIS"})
    assert admits("kovablik-jatim", entry, [award]) == admitted


def test_krenova_jateng_has_the_levels_and_elements_of_the_official_form(load, table):
    rubric = load("krenova-jateng-2018").rubrics["krenova"]
    rows = table("rubrics/krenova-jateng-2018.csv")
    assert [(leaf.name) for leaf in rubric.leaves] == [row["element"] for row in rows]
    assert [len(criterion.children) for criterion in rubric.criteria] == [4, 2, 3, 3]
    assert [criterion.weight for criterion in rubric.criteria] == [20, 30, 35, 15]
    assert {tuple(level.value for level in leaf.scale.levels) for leaf in rubric.leaves} == {(7, 6, 5, 3, 2, 1)}


def test_krenova_jateng_gives_ten_and_ten_and_ten_by_the_poll_and_titles_may_overlap(load):
    edition = load("krenova-jateng-2018")
    assert edition.stage("nominator").options["rule"].options == {"n": 40}
    assert edition.stage("penetapan").options["proposes"].options == {"n": 20}
    awards = [
        (each["id"], each["places"], each["from_place"], dict(each["of"].weights), each["overlap"])
        for stage in ("announcement", "pengumuman_favorit")
        for each in edition.stage(stage).options["awards"]
    ]
    assert awards == [
        ("utama", 10, 1, {"presentasi": Decimal(1)}, "allowed"),
        ("harapan", 10, 11, {"presentasi": Decimal(1)}, "allowed"),
        ("favorit", 10, 1, {"favorit": Decimal(1)}, "allowed"),
    ]
    assert [(limit.value, limit.clusters) for limit in edition.limits] == [(5, ("kabupaten_kota",))]
    assert len(edition.categories) == 9


def test_krenova_jateng_does_not_know_its_jury_its_poll_and_the_weights_of_pelopor(load):
    assert [unknown.at for unknown in load("krenova-jateng-2018").unknown] == [
        "stages.verifikasi.jurors_per_entry",
        "stages.verifikasi.method",
        "stages.verifikasi.missing",
        "stages.verifikasi.ties",
        "stages.favorit.scale",
        "stages.favorit.minimum_votes",
        "stages.presentasi.jurors_per_entry",
        "stages.presentasi.method",
        "stages.presentasi.missing",
        "stages.presentasi.ties",
        "rubrics.pelopor",
        "stages.pengumuman_favorit.publish",
        "stages.announcement.publish",
    ]


def test_krenova_tegal_has_four_equal_criteria_of_whole_points_and_two_races(load, table):
    edition = load("krenova-tegal-2026")
    rows = table("rubrics/krenova-kota-tegal-2026.csv")
    rubric = edition.rubrics["krenova"]
    assert [criterion.name for criterion in rubric.criteria] == [row["criterion"] for row in rows]
    assert set(weights(rubric).values()) == {1}
    assert {(leaf.scale.minimum, leaf.scale.maximum, leaf.scale.step) for leaf in rubric.leaves} == {(1, 100, 1)}
    assert [track.id for track in edition.tracks] == ["pelajar", "umum"]


def test_krenova_tegal_divides_by_who_submitted_and_keeps_the_poll_apart(load):
    edition = load("krenova-tegal-2026")
    judging, poll = edition.stage("judging").options, edition.stage("poll").options
    assert (judging["method"].rule, judging["missing"]) == ("mean", "submitted")
    assert (poll["method"], poll["picks"]) == ("sum", 1)
    assert edition.stage("poll").closes > edition.stage("announcement").opens
    assert [unknown.at for unknown in edition.unknown] == [
        "stages.judging.jurors_per_entry",
        "stages.judging.ties",
        "stages.announcement.awards",
    ]


def test_kovablik_does_not_know_these_rules_and_no_others(load):
    assert [unknown.at for unknown in load("kovablik-jatim").unknown] == [
        "calendar.registration_close",
        "stages.proposal.jurors_per_entry",
        "stages.proposal.ties",
        "stages.presentasi.jurors_per_entry",
        "stages.presentasi.minutes",
        "stages.presentasi.ties",
        "stages.announcement.publish",
    ]


def test_the_preselection_is_a_template_of_ours_with_a_coaching_note_on_every_aspect(load):
    edition = load("preselection")
    assert edition.template
    assert edition.description.en.startswith("A template of ours, not the rule of any region:")
    assert weights(edition.rubrics["coaching"]) == NATIONAL_WEIGHTS
    assert all(leaf.comment_required for leaf in edition.rubrics["coaching"].leaves)
    assert edition.rubrics["coaching"].overall == OverallComment("Kesimpulan pembinaan")
