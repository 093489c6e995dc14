"""What pages say: the engine's sentences in the page's language, marked as English where no template fits; counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from juri.core.document import FormField, Text, Track
from juri.core.editions.loader import load_edition
from juri.webapp.engine_sentences import SENTENCES
from juri.webapp.fault_sentences import FAULTS
from juri.webapp.language import ngettext
from juri.webapp.sentences import about, bonus_note, sentence, shown_sentence

IN_INDONESIAN = {
    "no sheet was submitted": "belum ada lembar nilai yang dikirim",
    "rank 1 with 83.25: the 3 places": "peringkat 1 dengan nilai 83,25: 3 tempat",
    "rank 1984 with 85.62": "peringkat 1.984 dengan nilai 85,62",
    "1907 entries are not decided, such as K-01; decide first": (
        "1.907 inovasi belum diputuskan, antara lain K-01; putuskan dahulu"
    ),
    "rank 3 with 80: tied with 2 more across the line of the 3 places; the panel decides": (
        "peringkat 3 dengan nilai 80: nilai seri dengan 2 lainnya tepat di batas 3 tempat; tim penilai memutuskan"
    ),
    "stage 'proposal' is open; seal it first": "tahap 'proposal' berstatus dibuka; segel dahulu",
    "2 items of 2 entries not answered yet: K-01 (sk), K-02 (sk)": (
        "2 butir pada 2 inovasi belum dijawab: K-01 (sk), K-02 (sk)"
    ),
    "1 objection without an answer: 1 on K-01, 2 on K-02, 3 on K-03 and 4 more": (
        "1 sanggahan belum dijawab: 1 on K-01, 2 on K-02, 3 on K-03 dan 4 lainnya"
    ),
    "row 7, column C (track)": "baris 7, kolom C (track)",
    "the title 'A' is also that of B; it was never awarded before": (
        "judul 'A' juga dipakai oleh B; belum pernah mendapat penghargaan"
    ),
    "submitted at 2026-05-06T02:30:00+00:00": "dikirim 6 Mei 2026 09.30 WIB",
    "'finalis' is under embargo until 2026-08-17 01:00 UTC; wait, or lift the embargo": (
        "'finalis' dalam embargo sampai 17 Agustus 2026 08.00 WIB; tunggu, atau cabut embargonya"
    ),
}


@pytest.mark.parametrize("said", IN_INDONESIAN, ids=range(len(IN_INDONESIAN)))
def test_a_sentence_of_the_engine_is_said_in_bahasa_indonesia(web_app, said):
    with web_app.test_request_context("/?lang=id"):
        assert sentence(said) == IN_INDONESIAN[said]
        assert shown_sentence(said) == IN_INDONESIAN[said].replace("'", "&#39;")


def test_every_template_recognises_itself_and_is_translated(web_app):
    with web_app.test_request_context("/?lang=id"):
        assert [said for said in (*SENTENCES, *FAULTS) if sentence(said) == said] == []


def test_an_english_page_says_it_as_the_engine_does(web_app):
    with web_app.test_request_context("/?lang=en"):
        assert [str(shown_sentence(said)) for said in ("no place left", "a new sentence")] == [
            "no place left",
            "a new sentence",
        ]


def test_what_no_template_fits_is_marked_as_english_and_never_as_markup(web_app):
    with web_app.test_request_context("/?lang=id"):
        assert shown_sentence("<b>the moon is full</b>") == (
            '<span lang="en">&lt;b&gt;the moon is full&lt;/b&gt;</span>'
        )
        assert shown_sentence("") == ""


def test_a_known_part_of_several_is_said_and_the_others_stay(web_app):
    with web_app.test_request_context("/?lang=id"):
        assert sentence("no place left; the moon is full") == "tidak ada tempat lagi; the moon is full"


@pytest.mark.parametrize(("language", "told"), [("id", "3.110 3110 12"), ("en", "3,110 3110 12")])
def test_counts_have_their_thousands_set_apart_and_other_numbers_have_not(web_app, language, told):
    page = "{{ _('%(count)d %(seed)s %(few)d', count=3110, seed=3110, few=12) }}"
    with web_app.test_request_context(f"/?lang={language}"):
        assert web_app.jinja_env.from_string(page).render() == told
        assert ngettext("%(num)d entry", "%(num)d entries", 3110).startswith(told[:5])
        assert web_app.jinja_env.from_string("{{ 3110 | grouped }} {{ '3110' | grouped }}").render() == told[:10]


RAYA = Path(__file__).parent / "running" / "raya-2026.yaml"
NAMED = {
    "stage 'penilaian' is open; seal it first": (
        "tahap 'Penilaian Proposal' berstatus dibuka; segel dahulu",
        "stage 'Assessment of proposals' is open; seal it first",
    ),
    "'penilaian' is open; decisions are taken when it is closed and not yet sealed": (
        "'Penilaian Proposal' berstatus dibuka; keputusan diambil ketika tahap ditutup dan belum disegel",
        "'Assessment of proposals' is open; decisions are taken when it is closed and not yet sealed",
    ),
    "totals of category 'kesehatan' count times 5/4, so that they reach the same maximum": (
        "nilai total kategori 'Kesehatan' dikalikan 5/4, sehingga mencapai maksimum yang sama",
        "totals of category 'Health' count times 5/4, so that they reach the same maximum",
    ),
    "umum: asked only in kesehatan, pendidikan: Kebaruan": (
        "Kelompok Umum: hanya ditanyakan pada Kesehatan, Pendidikan: Kebaruan",
        "General group: asked only in Health, Education: Kebaruan",
    ),
    "R-1 (J1): no sheet was submitted": (
        "R-1 (J1): belum ada lembar nilai yang dikirim", "R-1 (J1): no sheet was submitted",
    ),
}  # fmt: skip
"""What the engine says with the names of a document, and how pages about that edition say it."""


@pytest.fixture
def edition(builtin_registry):
    found = load_edition(RAYA.read_text(encoding="utf-8"), builtin_registry).edition
    names = {"kesehatan": Text("Kesehatan", "Health"), "pendidikan": Text("Pendidikan", "Education")}
    return replace(
        found,
        tracks=(Track("umum", Text("Kelompok Umum", "General group")),),
        categories=tuple(replace(each, name=names.get(each.id, each.name)) for each in found.categories),
        stages=tuple(
            replace(each, name=Text("Penilaian Proposal", "Assessment of proposals"))
            if each.id == "penilaian"
            else each
            for each in found.stages
        ),
        form=(FormField("lama", "number", Text("Berapa tahun berjalan?", "How many years does it run?")),),
    )


@pytest.mark.parametrize("said", NAMED, ids=range(len(NAMED)))
def test_what_a_document_names_is_said_by_its_title(web_app, edition, said):
    for place, language in enumerate(("id", "en")):
        with web_app.test_request_context(f"/?lang={language}"):
            about(edition)
            assert sentence(said) == NAMED[said][place]


def test_a_page_about_no_edition_keeps_the_names(web_app):
    with web_app.test_request_context("/?lang=en"):
        assert [sentence(said) for said in NAMED] == list(NAMED)


@pytest.mark.parametrize(
    ("note", "in_indonesian", "in_english"),
    [
        ("lama is at least 2", "“Berapa tahun berjalan?”: sekurang-kurangnya 2",
         "“How many years does it run?” is at least 2"),
        ("lama is at least 2.5: 10 percent of 84.5",
         "“Berapa tahun berjalan?”: sekurang-kurangnya 2,5; 10 persen dari 84,5",
         "“How many years does it run?” is at least 2.5: 10 percent of 84.5"),
        ("replikasi is yes", "replikasi: ya", "replikasi is yes"),
        ("replikasi is sudah: 5 percent of 80", "replikasi: sudah; 5 persen dari 80",
         "replikasi is sudah: 5 percent of 80"),
        ("from elsewhere", "from elsewhere", "from elsewhere"),
    ],
)  # fmt: skip
def test_why_there_is_a_bonus_is_said_with_the_question_of_the_form(web_app, edition, note, in_indonesian, in_english):
    for language, expected in (("id", in_indonesian), ("en", in_english)):
        with web_app.test_request_context(f"/?lang={language}"):
            about(edition)
            assert bonus_note(note) == expected


def test_a_short_note_of_a_bonus_does_not_take_other_sentences_for_its_own(web_app):
    with web_app.test_request_context("/?lang=id"):
        assert sentence("the moon is full") == "the moon is full"
