"""Fail closed: a plugin that breaks the contract stops the start-up, in the words that its author needs."""

import pytest

from juri.core.errors import InputRefused, PluginError

KIND = """
from juri.core.extension import RubricKind
from juri.core.scoring.rubric import Score
from juri.plugins import hookimpl

__version__ = "0.3"

@hookimpl
def juri_rubric_kinds():
    return [RubricKind(name="{name}", title="A kind", version="7", score=lambda rubric, answers: Score.of([]))]
"""


def _footer(path, version="no version stated"):
    stem = path.stem
    return (
        f"    it is {stem} (file {path}, {version})\n"
        f"    mend it, or start without it by the setting JURI_PLUGINS_OFF={stem}, or by 'juri plugins off {stem}'"
    )


def test_an_import_that_fails_names_file_line_version_and_the_setting_that_switches_it_off(write, refusal):
    path = write("broken.py", '__version__ = "1.2"\nimport a_module_that_nobody_has\n')
    assert refusal() == (
        "plugin 'broken', loading: ModuleNotFoundError: No module named 'a_module_that_nobody_has'\n"
        f"    at {path}, line 2: import a_module_that_nobody_has\n" + _footer(path, "version 1.2")
    )


def test_the_line_shown_is_the_plugins_own_not_that_of_a_library_that_it_called(write, refusal):
    path = write("broken.py", "import json\n\njson.loads('{')\n")
    assert f"\n    at {path}, line 3: json.loads('{{')\n" in refusal()


def test_a_syntax_error_is_shown_where_it_stands(write, refusal):
    path = write("broken.py", "x = 1\ndef juri_methods(:\n")
    assert refusal() == (
        "plugin 'broken', loading: SyntaxError: invalid syntax (broken.py, line 2)\n"
        f"    at {path}, line 2: def juri_methods(:\n" + _footer(path)
    )


@pytest.mark.parametrize("status", ["", "0", "3"])
def test_sys_exit_at_import_does_not_end_the_program(write, refusal, status):
    path = write("leaver.py", f"import sys\nsys.exit({status})\n")
    said = f"SystemExit: {status}" if status else "SystemExit"
    assert refusal() == (
        f"plugin 'leaver', loading: {said}\n    at {path}, line 2: sys.exit({status})\n" + _footer(path)
    )


def test_an_exception_that_is_no_exception_is_caught_too(write, refusal):
    write("rude.py", "class Rude(BaseException): pass\nraise Rude('no')\n")
    assert refusal().startswith("plugin 'rude', loading: Rude: no\n")


