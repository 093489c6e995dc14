"""The national KIPP 2023 and 2025 as shipped: what is known of them, and which rules are not; and the demonstration."""

import re

import pytest

from juri.core.view import EntryFacts

DEMONSTRATIONS = {"kipp-2023-demo": "kipp-2023", "sukoharjo-2023-demo": "sukoharjo-2023"}
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


def quotas(edition, name):
    return {track.id: track.quotas[name] for track in edition.tracks}


def test_kipp_2023_has_the_sourced_weights_and_the_word_limits_of_the_form(load, table):
    edition = load("kipp-2023")
    rows = table("rubrics/kipp-nasional-2023-umum.csv")
    assert weights(edition.rubrics["proposal_umum"]) == NATIONAL_WEIGHTS
    assert list(NATIONAL_WEIGHTS.values()) == [int(row["weight"]) for row in rows]
    words = {field.id: field.max_words for field in edition.form if field.max_words}
    split = [words.pop("sudah_direplikasi"), words.pop("potensi_replikasi")]
    assert split == [100, 200]
    limits = [row["max_words"] for row in rows]
    assert [str(limit) for limit in words.values()] == [limit for limit in limits if "+" not in limit]
    assert sum(words.values()) + sum(split) == 2500


def test_kipp_2023_reaches_its_real_counts_by_its_quotas_and_its_ratio(load, table):
    edition = load("kipp-2023")
    row = next(row for row in table("real-results/kipp-national-funnel.csv") if row["year"] == "2023")
    assert quotas(edition, "nominees") == {"umum": 198, "khusus": 30}
    assert quotas(edition, "finalists") == {"umum": 99, "khusus": 15}
    assert quotas(edition, "winners") == {"umum": 45, "khusus": 5}
    totals = [sum(quotas(edition, name).values()) for name in ("nominees", "finalists", "winners")]
    assert totals == [int(row[step]) for step in ("nominated", "finalists", "winners")]
    rule = edition.stage("nomination").options["rule"]
    assert (rule.rule, rule.options) == ("ratio_of_quota", {"ratio": 2, "quota": "finalists", "by": "track"})
    assert {track: 2 * places for track, places in quotas(edition, "finalists").items()} == quotas(edition, "nominees")


def test_kipp_2023_has_the_known_stages_dates_and_groups(load):
    edition = load("kipp-2023")
    assert [(stage.id, stage.kind) for stage in edition.stages] == [
        ("registration", "registration"),
        ("admin", "checklist"),
        ("proposal", "scoring"),
        ("nomination", "cut"),
        ("finalists", "plenary"),
        ("public_test", "objection"),
        ("finalists_announcement", "announcement"),
        ("interview", "interview"),
        ("field", "visit"),
        ("final", "plenary"),
        ("announcement", "announcement"),
        ("monitoring", "monitoring"),
    ]
    assert edition.calendar["registration_close"].isoformat() == "2023-05-06T23:59:00+07:00"
    assert {key: moment.date().isoformat() for key, moment in edition.calendar.items()} == {
        "socialisation": "2023-03-16",
        "registration_close": "2023-05-06",
        "te_consolidation": "2023-06-09",
        "tpi_plenary_finalists": "2023-06-15",
        "finalists_briefing": "2023-06-22",
        "interviews_open": "2023-06-26",
        "interviews_close": "2023-07-17",
        "winners_announced": "2023-07-31",
        "award": "2023-11-21",
    }
    assert [cluster.id for cluster in edition.clusters] == [
        "kementerian",
        "lembaga",
        "provinsi",
        "kabupaten",
        "kota",
        "bumn",
    ]
    assert (len(edition.categories), edition.stage("public_test").options["days"]) == (11, 5)
    assert not edition.stage("announcement").options["publish"]["ranked"]


def test_kipp_2023_does_not_know_these_rules_and_no_others(load):
    assert [unknown.at for unknown in load("kipp-2023").unknown] == [
        "eligibility.min_age_months",
        "limits",
        "rubrics.proposal_khusus",
        "stages.proposal.jurors_per_entry",
        "stages.proposal.method",
        "stages.proposal.missing",
        "stages.proposal.ties",
        "stages.interview.rubric",
        "stages.interview.minutes",
        "stages.interview.jurors_per_entry",
        "stages.interview.method",
        "stages.interview.missing",
        "stages.interview.ties",
        "stages.field.mode",
        "stages.field.claims",
        "stages.field.sample",
        "stages.final.of",
    ]


@pytest.mark.parametrize(
    ("track", "history", "admitted"),
    [
        ("umum", [], True),
        ("umum", [("top_inovasi", 2021)], True),
        ("umum", [("top_inovasi", 2021), ("top_inovasi", 2022)], False),
        ("umum", [("top_inovasi", 2022), ("top_terpuji", 2022)], False),
        ("khusus", [], False),
        ("khusus", [("top_inovasi", 2021)], False),
        ("khusus", [("top_inovasi", 2014), ("top_terpuji", 2014)], True),
        ("khusus", [("top_terpuji", 2022)], False),
        ("khusus", [("top_terpuji", 2019), ("top_15_khusus", 2021)], True),
        ("khusus", [("top_terpuji", 2019), ("top_15_khusus", 2021), ("top_15_khusus", 2022)], False),
        ("khusus", [("top_terpuji", 2019), ("top_15_khusus", 2022), ("oapsi", 2022)], False),
    ],
)
def test_kipp_2023_admits_to_a_group_by_the_award_history(admits, track, history, admitted):
    assert admits("kipp-2023", EntryFacts("E1", "GELIS", "Sukoharjo", track), history) == admitted


