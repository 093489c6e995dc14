"""Where plugins are found, which are loaded, and that the order of finding them shows nowhere."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.errors import InputRefused, NotFound
from juri.core.extension import EditionDefinition, Method, RubricDefinition, RubricKind
from juri.core.registry import FAMILIES, Registry
from juri.core.scoring.rubric import Answer, Criterion, Rubric
from juri.core.settings import Settings, load_settings
from juri.plugins import hookimpl
from juri.plugins.discovery import FOLDERS, Source, discover
from juri.plugins.manager import load_plugins
from juri.plugins.survey import OFF, ON, survey_sources

HALVED = """
from fractions import Fraction

from juri.core.extension import RubricKind
from juri.core.scoring.rubric import Line, Score
from juri.plugins import hookimpl

def half(rubric, answers):
    return Score.of([Line(name, Fraction(answer.value) / 2) for name, answer in answers.items()])

@hookimpl
def juri_rubric_kinds():
    return [RubricKind(name="halved", title="Half of everything", version="1", score=half)]
"""


def test_a_rubric_kind_in_one_file_of_at_most_fifteen_lines_scores(write, load):
    write("halved.py", HALVED)
    kind = load().registry.find(RubricKind, "halved")
    rubric = Rubric("r", "halved", (Criterion("a"), Criterion("b")))
    score = kind.score(rubric, {"a": Answer(Decimal(7)), "b": Answer(Decimal("4.5"))})
    assert len(HALVED.strip().splitlines()) <= 15
    assert score.total == Fraction(23, 4)


def test_a_third_party_kind_is_listed_by_the_command_like_any_other(write, juri):
    path = write("halved.py", HALVED)
    done = juri("plugins", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    assert {
        "name": "halved",
        "version": None,
        "from": f"file {path}",
        "state": "on",
        "hooks": ["juri_rubric_kinds"],
        "adds": {"rubric_kinds": ["halved"]},
    } in json.loads(done.stdout)


def test_a_rubric_that_is_pure_data_is_one_yaml_file(write, load):
    text = "juri: 1\nrubric: pitch\nname: {id: Presentasi, en: Pitch}\nkind: weighted\ncriteria: [{id: idea}]\n"
    path = write("data.yaml", text)
    plugins = load()
    found = plugins.registry.find(RubricDefinition, "pitch")
    assert (found.title, found.read(), found.path) == ("Pitch", text, str(path))
    assert plugins.registry.owner("rubrics", "pitch") == "data"


def test_a_yaml_rubric_without_a_name_has_that_of_its_file_and_a_version_that_follows_its_text(write, load):
    path = write("pitch.yaml", "kind: weighted\ncriteria: [{id: idea}]\n")
    before = load().registry.find(RubricDefinition, "pitch")
    path.write_text("kind: weighted\ncriteria: [{id: other}]\n", encoding="utf-8")
    after = load().registry.find(RubricDefinition, "pitch")
    assert (before.title, len(before.version)) == ("pitch", 12)
    assert before.version != after.version


def test_an_edition_that_is_pure_data_is_one_yaml_file(write, load):
    text = "juri: 1\nedition: school-2026\nname: School prize\nstages: []\n"
    write("school.yml", text)
    found = load().registry.find(EditionDefinition, "school-2026")
    assert (found.title, found.read()) == ("School prize", text)


def test_files_that_begin_with_an_underscore_or_end_otherwise_are_passed_over(write, load):
    write("_helper.py", "raise RuntimeError('this must not run')\n")
    write(".hidden.py", "raise RuntimeError('this must not run')\n")
    write("notes.txt", "not a plugin\n")
    assert [plugin for plugin in load().listed if not plugin.source.is_built_in] == []


def test_a_plugin_beside_an_edition_file_has_the_name_of_its_folder(tmp_path, load):
    house = tmp_path / "Kemensos"
    house.mkdir()
    (house / "plugin.py").write_text(HALVED.replace('"halved"', '"kemensos:halved"'), encoding="utf-8")
    edition = house / "edition.yaml"
    edition.write_text("juri: 1\n", encoding="utf-8")
    assert load(beside=edition).registry.owner("rubric_kinds", "kemensos:halved") == "kemensos"
    assert load(beside=house).registry.owner("rubric_kinds", "kemensos:halved") == "kemensos"


def test_an_edition_file_without_a_plugin_beside_it_is_nothing_special(tmp_path, load):
    assert "halved" not in load(beside=tmp_path / "edition.yaml").registry.names("rubric_kinds")


def test_a_plugin_beside_an_edition_inside_the_plugins_folder_is_loaded_once(write, folder, load):
    write("plugin.py", HALVED)
    assert load(beside=folder / "edition.yaml").registry.owner("rubric_kinds", "halved") == "plugins"


def _install(place, name, version, module, text):
    """Lay out what pip leaves behind: a module, and the metadata with its entry point."""
    info = place / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[juri]\n{module} = {module}\n", encoding="utf-8")
    (place / f"{module}.py").write_text(text, encoding="utf-8")


@pytest.fixture
def juri_beside(folder):
    """Return a function that runs the command beside installed packages: a process of its own has its own path."""

    def run(places, *arguments):
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("JURI_")}  # noqa: TID251  a child process inherits what is not ours
        environment = {**inherited, "COLUMNS": "200", "PYTHONPATH": ":".join(map(str, places))}
        command = [sys.executable, "-m", "juri", "--plugins-dir", str(folder), *arguments]
        return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)

    return run


def test_an_installed_package_is_found_by_its_entry_point(tmp_path, juri_beside):
    _install(tmp_path / "site", "juri-halved", "2.1", "halved", HALVED)
    done = juri_beside([tmp_path / "site"], "plugins", "show", "halved")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "halved",
        "  version  2.1",
        "  from     distribution juri-halved",
        "  state    on",
        "  hooks    juri_rubric_kinds",
        "",
        "adds to       name    version  title",
        "------------  ------  -------  ------------------",
        "rubric_kinds  halved  1        Half of everything",
    ]


def test_an_installed_package_that_fails_is_refused_with_distribution_and_version(tmp_path, juri_beside):
    _install(tmp_path / "site", "juri-halved", "2.1", "halved", "import sys\nsys.exit(0)\n")
    done = juri_beside([tmp_path / "site"], "plugins")
    assert done.returncode == 5
    assert done.stderr.splitlines() == [
        "juri: plugin 'halved', loading: SystemExit: 0",
        f"    at {tmp_path / 'site' / 'halved.py'}, line 2: sys.exit(0)",
        "    it is halved (distribution juri-halved, version 2.1)",
        "    mend it, or start without it by the setting JURI_PLUGINS_OFF=halved, or by 'juri plugins off halved'",
    ]


def test_two_installed_packages_of_one_name_are_refused_naming_both(tmp_path, juri_beside):
    _install(tmp_path / "one", "juri-halved", "2.1", "halved", HALVED)
    _install(tmp_path / "two", "other-halved", "0.1", "halved", HALVED)
    done = juri_beside([tmp_path / "one", tmp_path / "two"], "plugins")
    assert done.returncode == 5
    assert "The other is halved (distribution juri-halved, version 2.1)" in done.stderr
    assert "it is halved (distribution other-halved, version 0.1)" in done.stderr


def test_a_switched_off_plugin_does_not_run_and_is_listed_as_off(write, load):
    write("broken.py", "raise RuntimeError('this must not run')\n")
    plugins = load({"JURI_PLUGINS_OFF": "broken"})
    assert [plugin.state for plugin in plugins.listed if plugin.source.name == "broken"] == [OFF]


def test_a_built_in_plugin_can_be_switched_off(load):
    plugins = load({"JURI_PLUGINS_OFF": "kinds.points"})
    with pytest.raises(NotFound):
        plugins.registry.get("rubric_kinds", "points")


def test_plugins_names_those_to_load_beside_the_built_in_ones(write, load):
    write("halved.py", HALVED)
    write("broken.py", "raise RuntimeError('this must not run')\n")
    plugins = load({"JURI_PLUGINS": "halved"})
    assert {"halved", "weighted"} <= set(plugins.registry.names("rubric_kinds"))
    assert {plugin.source.name: plugin.state for plugin in plugins.listed if not plugin.source.is_built_in} == {
        "broken": OFF,
        "halved": ON,
    }


def test_switching_off_has_the_last_word(write, load):
    write("halved.py", HALVED)
    plugins = load({"JURI_PLUGINS": "halved", "JURI_PLUGINS_OFF": "halved"})
    assert "halved" not in plugins.registry.names("rubric_kinds")


def test_built_in_plugins_come_from_every_folder_and_through_the_same_hooks():
    found = [source for source in discover(Settings()) if source.is_built_in]
    assert {source.module.rpartition(".")[0] for source in found} <= set(FOLDERS)
    plugins = [plugin for plugin in load_plugins(load_settings({})).listed if plugin.source.is_built_in]
    assert [plugin.source.name for plugin in plugins if not plugin.hooks] == []


def _rank(matrix, options):
    raise NotImplementedError("nothing is ranked here")


class _Adds:
    """A plugin that adds methods of the given names."""

    def __init__(self, names):
        self.names = names

    @hookimpl
    def juri_methods(self):
        return [Method(name=name, title=name, version="1", rank=_rank) for name in self.names]


names = st.lists(st.sampled_from("abcdefg"), max_size=3)


@given(st.data())
def test_the_order_in_which_plugins_are_found_never_shows(data):
    offered = data.draw(st.dictionaries(st.sampled_from(["one", "two", "three", "four"]), names, min_size=1))
    sources = [Source(name, f"file {name}", "1", "", lambda of=of: _Adds(of)) for name, of in offered.items()]
    first = survey_sources(sources, Settings())
    again = survey_sources(data.draw(st.permutations(sources)), Settings())
    assert [str(fault) for fault in again.faults] == [str(fault) for fault in first.faults]
    assert [(family, source, record.name) for family, source, record in again.offers] == [
        (family, source, record.name) for family, source, record in first.offers
    ]
    assert [plugin.source for plugin in again.plugins()] == sorted(sources, key=lambda source: source.name)


@given(st.data())
def test_a_registry_is_sorted_by_name_whatever_came_first(data):
    offered = data.draw(st.lists(st.from_regex(r"[a-z]{1,3}", fullmatch=True), unique=True))
    method = Method(name="x", title="X", version="1", rank=_rank)
    registry = Registry.of(("methods", "p", replace(method, name=name)) for name in offered)
    assert registry.names("methods") == tuple(sorted(offered))
    assert {family: registry.names(family) for family in FAMILIES if family != "methods"} == dict.fromkeys(
        set(FAMILIES) - {"methods"}, ()
    )


SETTING = """
from juri.core.extension import Setting
from juri.plugins import hookimpl

