"""Settings: defaults, then the file, then the environment, then what the command line says."""

import pytest

from juri.core.errors import InputRefused
from juri.core.settings import Settings, load_settings


def refused(environment, **overrides):
    with pytest.raises(InputRefused) as error:
        load_settings(environment, **overrides)
    return [str(problem) for problem in error.value.problems]


def test_without_anything_the_defaults_hold():
    assert load_settings({}) == Settings()
    assert Settings().database_url == "sqlite:///var/juri.db"


def test_the_environment_beats_the_file_and_the_command_line_beats_both(tmp_path):
    file = tmp_path / "juri.toml"
    file.write_text('database_url = "sqlite:///file.db"\nplugins_off = ["a", " b "]\ntrace_hooks = true\n')
    environment = {"JURI_CONFIG": str(file), "JURI_TRACE_HOOKS": "no", "PATH": "/bin", "JURIOUS": "x"}
    found = load_settings(environment, database_url="sqlite:///told.db", plugins_dir=None)
    assert (found.database_url, found.plugins_off, found.trace_hooks) == ("sqlite:///told.db", ("a", "b"), False)
    assert load_settings({"JURI_CONFIG": str(file)}).database_url == "sqlite:///file.db"


@pytest.mark.parametrize(
    ("word", "meant"), [("1", True), ("TRUE", True), ("yes", True), ("0", False), ("no", False), ("", False)]
)
def test_yes_and_no_are_read_as_people_write_them(word, meant):
    assert load_settings({"JURI_DEBUG": word}).debug is meant


def test_a_word_that_is_neither_yes_nor_no_is_refused():
    assert refused({"JURI_DEBUG": "maybe"}) == ["JURI_DEBUG: 'maybe' is neither yes nor no; write 1 or 0"]


def test_a_list_is_separated_by_commas():
    assert load_settings({"JURI_PLUGINS": " kipp, ,demo "}).plugins == ("kipp", "demo")


def test_every_unknown_setting_is_refused_with_the_nearest():
    assert refused({"JURI_DATABSE_URL": "x", "JURI_DEBUG": "so"}) == [
        "JURI_DATABSE_URL: there is no such setting; did you mean JURI_DATABASE_URL?",
        "JURI_DEBUG: 'so' is neither yes nor no; write 1 or 0",
    ]
    (said,) = refused({"JURI_ZZZ": "x"})
    assert said.startswith("JURI_ZZZ: there is no such setting; known are JURI_DATABASE_URL, JURI_PLUGINS, ")


def test_a_file_that_cannot_be_read_is_refused_with_its_name(tmp_path):
    (said,) = refused({"JURI_CONFIG": str(tmp_path / "none.toml")})
    assert said.startswith(f"{tmp_path / 'none.toml'}: the settings file cannot be read: ")
    (tmp_path / "bad.toml").write_text("database_url = ")
    (said,) = refused({"JURI_CONFIG": str(tmp_path / "bad.toml")})
    assert said.startswith(f"{tmp_path / 'bad.toml'}: the settings file cannot be read: Invalid value")


def test_the_settings_of_plugins_are_kept_for_them(tmp_path):
    file = tmp_path / "juri.toml"
    file.write_text('[plugin]\nkipp_mail_from = "file"\nkipp_other = 3\n')
    environment = {"JURI_CONFIG": str(file), "JURI_PLUGIN_KIPP_MAIL_FROM": "environment"}
    found = load_settings(environment).plugin_values
    assert found == (("KIPP_MAIL_FROM", "environment"), ("KIPP_OTHER", "3"))


def test_a_plugin_setting_that_is_no_table_is_refused(tmp_path):
    file = tmp_path / "juri.toml"
    file.write_text("plugin = 1\n")
    said = refused({"JURI_CONFIG": str(file)})
    assert said == ["plugin: write a table [plugin] with one key for each setting of a plugin"]


def test_the_tests_own_settings_are_none_of_the_engines():
    assert load_settings({"JURI_TEST_POSTGRES_URL": "postgresql://host/db"}) == Settings()


def test_settings_cannot_be_changed():
    with pytest.raises(AttributeError):
        load_settings({}).debug = True
