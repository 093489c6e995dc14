"""Begin an edition: a commented document that passes the check and says what is still to be decided."""

from __future__ import annotations

from pathlib import Path

from juri.core.editions.loader import LoadedEdition, load_edition
from juri.core.editions.schema import is_id
from juri.core.errors import InputRefused
from juri.core.registry import Registry

_MINIMAL = """\
juri: 1 # the version of this format
edition: {id} # lower-case letters, digits, '-' and '_'
name: {{id: "{id}", en: "{id}"}} # the title on the screens, in both languages
time_zone: Asia/Jakarta

# Who may enter, and in which race. Categories and clusters are labels that rules and reports can use.
# categories: [kesehatan, pendidikan]
# tracks:
#   - {{id: umum, name: Umum, quotas: {{winners: 10}}}}

# What an entrant fills in. Types: text, date, number, yes_no, choice, choices, url, file.
form:
  - {{id: summary, type: text, label: {{id: Ringkasan, en: Summary}}, max_words: 200}}

# Who judges.
panels:
  - {{id: jury, name: {{id: Tim Penilai, en: Jury}}}}

# What is judged. 'juri plugins show' lists the kinds and the ready rubrics (use: NAME).
rubrics:
  proposal:
    kind: weighted
    scale: {{min: 0, max: 100}}
    criteria:
      - {{id: benefit, name: Benefit, weight: 100}}

# How it goes on, step by step.
stages:
  - {{id: registration, kind: registration}}
  - {{id: proposal, kind: scoring, panel: jury, rubric: proposal}}

# What is still to be decided. Write each value where 'at' says, and delete the item: while one is left, this edition
# is a draft and does not open.
unknown:
  - at: stages.proposal.method
    why: "How the sheets of several jurors become one score: mean, median, sum, ..."
  - at: stages.proposal.missing
    why: "What an absent sheet counts: zero, submitted, quorum:N, drop_juror"
"""

_EXTENDING = """\
juri: 1 # the version of this format
edition: {id} # lower-case letters, digits, '-' and '_'
extends: {parent}
name: {{id: "{id}", en: "{id}"}} # the title on the screens, in both languages

# What '{parent}' says holds here as well, unless this file says otherwise. Mappings are merged key by key and lists of
# items by their ids; any other list is replaced. A key with null is taken out, an item with 'remove: true' too:
# tracks:
#   - {{id: umum, quotas: {{winners: 10}}}}
#   - {{id: khusus, remove: true}}
"""

_UNKNOWN = """
# What '{parent}' does not know. Write each value at its place in this file and mark it here, without the '#'; what this
# edition does without is marked by 'remove: true' instead.
# unknown:
{items}
"""


def draft_edition(name: str, parent: LoadedEdition | None = None, extends: str = "") -> str:
    """Return the text of a new edition.

    Args:
        name: its id.
        parent: the edition that it extends; without one it stands alone.
        extends: how the new document names the parent.

    Raises:
        InputRefused: the id is not usable.

    """
    if not is_id(name):
        raise InputRefused.at("id", f"'{name}' is no id: write lower-case letters, digits, '-' and '_', at most 64")
    if parent is None:
        return _MINIMAL.format(id=name)
    text = _EXTENDING.format(id=name, parent=extends)
    items = "\n".join(f"#   - {{at: {item.at}, resolved: true}}" for item in parent.edition.unknown)
    return text + (_UNKNOWN.format(parent=extends, items=items) if items else "")


def write_draft(path: Path, text: str, registry: Registry) -> LoadedEdition:
    """Write a new edition's file, and load it.

    Raises:
        InputRefused: the file is there already, or cannot be written; nothing is overwritten.
        DefinitionError: the text does not make an edition; then the file is taken away again.

    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputRefused.at(str(path), "the file is there already; choose another id, or move it away") from None
    except OSError as error:
        raise InputRefused.at(str(path), f"the file cannot be written: {error.strerror}") from error
    try:
        return load_edition(path, registry)
    except BaseException:
        path.unlink()
        raise