@hookimpl
def juri_settings():
    return [Setting(name="post:sender", title="Sender", version="1", default="nobody", help="Who sends.")]
"""


def test_a_plugins_own_setting_has_its_default_until_it_is_set(write, load):
    write("post.py", SETTING)
    assert load().setting("post:sender") == "nobody"
    assert load({"JURI_PLUGIN_POST_SENDER": "juri@example.org"}).setting("post:sender") == "juri@example.org"


def test_a_plugins_own_setting_can_stand_in_the_settings_file(write, load, tmp_path):
    write("post.py", SETTING)
    file = tmp_path / "juri.toml"
    file.write_text('[plugin]\npost_sender = "file@example.org"\n', encoding="utf-8")
    assert load({"JURI_CONFIG": str(file)}).setting("post:sender") == "file@example.org"


def test_a_settings_file_whose_plugin_key_is_no_table_is_refused(load, tmp_path):
    file = tmp_path / "juri.toml"
    file.write_text("plugin = 3\n", encoding="utf-8")
    with pytest.raises(InputRefused) as caught:
        load({"JURI_CONFIG": str(file)})
    assert [problem.field for problem in caught.value.problems] == ["plugin"]


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("JURI_PLUGIN_POST_SENDR", "did you mean JURI_PLUGIN_POST_SENDER?"),
        ("JURI_PLUGIN_ZZZ", "'juri plugins show NAME' lists a plugin's settings"),
    ],
)
def test_a_setting_that_no_plugin_knows_is_refused(write, load, key, hint):
    write("post.py", SETTING)
    with pytest.raises(InputRefused) as caught:
        load({key: "x"})
    assert [str(problem) for problem in caught.value.problems] == [f"{key}: no plugin has such a setting; {hint}"]


def test_the_settings_of_a_plugin_that_is_switched_off_may_stay(write, load):
    write("post.py", SETTING)
    plugins = load({"JURI_PLUGIN_POST_SENDER": "x", "JURI_PLUGINS_OFF": "post"})
    assert plugins.registry.names("settings") == ()


def test_a_command_that_needs_few_families_imports_only_the_built_ins_that_add_to_them(write, folder):
    write("halved.py", HALVED)
    settings = load_settings({}, plugins_dir=str(folder))
    few = load_plugins(settings, families=["methods"])
    assert few.registry.items["methods"] == load_plugins(settings).registry.items["methods"]
    assert few.registry.names("stage_kinds") == ()
    assert few.registry.names("rubric_kinds") == ("halved",)


def test_a_built_in_says_in_its_text_what_it_adds():
    for plugin in load_plugins(load_settings({})).listed:
        added = {hook.removeprefix("juri_") for hook in plugin.hooks}
        assert [family for family in FAMILIES if plugin.source.adds_to([family])] == [
            family for family in FAMILIES if family in added
        ]


def test_a_built_in_module_without_hooks_is_a_helper_and_no_plugin():
    helper = Source("rules.helper", "built in", "1", "", Settings)
    survey = survey_sources([helper], Settings())
    assert (survey.plugins(), survey.faults) == ((), [])


def test_one_plugin_under_two_names_is_refused():
    plugin = _Adds("a")
    survey = survey_sources([Source(name, "file x", "1", "", lambda: plugin) for name in ("one", "two")], Settings())
    assert [str(fault).split(":")[0] for fault in survey.faults] == ["plugin 'two', loading"]
    assert "ValueError: Plugin already registered under a different name" in str(survey.faults[0])