def test_ctrl_c_while_plugins_load_still_stops_the_program(write, load):
    write("slow.py", "raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        load()


def test_ctrl_c_while_a_hook_is_called_still_stops_the_program(write, load):
    hook = "from juri.plugins import hookimpl\n@hookimpl\ndef juri_methods():\n    raise KeyboardInterrupt\n"
    write("slow.py", hook)
    with pytest.raises(KeyboardInterrupt):
        load()


def test_a_misspelt_hook_names_the_nearest_real_one(write, refusal):
    path = write("slip.py", KIND.format(name="slip").replace("def juri_rubric_kinds", "def juri_rubrik_kinds"))
    assert refusal() == (
        "plugin 'slip', juri_rubrik_kinds: there is no hook of that name; did you mean juri_rubric_kinds?\n"
        f"    at {path}, line 7\n" + _footer(path, "version 0.3")
    )


def test_a_hook_of_no_known_sound_points_to_the_list(write, refusal):
    write("slip.py", "from juri.plugins import hookimpl\n@hookimpl\ndef wholly_other():\n    return []\n")
    assert "there is no hook of that name; 'juri hooks' lists them" in refusal()


def test_a_misspelt_hook_is_refused_even_where_pluggy_would_let_it_pass(write, refusal):
    text = "from juri.plugins import hookimpl\n@hookimpl(optionalhook=True)\ndef juri_metods():\n    return []\n"
    write("slip.py", text)
    assert "did you mean juri_methods?" in refusal()


def test_an_argument_that_the_hook_does_not_give_is_refused(write, refusal):
    path = write(
        "greedy.py", "from juri.plugins import hookimpl\n@hookimpl\ndef juri_methods(session):\n    return []\n"
    )
    assert refusal() == (
        "plugin 'greedy', juri_methods: the hook gives no arguments; the plugin asks for session\n"
        f"    at {path}, line 2\n" + _footer(path)
    )


def test_an_argument_of_another_name_is_refused_with_the_right_names(write, refusal):
    text = "from juri.plugins import hookimpl\n@hookimpl\ndef juri_check_transition(transition):\n    return None\n"
    write("greedy.py", text)
    assert "the hook gives (change); the plugin asks for transition" in refusal()


@pytest.mark.parametrize("option", ["wrapper", "hookwrapper"])
def test_nobody_may_wrap_what_others_answer(write, refusal, option):
    text = f"from juri.plugins import hookimpl\n@hookimpl({option}=True)\ndef juri_methods():\n    yield\n"
    write("sly.py", text)
    assert "juri_methods: a plugin may not wrap the answers of others; add to them" in refusal()


def test_a_hook_without_its_mark_is_refused_for_it_would_never_be_called(write, refusal):
    path = write("forgetful.py", "def juri_methods():\n    return []\n")
    assert refusal() == (
        "plugin 'forgetful', juri_methods: it has a function juri_methods() without @hookimpl above it\n"
        + _footer(path)
    )


def test_a_file_that_implements_nothing_is_refused(write, refusal):
    write("empty.py", "x = 1\n")
    assert "plugin 'empty', loading: it implements no hook; 'juri hooks' lists them" in refusal()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("pass", "it must return a list of Method, not None (is a 'return' missing?)"),
        ("return 'mean'", "it must return a list of Method, not a str"),
        ("return {'mean': 1}", "it must return a list of Method, not a dict"),
        ("return 7", "it must return a list of Method, not a int"),
        ("return ['mean']", "it must return records of Method, not a str"),
        ("return SETTING", "it must return a list of Method, not a Setting (put it in a list)"),
        ("return [SETTING]", "it must return records of Method, not a Setting"),
        ("yield SETTING", "it must return records of Method, not a Setting"),
        ("raise LookupError('no such thing')", "LookupError: no such thing"),
        ("yield 1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys; sys.exit(0)", "SystemExit: 0"),
    ],
)
def test_an_answer_of_the_wrong_kind_is_refused(write, refusal, answer, said):
    write(
        "odd.py",
        f"""
        from juri.core.extension import Setting
        from juri.plugins import hookimpl

        SETTING = Setting(name="x", title="X", version="1", default="", help="")

        @hookimpl
        def juri_methods():
            {answer}
        """,
    )
    assert refusal().split("\n")[0] == f"plugin 'odd', juri_methods: {said}"


def test_a_name_that_no_edition_could_write_is_refused_with_the_line_that_made_it(write, refusal):
    path = write("odd.py", KIND.format(name="My Kind"))
    words = refusal()
    assert words.startswith("plugin 'odd', juri_rubric_kinds: ValueError: RubricKind name 'My Kind' is not usable")
    assert f"\n    at {path}, line 9: return [RubricKind(" in words


def test_the_prefix_of_another_plugin_is_refused(write, refusal):
    write("odd.py", KIND.format(name="kipp:odd"))
    said = "'kipp:odd' has the prefix of another plugin; write 'odd:...' or no prefix"
    assert refusal().split("\n")[0] == f"plugin 'odd', juri_rubric_kinds: {said}"


def test_a_clash_with_a_built_in_names_both_and_how_to_switch_either_off(write, refusal):
    path = write("mine.py", KIND.format(name="weighted"))
    words = refusal()
    assert words.startswith(
        "plugin 'mine', juri_rubric_kinds: RubricKind 'weighted' (version 7) is there already: version "
    )
    assert " comes from kinds.weighted (built in, version " in words
    assert words.endswith(
        "\n    rename one of them, or start without the other plugin by the setting JURI_PLUGINS_OFF=kinds.weighted\n"
        + _footer(path, "version 0.3")
    )


def test_a_clash_between_two_files_names_both(write, refusal):
    one = write("one.py", KIND.format(name="same"))
    two = write("two.py", KIND.format(name="same").replace('"0.3"', '"0.4"'))
    assert refusal() == (
        "plugin 'two', juri_rubric_kinds: RubricKind 'same' (version 7) is there already: "
        f"version 7 comes from one (file {one}, version 0.3)\n"
        "    rename one of them, or start without the other plugin by the setting JURI_PLUGINS_OFF=one\n"
        + _footer(two, "version 0.4")
    )


def test_a_clash_is_settled_by_switching_one_off(write, load):
    write("one.py", KIND.format(name="same"))
    write("two.py", KIND.format(name="same"))
    assert load({"JURI_PLUGINS_OFF": "one"}).registry.owner("rubric_kinds", "same") == "two"


