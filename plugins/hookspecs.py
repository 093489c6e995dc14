"""The hooks of Juri: what a plugin can add, what it is asked, and what it is told. ``juri hooks`` prints this page.

Add: each is called once, when the registry is built, and returns records of one class; an empty list adds nothing.
Ask: called while somebody works and waits for the answer. Tell: called after the commit; nothing waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from juri.core.extension import (
    AssignmentRule,
    BallotMethod,
    CliCommand,
    CutRule,
    EditionDefinition,
    EligibilityRule,
    Exporter,
    Method,
    RubricDefinition,
    RubricKind,
    Setting,
    StageKind,
    TieBreaker,
    WebBlueprint,
)
from juri.core.view import EventRecorded, MenuItem, Refusal, Transition, Viewer
from juri.plugins import PROJECT

hookspec = pluggy.HookspecMarker(PROJECT)


@hookspec
def juri_rubric_kinds() -> Iterable[RubricKind]:
    """Add rubric kinds: how a juror's filled sheet becomes a score.

    Who: a plugin for a competition that scores in a way no bundled kind does.
    When: once, at start-up; ``score`` is called for each scorecard, with answers that were already checked.
    None or an exception: stops the start-up. An exception in ``score`` refuses that scorecard and nothing else.

    A complete plugin::

        from fractions import Fraction

        from juri.core.extension import RubricKind
        from juri.core.scoring.rubric import Line, Score
        from juri.plugins import hookimpl


        def add_up(rubric, answers):
            given = {name: answer.value for name, answer in answers.items() if not answer.is_na}
            return Score.of([Line(name, Fraction(value)) for name, value in given.items()])


        @hookimpl
        def juri_rubric_kinds():
            return [RubricKind(name="plain_sum", title="Plain sum", version="1", score=add_up)]
    """
    return ()


@hookspec
def juri_rubrics() -> Iterable[RubricDefinition]:
    '''Add ready rubrics, which editions take by name (``{use: short_pitch}``).

    Who: a plugin that shares a rubric among editions. One YAML file in the plugins folder does the same.
    When: once, at start-up; ``read`` is called when an edition uses the rubric, and its text is checked then.
    None or an exception: stops the start-up.

    A complete plugin::

        from juri.core.extension import RubricDefinition
        from juri.plugins import hookimpl

        TEXT = """
        juri: 1
        rubric: short_pitch
        kind: weighted
        criteria: [{id: idea, weight: 60}, {id: delivery, weight: 40}]
        """


        @hookimpl
        def juri_rubrics():
            text = {"read": lambda: TEXT, "path": __file__}
            return [RubricDefinition(name="short_pitch", title="Short pitch", version="1", **text)]
    '''
    return ()


@hookspec
def juri_stage_kinds() -> Iterable[StageKind]:
    """Add stage kinds: steps of the lifecycle, computed from values.

    Who: a plugin for a step that no bundled kind covers.
    When: once, at start-up; ``outcome`` is called when such a stage is closed, and whenever its result is looked at.
    None or an exception: stops the start-up. An exception in ``outcome`` refuses the closing.

    A complete plugin::

        from juri.core.extension import StageKind
        from juri.core.view import ADVANCE, Outcome, Proposal
        from juri.plugins import hookimpl


        def everybody_goes_on(view):
            return Outcome(tuple(Proposal(entry.code, ADVANCE, "workshop") for entry in view.entries))


        @hookimpl
        def juri_stage_kinds():
            return [StageKind(name="workshop", title="Workshop", version="1", outcome=everybody_goes_on)]
    """
    return ()


@hookspec
def juri_methods() -> Iterable[Method]:
    """Add methods: how the sheets of an entry become its score.

    Who: a plugin for a competition whose rule is none of the bundled methods.
    When: once, at start-up; ``rank`` is called for each ranking. It works on integers: ``value / scale``.
    None or an exception: stops the start-up. An exception in ``rank`` refuses that ranking; the last one stays.

    A complete plugin::

        from juri.core.extension import Method
        from juri.core.scoring.number import ExactColumn, int_array
        from juri.core.scoring.standings import EntryScores
        from juri.plugins import hookimpl


        def best_sheet(matrix, options):
            best = {}
            for entry, value in zip(matrix.entry.tolist(), matrix.value.tolist(), strict=True):
                best[entry] = max(value, best.get(entry, value))
            column = int_array(best.get(entry, 0) for entry in range(len(matrix.entries)))
            counted = matrix.value == column[matrix.entry]
            return EntryScores(ExactColumn(column, matrix.scale), matrix.sheets > 0, counted)


        @hookimpl
        def juri_methods():
            return [Method(name="best_sheet", title="Best sheet", version="1", rank=best_sheet)]
    """
    return ()


@hookspec
def juri_ballot_methods() -> Iterable[BallotMethod]:
    """Add ballot methods: how rankings, grades or comparisons become an order, or fill seats (``juri count``).

    Who: a plugin for a vote whose rule is none of the bundled ones.
    When: once, at start-up; ``count`` is called for each count, with ballots of the class that ``takes`` names.
    None or an exception: stops the start-up. An exception in ``count`` refuses that count.

    A complete plugin::

        from juri.core.ballots.ballots import RankedBallots
        from juri.core.ballots.tally import Tally, competition_ranks, place
        from juri.core.extension import BallotMethod
        from juri.plugins import hookimpl


        def plurality(case, options):
            names = [case.ballots.candidates[each] for each in case.ballots.standing]
            votes = dict.fromkeys(names, 0)
            for ranking, count in case.ballots.without_withdrawn().items():
                if ranking and len(ranking[0]) == 1:
                    votes[case.ballots.candidates[ranking[0][0]]] += count
            figures = [{"votes": votes[name]} for name in names]
            return Tally(place(names, competition_ranks(list(votes.values())), figures))


        @hookimpl
        def juri_ballot_methods():
            about = {"title": "First preferences", "version": "1"}
            return [BallotMethod(name="plurality", takes=RankedBallots, count=plurality, **about)]
    """
    return ()


@hookspec
def juri_cut_rules() -> Iterable[CutRule]:
    """Add cut rules: who advances, proposed from the standings of one track.

    Who: a plugin for a competition with a quota of its own making.
    When: once, at start-up; ``select`` is called when a cut or plenary stage works out its proposals.
    None or an exception: stops the start-up. An exception in ``select`` refuses that cut.

    A complete plugin::

        from juri.core.extension import CutRule
        from juri.core.view import ADVANCE, STOP, Proposal
        from juri.plugins import hookimpl


        def upper_half(case, options):
            ranks = case.standings.rank_of()
            inside = {entry for entry, rank in ranks.items() if 2 * rank <= len(ranks)}
            everyone = [line.entry for line in (*case.standings.lines, *case.standings.unranked)]
            return [Proposal(entry, ADVANCE if entry in inside else STOP, "upper half") for entry in everyone]


        @hookimpl
        def juri_cut_rules():
            return [CutRule(name="upper_half", title="The upper half", version="1", select=upper_half)]
    """
    return ()


@hookspec
def juri_tie_breakers() -> Iterable[TieBreaker]:
    """Add tie-breakers: a figure for each entry that sets entries of one score apart, greater is better.

    Who: a plugin for a competition whose rule book names another order.
    When: once, at start-up; ``key`` is called for a ranking with ties whose chain names the rule.
    None or an exception: stops the start-up. An exception in ``key`` refuses that ranking.

    A complete plugin::

        from juri.core.extension import TieBreaker
        from juri.core.scoring.number import ExactColumn
        from juri.plugins import hookimpl


        def most_sheets(context, argument):
            return ExactColumn(context.matrix.sheets, 1)


        @hookimpl
        def juri_tie_breakers():
            return [TieBreaker(name="most_sheets", title="Scored by more jurors", version="1", key=most_sheets)]
    """
    return ()


@hookspec
def juri_eligibility_rules() -> Iterable[EligibilityRule]:
    """Add eligibility rules: whether an entry may take part, from its facts.

    Who: a plugin for a competition with a condition of its own.
    When: once, at start-up; ``verdict`` is called for each entry that an edition's rule is checked on.
    None or an exception: stops the start-up. An exception in ``verdict`` refuses that check; nobody is let through.

    A complete plugin::

        from juri.core.extension import EligibilityRule
        from juri.core.view import Verdict
        from juri.plugins import hookimpl


        def has_video(entry, options, context):
            if entry.answers.get("video"):
                return Verdict(passed=True)
            return Verdict(passed=False, code="no_video", reason="The entry has no video.")


        @hookimpl
        def juri_eligibility_rules():
            return [EligibilityRule(name="has_video", title="Has a video", version="1", verdict=has_video)]
    """
    return ()


@hookspec
def juri_assignment_rules() -> Iterable[AssignmentRule]:
    """Add assignment rules: which juror scores which entry.

    Who: a plugin with a better solver, or with a competition's own custom.
    When: once, at start-up; ``assign`` is called when somebody asks for a proposal of assignments.
    None or an exception: stops the start-up. An exception in ``assign`` refuses that proposal.

    A complete plugin::

        from juri.core.extension import AssignmentRule
        from juri.plugins import hookimpl


        def all_score_all(case, options):
            pairs = [(entry.code, juror) for entry in case.entries for juror in sorted(case.jurors)]
            return [pair for pair in pairs if pair not in case.forbidden]


        @hookimpl
        def juri_assignment_rules():
            return [AssignmentRule(name="all_score_all", title="All score all", version="1", assign=all_score_all)]
    """
    return ()


@hookspec
def juri_exporters() -> Iterable[Exporter]:
    r"""Add exporters: file formats for a report.

    Who: a plugin for another program that reads results.
    When: once, at start-up; ``write`` is called for each export. Equal reports must give equal bytes.
    None or an exception: stops the start-up. An exception in ``write`` refuses that export.

    A complete plugin::

        from juri.core.extension import Exporter
        from juri.plugins import hookimpl


        def as_text(report):
            rows = [row for header, body in report.tables.values() for row in (header, *body)]
            return "".join("\t".join(map(str, row)) + "\n" for row in rows).encode()


        @hookimpl
        def juri_exporters():
            text = {"suffix": ".txt", "media_type": "text/plain", "write": as_text}
            return [Exporter(name="text", title="Plain text", version="1", **text)]
    """
    return ()


@hookspec
def juri_editions() -> Iterable[EditionDefinition]:
    """Add editions, which are shipped with a plugin and taken by name.

    Who: a plugin that brings a competition. One YAML file in the plugins folder does the same.
    When: once, at start-up; ``read`` is called when somebody asks for the edition and not before.
    None or an exception: stops the start-up. An exception in ``read`` refuses the use of that edition.

    A complete plugin::

        from pathlib import Path

        from juri.core.extension import EditionDefinition
        from juri.plugins import hookimpl

        FILE = Path(__file__).with_name("school-2026.yaml")


        @hookimpl
        def juri_editions():
            text = {"read": lambda: FILE.read_text(encoding="utf-8"), "path": str(FILE)}
            return [EditionDefinition(name="school-2026", title="School prize 2026", version="1", **text)]
    """
    return ()


@hookspec
def juri_settings() -> Iterable[Setting]:
    """Add settings, each with a default. Somebody sets them as ``JURI_PLUGIN_<PLUGIN>_<NAME>``.

    Who: a plugin whose commands, pages or listeners need to be told something about the place where they run.
    When: once, at start-up; the value is then ``plugins.setting(name)``. No computation may depend on it.
    None or an exception: stops the start-up, and so does a ``JURI_PLUGIN_...`` that no plugin knows.

    A complete plugin::

        from juri.core.extension import Setting
        from juri.plugins import hookimpl


        @hookimpl
        def juri_settings():
            texts = {"title": "Sender of mail", "help": "The address that mail comes from."}
            return [Setting(name="example:mail_from", version="1", default="juri@example.org", **texts)]
    """
    return ()


@hookspec
def juri_cli_commands() -> Iterable[CliCommand]:
    r"""Add sub-commands of ``juri``. A command gets the workbench (settings, plugins, registry) as click's object.

    Who: a plugin with work for the secretariat's terminal.
    When: once, at start-up; ``load`` is called when the command is used or its help is shown.
    None or an exception: stops the start-up. An exception in ``load`` refuses the command.

    A complete plugin::

        from juri.core.extension import CliCommand
        from juri.plugins import hookimpl


        def load():
            import click

            @click.command(help="Print the names of the rubric kinds.")
            @click.pass_obj
            def kinds(workbench):
                click.echo("\n".join(workbench.registry.names("rubric_kinds")))

            return kinds


        @hookimpl
        def juri_cli_commands():
            return [CliCommand(name="kinds", title="Print the names of the rubric kinds", version="1", load=load)]
    """
    return ()


@hookspec
def juri_blueprints() -> Iterable[WebBlueprint]:
    """Add pages: Flask blueprints.

    Who: a plugin whose stage kind needs a screen, or that shows something new.
    When: once, at start-up; ``load`` is called when the web application is built. The command line never calls it.
    None or an exception: stops the start-up. An exception in ``load`` stops the start of the web application.

    A complete plugin::

        from juri.core.extension import WebBlueprint
        from juri.plugins import hookimpl


        def load():
            from flask import Blueprint

            pages = Blueprint("map", __name__, url_prefix="/map")
            pages.add_url_rule("/", view_func=lambda: "the map")
            return pages


        @hookimpl
        def juri_blueprints():
            return [WebBlueprint(name="map", title="Map of entries", version="1", load=load)]
    """
    return ()


@hookspec
def juri_menu_items(viewer: Viewer) -> Iterable[MenuItem]:
    """Say which lines a viewer's menu gets.

    Who: a plugin with pages. Hiding a line protects nothing: the page itself must ask the policy.
    When: for each page that shows the menu.
    None: no line.
    An exception: its lines are left out and the error is logged with the plugin's name.

    A complete plugin::

        from juri.core.document import Text
        from juri.core.view import MenuItem
        from juri.plugins import hookimpl


        @hookimpl
        def juri_menu_items(viewer):
            return [MenuItem(Text("Peta", "Map"), "/map/")] if "organiser" in viewer.roles else []
    """
    return ()


@hookspec
def juri_check_transition(change: Transition) -> Refusal | None:
    """Say why a change of state may not happen. Everyone is asked and all reasons are shown.

    Who: a plugin for a competition with a condition that no stage kind knows.
    When: before an edition, stage, entry or result changes its state, inside the transaction.
    None: nothing against it.
    An exception or any other answer: refuses the change, too.

    A complete plugin::

        from juri.core.view import Refusal
        from juri.plugins import hookimpl


        @hookimpl
        def juri_check_transition(change):
            if (change.kind, change.to_state) == ("edition", "archived"):
                return Refusal("Editions of this house are never archived.", "never_archived")
            return None
    """
    return None


@hookspec
def juri_event_recorded(event: EventRecorded) -> None:
    """Take notice of an act that was written and committed.

    Who: a plugin that sends messages, or keeps figures of its own elsewhere.
    When: after the commit, once for each line of the audit.
    An exception: is logged with the plugin's name and undoes nothing. The answer is of no account.

    A complete plugin::

        import logging

        from juri.core.view import EventRecorded
        from juri.plugins import hookimpl


        @hookimpl
        def juri_event_recorded(event):
            match event:
                case EventRecorded(action="stage.closed", subject=stage):
                    logging.getLogger("example").warning("%s is closed", stage)
    """
