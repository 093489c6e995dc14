"""Two editions are compared by ids, and each difference says whether it can change a score."""

from juri.core.editions.diff import Change, diff_editions, diff_text
from juri.core.editions.loader import load_edition
from juri.core.registry import Registry


def changes(before: str, after: str, registry: Registry) -> tuple[Change, ...]:
    return diff_editions(load_edition(before, registry), load_edition(after, registry))


def test_equal_editions_differ_in_nothing_whatever_their_layout(base: str, registry: Registry) -> None:
    assert changes(base, base.replace("weight: 60", "weight: 60.0"), registry) == ()
    assert diff_text(()) == "The two editions say the same."


def test_a_change_is_found_by_id_and_not_by_position(base: str, registry: Registry) -> None:
    after = base.replace("  - {id: open,", "  - {id: early, quotas: {winners: 1}}\n  - {id: open,").replace(
        "{winners: 3}", "{winners: 4}"
    )
    assert changes(base, after, registry) == (
        Change("tracks.special.quotas.winners", "changed", 3, 4, "scores"),
        Change("tracks.early", "added", None, {"id": "early", "quotas": {"winners": 1}}, "scores"),
    )


def test_wording_is_told_from_what_changes_scores(base: str, registry: Registry) -> None:
    after = (
        base.replace("{id: Dasar, en: Base}", "{id: Dasar, en: Basis}")
        .replace("{id: idea, weight", "{id: idea, name: Gagasan, weight")
        .replace("missing: zero", "missing: submitted")
        .replace("close: 2026-03-31", "close: 2026-04-30")
        .replace("kind: intake,", "kind: intake, name: Masuk,")
    )
    assert changes(base, after, registry) == (
        Change("name.en", "changed", "Base", "Basis", "wording"),
        Change("calendar.close", "changed", "2026-03-31", "2026-04-30", "rules"),
        Change("rubrics.main.criteria.idea.name", "added", None, "Gagasan", "wording"),
        Change("stages.intake.name", "added", None, "Masuk", "wording"),
        Change("stages.proposal.missing", "changed", "zero", "submitted", "scores"),
    )


def test_a_method_is_no_wording_although_its_key_is_called_name(base: str, registry: Registry) -> None:
    before = base.replace("method: mean", "method: {name: mean}")
    after = base.replace("method: mean", "method: {name: trimmed}")
    assert changes(before, after, registry) == (
        Change("stages.proposal.method.name", "changed", "mean", "trimmed", "scores"),
    )


def test_wording_in_a_rubric_that_also_scores_otherwise_is_still_wording(base: str, registry: Registry) -> None:
    after = base.replace("weight: 60", "name: Gagasan, weight: 70").replace("weight: 40", "weight: 30")
    assert changes(base, after, registry) == (
        Change("rubrics.main.criteria.idea.weight", "changed", 60, 70, "scores"),
        Change("rubrics.main.criteria.idea.name", "added", None, "Gagasan", "wording"),
        Change("rubrics.main.criteria.effect.weight", "changed", 40, 30, "scores"),
    )


def test_another_order_of_stages_is_a_change(base: str, registry: Registry) -> None:
    before = base + "  - {id: a, kind: final}\n  - {id: b, kind: final}\n"
    after = base + "  - {id: b, kind: final}\n  - {id: a, kind: final}\n"
    assert changes(before, after, registry) == (
        Change(
            "stages.(order)",
            "changed",
            ["intake", "proposal", "winners", "a", "b"],
            ["intake", "proposal", "winners", "b", "a"],
            "scores",
        ),
    )


def test_the_text_groups_changes_by_what_they_can_do(base: str, registry: Registry) -> None:
    after = (
        base.replace("en: Base", "en: Basis of all")
        .replace("  - {id: started, type: date}", "  - {id: began, type: date}")
        .replace("value: 12, until: close", "value: 12, until: close, fact: began")
        .replace("n: 10}", "n: 12}")
    )
    assert diff_text(changes(base, after, registry)) == (
        "Can change scores, ranks or who advances:\n"
        "  ~ stages.winners.rule.n: 10 -> 12\n"
        "\n"
        "Changes other rules (who may enter, what is asked, when):\n"
        "  + tracks.open.eligibility.min_age.fact: began\n"
        "  - form.started: {id: started, type: date}\n"
        "  + form.began: {id: began, type: date}\n"
        "\n"
        "Wording only:\n"
        "  ~ name.en: Base -> 'Basis of all'"
    )