def test_one_plugin_that_offers_a_name_twice_is_refused(write, refusal):
    text = KIND.format(name="same").replace("return [", "return 2 * [")
    write("double.py", text)
    assert "is there already: the plugin itself offers that name twice; rename one of them\n" in refusal()


def test_two_plugins_of_one_name_are_refused_before_either_runs(write, refusal):
    data = write("same.yaml", "kind: weighted\ncriteria: [{id: a}]\n")
    code = write("same.py", "raise RuntimeError('this must not run')\n")
    assert refusal() == (
        "plugin 'same', loading: two plugins have this name; rename or remove one. "
        f"The other is same (file {code}, no version stated)\n" + _footer(data)
    )


def test_a_file_whose_name_cannot_name_a_plugin_is_refused(write, refusal):
    write("My Plugin.py", "raise RuntimeError('this must not run')\n")
    said = "'My Plugin' cannot name a plugin; rename it: lower-case letters, digits, '-', '_', a letter first"
    assert refusal().split("\n")[0] == f"plugin 'My Plugin', loading: {said}"


def test_a_package_in_the_folder_is_not_passed_over_in_silence(write, folder, load):
    write("pack.txt", "")
    (folder / "pack").mkdir()
    (folder / "pack" / "__init__.py").touch()
    with pytest.raises(InputRefused) as caught:
        load()
    assert [problem.message for problem in caught.value.problems] == [
        "'pack' is a package; install it (pip install), or make it a single file"
    ]


def test_a_plugin_that_fails_is_not_left_half_imported(write, folder, load):
    path = write("flaky.py", "raise RuntimeError('first')\n")
    with pytest.raises(PluginError):
        load()
    path.write_text(KIND.format(name="flaky"), encoding="utf-8")
    assert load().registry.owner("rubric_kinds", "flaky") == "flaky"
    assert [item.name for item in folder.iterdir()] == ["flaky.py"]


@pytest.mark.parametrize(
    ("setting", "name", "hint"),
    [
        ("JURI_PLUGINS_OFF", "levelled", "did you mean 'kinds.levelled'?"),
        ("JURI_PLUGINS_OFF", "kind.weighted", "did you mean 'kinds.weighted'?"),
        ("JURI_PLUGINS", "zzz", "'juri plugins' lists them"),
    ],
)
def test_settings_that_name_no_plugin_are_refused_with_the_nearest(load, setting, name, hint):
    with pytest.raises(InputRefused) as caught:
        load({setting: name})
    assert [str(problem) for problem in caught.value.problems] == [f"{setting}: there is no plugin '{name}'; {hint}"]


def test_a_plugins_folder_that_is_none_is_refused(folder, load):
    folder.rmdir()
    with pytest.raises(InputRefused) as caught:
        load()
    assert [problem.field for problem in caught.value.problems] == ["--plugins-dir"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: weighted\n", "{path}:1:1: this is neither an edition (no 'edition:') nor a rubric"),
        ("kind: [weighted\n", "{path}:2:1: a list that begins with '[' is not closed"),
        ("- kind\n", "{path}:1:1: the file holds a list; it must hold keys with values"),
    ],
)
def test_a_yaml_file_that_says_nothing_usable_is_refused_at_its_line(write, refusal, text, said):
    path = write("data.yaml", text)
    assert refusal().startswith(f"plugin 'data', loading: {said.format(path=path)}")


def test_an_exception_that_exits_when_it_is_shown_is_refused_all_the_same(write, refusal):
    write("sly.py", "class Sly(Exception):\n    def __str__(self):\n        raise SystemExit(0)\nraise Sly\n")
    assert refusal().startswith("plugin 'sly', loading: Sly: (its message cannot be shown)\n")


def test_ctrl_c_while_a_message_is_shown_still_stops_the_program(write, load):
    write("sly.py", "class Sly(Exception):\n    def __str__(self):\n        raise KeyboardInterrupt\nraise Sly\n")
    with pytest.raises(KeyboardInterrupt):
        load()


def test_a_link_that_leads_nowhere_is_refused_like_a_file_that_does_not_load(folder, refusal):
    (folder / "lost.py").symlink_to(folder / "nowhere")
    assert refusal().startswith("plugin 'lost', loading: FileNotFoundError: ")


def test_a_folder_that_is_named_like_a_plugin_is_refused(folder, refusal):
    (folder / "odd.py").mkdir()
    assert refusal().startswith("plugin 'odd', loading: IsADirectoryError: ")


def test_text_that_is_no_python_is_refused(folder, refusal):
    (folder / "binary.py").write_bytes(b"\xff\xfe\x00")
    assert refusal().startswith("plugin 'binary', loading: SyntaxError: ")