def test_the_demonstration_of_kipp_2023_settles_every_unknown_and_says_that_the_choices_are_ours(load):
    edition, real = load("kipp-2023-demo"), load("kipp-2023")
    assert {text.split(":")[0] for text in (edition.name.id, edition.name.en)} == {"DEMO"}
    assert [source.status for source in edition.sources if source.id == "demonstration"] == ["own"]
    assert [stage.id for stage in edition.stages if stage.opens or stage.closes] == []
    assert edition.stage_ids == real.stage_ids
    assert {name: quotas(edition, name) for name in ("nominees", "finalists", "winners")} == {
        name: quotas(real, name) for name in ("nominees", "finalists", "winners")
    }
    proposal = edition.stage("proposal").options
    assert (proposal["jurors_per_entry"], proposal["method"].rule, proposal["missing"]) == (3, "mean", "submitted")
    assert proposal["ties"][-1] == edition.stage("interview").options["ties"][-1] == "panel_decision"
    assert weights(edition.rubrics["proposal_khusus"]) == {
        name: weight for name, weight in NATIONAL_WEIGHTS.items() if name != "ringkasan"
    }


@pytest.mark.parametrize(("demonstration", "real"), DEMONSTRATIONS.items())
def test_a_demonstration_takes_nothing_from_what_it_stands_for(load, demonstration, real):
    shown, known = load(demonstration), load(real)
    assert (shown.clusters, shown.categories, shown.tracks) == (known.clusters, known.categories, known.tracks)
    assert {source.id for source in known.sources} < {source.id for source in shown.sources}
    assert shown.competition != known.competition


def test_kipp_2025_has_the_passing_grade_with_replicated_ones_first(load):
    rule = load("kipp-2025").stage("finalists").options["rule"]
    assert (rule.rule, rule.options) == ("threshold", {"min": 85, "priority": ["already_replicated"]})


def test_kipp_2025_has_the_proxy_weights_and_knows_no_word_limits(load):
    edition = load("kipp-2025")
    assert weights(edition.rubrics["proposal_umum"]) == {
        "ringkasan": 5,
        "ide_inovatif": 20,
        "signifikansi": 25,
        "kontribusi_tpb": 5,
        "adaptabilitas": 20,
        "keberlanjutan": 20,
        "kolaborasi_pemangku_kepentingan": 5,
    }
    assert [field.id for field in edition.form if field.max_words] == []
    limits = [unknown.suggestion for unknown in edition.unknown if unknown.at.endswith(".max_words")]
    assert limits == [200, 600, 600, 200, 400, 600, 200]


def test_kipp_2025_has_its_groups_limit_dates_and_public_rating(load):
    edition = load("kipp-2025")
    assert [track.id for track in edition.tracks] == ["umum", "replikasi"]
    assert [(limit.value, limit.tracks, limit.clusters) for limit in edition.limits] == [(15, (), ())]
    assert len(edition.categories) == 9
    assert [(stage.id, stage.kind) for stage in edition.stages] == [
        ("registration", "registration"),
        ("admin", "checklist"),
        ("proposal", "scoring"),
        ("finalists", "cut"),
        ("usefulness", "rating"),
        ("feasibility", "scoring"),
        ("final", "plenary"),
        ("announcement", "announcement"),
    ]
    assert next(panel.scope for panel in edition.panels if panel.id == "tpi") == "category"
    assert edition.stage("registration").closes.isoformat() == "2025-06-03T23:59:59+07:00"


def test_kipp_2025_names_the_conflict_on_the_number_of_its_rule_book(load):
    edition = load("kipp-2025")
    assert re.findall(r"[45]/2025", edition.description.en) == ["4/2025", "5/2025"]
    notes = {source.id: re.findall(r"Pedoman Menteri PANRB ([45])/2025", source.note) for source in edition.sources}
    assert {key: found for key, found in notes.items() if found} == {"sb25": ["4"], "kb25": ["4"], "sm25": ["5"]}


def test_kipp_2025_does_not_know_these_rules_and_no_others(load):
    unknown = [each.at for each in load("kipp-2025").unknown if not each.at.endswith(".max_words")]
    assert unknown == [
        "eligibility.min_age_months",
        "tracks.umum.eligibility",
        "tracks.replikasi.eligibility",
        "rubrics.proposal_replikasi",
        "stages.proposal.jurors_per_entry",
        "stages.proposal.method",
        "stages.proposal.missing",
        "stages.proposal.ties",
        "rubrics.feasibility",
        "stages.feasibility.jurors_per_entry",
        "stages.feasibility.method",
        "stages.feasibility.missing",
        "stages.feasibility.ties",
        "stages.usefulness.scale",
        "stages.usefulness.minimum_votes",
        "stages.final.of",
        "stages.announcement.awards",
    ]
