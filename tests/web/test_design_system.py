"""The design system, computed from its stylesheet: colours that can be read, a small budget, files of known origin."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from itertools import product
from pathlib import Path

import pytest

import juri.webapp

ROOT = Path(juri.webapp.__file__).parent
STATIC = ROOT / "static"
CSS = (STATIC / "juri.css").read_text(encoding="utf-8")
ALL_CSS = "\n".join(file.read_text(encoding="utf-8") for file in sorted(STATIC.glob("*.css")))
LIGHT, DARK_BY_DEVICE, DARK_BY_CHOICE = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", block))
    for block in re.search(
        r"@layer tokens \{\s*:root \{(.*?)\n\}\s*@media \(prefers-color-scheme: dark\) \{\s*"
        r":root:not\(\[data-theme=\"light\"\]\) \{(.*?)\n\}\s*\}\s*:root\[data-theme=\"dark\"\] \{(.*?)\n\}",
        CSS,
        re.DOTALL,
    ).groups()
)
THEMES = {"light": LIGHT, "dark": {**LIGHT, **DARK_BY_CHOICE}}

GROUNDS = ("ground", "surface", "sunken")
WASHES = ("plain", "info", "ok", "warn", "danger", "mark")
TEXT = {
    **dict.fromkeys(product(("ink", "soft", "accent", "accent-strong", "soga"), GROUNDS), 4.5),
    **dict.fromkeys(product(("ink", "soft", "accent", "accent-strong"), ("accent-wash",)), 4.5),
    **dict.fromkeys(product(("ink", "soft"), ("warn-wash", "danger-wash", "mark-wash", "plain-wash")), 4.5),
    **{(word, f"{word}-wash"): 4.5 for word in WASHES},
    **dict.fromkeys(product(WASHES, ("surface", "ground")), 4.5),
    **dict.fromkeys(product(("on-fill",), ("fill", "fill-strong", "danger-fill", "danger-strong")), 4.5),
    ("on-accent", "accent"): 4.5,
    **dict.fromkeys(product(("on-head", "on-head-soft", "kunyit"), ("head", "head-deep")), 4.5),
}
"""Which text stands on which ground, and how much lighter or darker it must be (WCAG 1.4.3)."""

EDGES = {
    **dict.fromkeys(product(("edge", "focus", "accent", "bar", "bar-ok"), ("surface", "ground")), 3),
    ("edge", "sunken"): 3,
    ("kunyit", "head"): 3,
}
"""Borders of fields, the focus, the bars of charts (WCAG 1.4.11)."""


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    whole = digits if len(digits) >= 6 else "".join(each * 2 for each in digits)
    parts = (int(whole[place : place + 2], 16) / 255 for place in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_every_pair_of_colours_can_be_told_apart(theme):
    colours = THEMES[theme]
    weak = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair, least in {**TEXT, **EDGES}.items()
        if contrast(colours[pair[0]], colours[pair[1]]) < least
    }
    assert weak == {}


def test_black_on_white_is_the_greatest_contrast_and_a_colour_on_itself_none():
    assert (round(contrast("#000", "#ffffff"), 1), contrast("#797f99", "#797f99")) == (21.0, 1.0)


def test_no_text_has_a_colour_that_was_not_computed():
    used = set(re.findall(r"(?<![\w-])color: var\(--([\w-]+)\)", ALL_CSS))
    strokes_and_bars = {"edge", "bar", "bar-ok"}
    assert used - {word for word, _ in TEXT} == strokes_and_bars
    assert set(re.findall(r"(?<![\w-])color: (#\w+)", ALL_CSS)) == {"#171b31", "#000"}  # on turmeric; on paper
    assert contrast("#171b31", LIGHT["kunyit"]) >= 4.5


def test_the_night_is_the_same_by_device_and_by_choice_and_overrules_every_colour_that_it_must():
    assert DARK_BY_DEVICE == DARK_BY_CHOICE
    same_by_day = {"on-fill", "head", "head-deep", "on-head", "on-head-soft", "kunyit"}
    assert set(LIGHT) - set(DARK_BY_CHOICE) == same_by_day


def test_all_stylesheets_together_fit_the_budget_of_one_page():
    packed = {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in STATIC.glob("*.css")}
    assert sum(packed.values()) <= 25_000, packed


def test_every_token_that_is_used_is_defined():
    defined = set(re.findall(r"(?<![\w-])--([\w-]+):", ALL_CSS))
    used = set(re.findall(r"var\(--([\w-]+)\)", ALL_CSS))
    assert used - defined == set()


def test_every_icon_that_is_asked_for_is_in_the_sprite():
    there = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    templates = "".join(each.read_text(encoding="utf-8") for each in (ROOT / "templates").rglob("*.html"))
    asked = set(re.findall(r'\bicon\("([\w-]+)"', templates))
    assert asked - there == set()


def test_what_is_vendored_is_what_its_maker_published():
    folder = STATIC / "vendor"
    files = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    found = {
        each.name: base64.b64encode(hashlib.sha384(each.read_bytes()).digest()).decode()
        for each in folder.iterdir()
        if each.name != "manifest.json"
    }
    assert {each["file"]: each["sha384"] for each in files} == found
    assert {(each["name"], each["version"], each["licence"]) for each in files} == {
        ("htmx.org", "2.0.11", "0BSD"),
        ("modern-normalize", "3.0.1", "MIT"),
    }
    assert 'version:"2.0.11"' in (folder / "htmx.min.js").read_text(encoding="utf-8")
    assert "modern-normalize v3.0.1" in CSS


def test_no_page_writes_a_style_or_script_into_itself():
    wrong = [
        (each.relative_to(ROOT).as_posix(), found)
        for each in sorted((ROOT / "templates").rglob("*.html"))
        for found in re.findall(r"<style|<script(?![^>]*src=)|\sstyle=|\son[a-z]+=\"|https?://(?!www\.w3\.org|wa\.me)[\w.]+",
                                each.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert wrong == []
