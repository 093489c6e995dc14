"""Settings: one frozen object from defaults, an optional file and the environment. An unknown key is an error."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from juri.core.errors import InputRefused, Problem

PREFIX = "JURI_"
PLUGIN_PREFIX = f"{PREFIX}PLUGIN_"
PLUGIN_TABLE = "plugin"
CONFIG_FILE = "JURI_CONFIG"
FOREIGN_PREFIXES = (PLUGIN_PREFIX, f"{PREFIX}TEST_")
"""Not settings of the engine: a plugin checks its own, and our tests are told where a database server is."""


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. Each field is ``JURI_<NAME>`` in the environment and ``<name>`` in the file.

    Attributes:
        database_url: SQLAlchemy URL; SQLite by default, ``postgresql+psycopg://...`` for many machines.
        plugins: load only the plugins named here (separated by commas); empty loads all.
        plugins_off: plugins that are not loaded (separated by commas).
        plugins_dir: a folder of single ``.py`` and ``.yaml`` plugins.
        trace_hooks: print each hook call to standard error.
        debug: show the traceback of an error, for whoever writes a plugin or mends Juri.
        base_url: where people reach the pages, such as ``https://juri.example.go.id``; links in mails are built from it
            alone, and only requests for this host are answered.
        secret_key: signs the forms; made and kept beside the embedded database when it is not given.
        trusted_proxies: how many proxies of ours stand in front; what they say of the sender's address is believed.
        require_second_factor: who can change results signs in with a second factor, or can do nothing.
        mail_from: the sender of every mail.
        smtp_url: where mails go, ``smtp://user:password@host:587`` or ``smtps://...``; without it they stay in the
            outbox.
        sign_in_mail_at_once: a sign-in link that somebody asks for goes at once; otherwise an administrator releases
            it, as any other mail.
        juror_reading_days: so many days after the last result of an edition is published, its jurors still read the
            entries that they scored; then only their own scores are left to them.
        contact_name: whom to ask for help where a page is of no edition, or of one that names no secretariat.
        contact_phone: their telephone.
        contact_whatsapp: their WhatsApp, from the ``+``.
        contact_email: their e-mail address.
        contact_address: their postal address.
        contact_hours: when somebody answers.
        oidc_issuer: the identity provider by which people may sign in, ``https://...``; without it there is none.
        oidc_name: how the provider is called on the button.
        oidc_client_id: who we are to the provider.
        oidc_client_secret: what proves it.
        plugin_values: values of the plugins' own settings, as (``KIPP_MAIL_FROM``, value) from
            ``JURI_PLUGIN_KIPP_MAIL_FROM`` and from ``kipp_mail_from`` in the file's table ``[plugin]``. Which of
            them exist, only the plugins know.

    """

    database_url: str = "sqlite:///var/juri.db"
    plugins: tuple[str, ...] = ()
    plugins_off: tuple[str, ...] = ()
    plugins_dir: str = ""
    trace_hooks: bool = False
    debug: bool = False
    base_url: str = ""
    secret_key: str = ""
    trusted_proxies: int = 0
    require_second_factor: bool = False
    mail_from: str = ""
    smtp_url: str = ""
    sign_in_mail_at_once: bool = False
    juror_reading_days: int = 90
    contact_name: str = ""
    contact_phone: str = ""
    contact_whatsapp: str = ""
    contact_email: str = ""
    contact_address: str = ""
    contact_hours: str = ""
    oidc_issuer: str = ""
    oidc_name: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    plugin_values: tuple[tuple[str, str], ...] = ()


def load_settings(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings: defaults, then the TOML file named by ``JURI_CONFIG``, then ``JURI_*``, then ``overrides``.

    Raises:
        InputRefused: an unknown key or a value of the wrong kind, each named.

    """
    environment = os.environ if environment is None else environment  # noqa: TID251  settings are read here, once
    given: dict[str, Any] = {}
    file = environment.get(CONFIG_FILE)
    if file:
        given.update(_from_file(Path(file)))
    given.update(
        {
            key.removeprefix(PREFIX).lower(): value
            for key, value in environment.items()
            if key.startswith(PREFIX) and key != CONFIG_FILE and not key.startswith(FOREIGN_PREFIXES)
        }
    )
    given.update({key: value for key, value in overrides.items() if value is not None})
    plugin_values = _plugin_values(given.pop(PLUGIN_TABLE, {}), environment)
    return replace(_checked(given), plugin_values=plugin_values)


def _plugin_values(table: Any, environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    if not isinstance(table, Mapping):
        raise InputRefused.at(PLUGIN_TABLE, "write a table [plugin] with one key for each setting of a plugin")
    values = {str(key).upper(): str(value) for key, value in table.items()}
    values.update(
        {key.removeprefix(PLUGIN_PREFIX): value for key, value in environment.items() if key.startswith(PLUGIN_PREFIX)}
    )
    return tuple(sorted(values.items()))


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputRefused.at(str(path), f"the settings file cannot be read: {error}") from error


def _checked(given: Mapping[str, Any]) -> Settings:
    known = {field.name: field for field in fields(Settings) if field.name != "plugin_values"}
    problems = [_unknown(key, list(known)) for key in sorted(set(given) - set(known))]
    values: dict[str, Any] = {}
    for key in sorted(set(given) & set(known)):
        try:
            values[key] = _parsed(getattr(Settings, key), given[key])
        except ValueError as error:
            problems.append(Problem(PREFIX + key.upper(), str(error), "bad_value"))
    if problems:
        raise InputRefused(problems)
    return Settings(**values)


def _unknown(key: str, known: list[str]) -> Problem:
    near = get_close_matches(key, known, 1)
    names = f"{PREFIX}{near[0].upper()}" if near else ", ".join(PREFIX + name.upper() for name in known)
    hint = f"did you mean {names}?" if near else f"known are {names}"
    return Problem(PREFIX + key.upper(), f"there is no such setting; {hint}", "unknown_setting")


def _parsed(default: Any, value: Any) -> Any:
    if isinstance(default, bool):
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
        if str(value).lower() not in words:
            raise ValueError(f"'{value}' is neither yes nor no; write 1 or 0")
        return words[str(value).lower()]
    if isinstance(default, int):
        if not str(value).isdecimal():
            raise ValueError(f"'{value}' is not a whole number; write 0, 1 or 2")
        return int(value)
    if isinstance(default, tuple):
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(str(part).strip() for part in parts if str(part).strip())
    return str(value)
