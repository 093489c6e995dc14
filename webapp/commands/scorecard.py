"""``juri scorecard``: forms to fill in, filled forms to take over, and what a juror gave."""

from __future__ import annotations

from pathlib import Path

import click

from juri.webapp.commands.imports import file_argument, read_file
from juri.webapp.commands.output import counted
from juri.webapp.workbench import Workbench

_edition = click.argument("edition")
_stage = click.argument("stage")


@click.group()
def scorecard() -> None:
    """Hand out scorecards as forms, take them over from paper or a spreadsheet, look at them."""


@scorecard.command("import")
@_edition
@_stage
@file_argument
@click.option("--reason", default="", help="Why submitted scorecards are changed, where they are.")
@click.option("--draft", is_flag=True, help="Keep them as drafts, which may be incomplete and do not count.")
@click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
@click.pass_obj
def import_scorecards(
    workbench: Workbench, edition: str, stage: str, file: Path, reason: str, draft: bool, dry_run: bool
) -> None:
    """Submit the scorecards of a FILE, all or none.

    One that is there already, just so, is left as it is. The FILE is CSV or XLSX, in long form
    (entry,juror,criterion,score) or wide form (entry,juror,<criterion>...), such as 'juri scorecard template' writes.
    A comment stands in a column 'comment' (long) or '<criterion> comment' (wide), the reason that a checklist asks
    for in 'reason' or '<criterion> reason', the comment on the whole sheet in '_overall comment' (long: in
    the row of the criterion '_overall'). Rows without a score are left out.
    """
    from juri.webapp.commands.paper import paper_sheets, submit_sheets

    sheets = paper_sheets(read_file(file))
    with workbench.rehearsing(dry_run) as (session, actor):
        running = workbench.running(session, edition)
        done = submit_sheets(session, running, stage, sheets, by=actor, reason=reason, draft=draft)
    if dry_run:
        click.echo(f"Dry run: {counted(len(sheets), 'scorecard')} would be taken; nothing was written")
        return
    same = f"; {len(sheets) - done} already there, just so" if done < len(sheets) else ""
    click.echo(f"{counted(done, 'scorecard')} {'kept as draft' if draft else 'submitted'} in {stage}{same}")


@scorecard.command()
@_edition
@_stage
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="CSV or XLSX.")
@click.option("--juror", default="", help="Only the forms of this juror.")
@click.option("--again", is_flag=True, help="Also the forms of scorecards that are submitted already.")
@click.pass_obj
def template(workbench: Workbench, edition: str, stage: str, output: Path, juror: str, again: bool) -> None:
    """Write empty forms, to be filled in and imported again.

    For jurors without a network: one row for each scorecard that is assigned, one column for each criterion. A
    workbook (.xlsx) explains every criterion on a second sheet and refuses scores off the scale.
    """
    from juri.core.judging.forms import empty_forms
    from juri.webapp.commands.files import write_file
    from juri.webapp.commands.paper_form import form_csv, form_xlsx

    if output.suffix.lower() not in {".csv", ".xlsx"}:
        raise click.BadParameter("name a file that ends with .csv or .xlsx", param_hint="--output")
    with workbench.reading() as session:
        forms = empty_forms(session, workbench.running(session, edition), stage, juror=juror, again=again)
    write_file(output, form_xlsx(forms) if output.suffix.lower() == ".xlsx" else form_csv(forms))
    click.echo(f"{output} has {counted(len(forms.forms), 'scorecard')} to fill in")


@scorecard.command()
@_edition
@_stage
@click.argument("entry")
@click.argument("juror")
@click.pass_obj
def show(workbench: Workbench, edition: str, stage: str, entry: str, juror: str) -> None:
    """Show what a JUROR gave an ENTRY, with every earlier version."""
    from juri.core.judging.forms import find_filled
    from juri.webapp.commands.paper_form import filled_text

    with workbench.reading() as session:
        filled = find_filled(session, workbench.running(session, edition), stage, entry, juror)
    click.echo(filled_text(filled))
