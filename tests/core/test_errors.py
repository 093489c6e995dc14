"""The errors: each says what a person needs, and keeps it as fields too."""

import pytest

from juri.core.errors import (
    ActionRefused,
    Conflict,
    DefinitionError,
    Fault,
    InputRefused,
    JuriError,
    NotFound,
    PluginError,
    Problem,
    Where,
)

FAULT = Fault(Where("kipp.yaml", 3, 5), "there is no rule 'top'", "did you mean 'top_n'?")
FAULT_TOLD = "kipp.yaml:3:5: there is no rule 'top'\n    hint: did you mean 'top_n'?"
PROBLEMS = [Problem("title", "is missing", "missing"), Problem("", "is bad")]


@pytest.mark.parametrize(
    ("error", "said", "code"),
    [
        (InputRefused(PROBLEMS), "title: is missing; is bad", "input_refused"),
        (InputRefused.at("title", "is missing"), "title: is missing", "input_refused"),
        (ActionRefused(["not now", "not you"]), "not now; not you", "action_refused"),
        (ActionRefused(["not now"], code="stage_not_open"), "not now", "stage_not_open"),
        (Conflict("somebody was first", theirs=1, yours=2), "somebody was first", "conflict"),
        (NotFound("entry", "U-1"), "there is no entry 'U-1'", "not_found"),
        (NotFound("entry", "U-1", "known are U-2"), "there is no entry 'U-1'; known are U-2", "not_found"),
        (NotFound("entry", "U-1", "in edition kipp"), "there is no entry 'U-1' in edition kipp", "not_found"),
        (DefinitionError([FAULT]), FAULT_TOLD, "definition_error"),
        (PluginError("kipp", "juri_methods", "it raised"), "plugin 'kipp', juri_methods: it raised", "plugin_error"),
    ],
)  # fmt: skip
def test_an_error_says_it_in_words_and_has_a_stable_code(error, said, code):
    assert isinstance(error, JuriError)
    assert (str(error), error.code) == (said, code)


def test_a_conflict_carries_both_texts():
    conflict = Conflict("somebody was first", theirs={"a": "1"}, yours={"a": "2"})
    assert (conflict.reasons, conflict.theirs, conflict.yours) == (("somebody was first",), {"a": "1"}, {"a": "2"})


def test_a_place_without_a_line_is_the_file():
    assert str(Where("kipp.yaml")) == "kipp.yaml"
    assert str(Fault(Where("kipp.yaml"), "it is empty")) == "kipp.yaml: it is empty"


def test_the_code_of_one_error_is_not_that_of_the_next():
    ActionRefused(["not now"], code="early")
    assert ActionRefused(["not now"]).code == "action_refused"
