"""The overall comment of a sheet in the forms that jurors fill in without a network, and on its way back."""

import io

import pytest

from juri.core.judging.forms import EmptyForm, FormSet
from juri.core.scoring.rubric import OVERALL, Criterion, OverallComment, Rubric, overall_question, questions
from juri.core.tables.reading import load_stream, read_table
from juri.webapp.commands.paper import paper_sheets
from juri.webapp.commands.paper_form import form_csv, form_xlsx

ASKED = (
    *questions(Rubric("r", "weighted", (Criterion("use"), Criterion("safety")))),
    overall_question(OverallComment()),
)
FORMS = FormSet((EmptyForm("E1", "R1", "Kartu", "Dinas", "", tuple(each.criterion for each in ASKED)),), ASKED)


def test_a_form_has_a_column_for_it_and_none_for_a_score():
    assert form_csv(FORMS).decode("utf-8-sig").splitlines()[0] == "entry,juror,title,use,safety,_overall comment"
    rules = read_table(load_stream(io.BytesIO(form_xlsx(FORMS)), "forms.xlsx"), sheet="criteria").rows
    assert rules[-1] == (OVERALL, "overall comment", "in words; may be left empty")


@pytest.mark.parametrize(
    "text",
    [
        "entry,juror,use,safety,_overall comment\nE1,R1,80,70,Rapi sekali.\n",
        "entry,juror,criterion,score,comment\nE1,R1,use,80,\nE1,R1,safety,70,\nE1,R1,_overall,,Rapi sekali.\n",
    ],
    ids=["wide", "long"],
)
def test_it_comes_back_from_either_form(text):
    (sheet,) = paper_sheets(read_table(load_stream(io.BytesIO(text.encode()), "sheets.csv")))
    assert (sheet.answers["use"]["value"], sheet.answers[OVERALL]["comment"]) == ("80", "Rapi sekali.")
