"""The demonstration's result as a report for the page: funnel, titles, rules, hashes, in Indonesian or English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.audit.trail import chain_head
from juri.core.editions.loader import exact_data
from juri.core.editions.model import EditionDocument
from juri.core.editions.verbs import Running
from juri.core.extension import Report
from juri.core.stages.reports import edition_report
from juri.webapp.demo.plan import Plan
from juri.webapp.demo.results import WON, Reached, Title, compare_counts, result_digest, titles_of

_FINAL_LIST = "finalists_announcement"
_OWN_KEYS = ("id", "kind", "name", "opens", "closes")

Words = Mapping[str, str]

WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "id": {
            "subtitle": "Hasil peragaan mesin kompetisi Juri · Result of a demonstration of the Juri engine",
            "notice": (
                "PERAGAAN. Nama instansi benar-benar ada; semua proposal, orang, nilai, dan riwayat penghargaan "
                "adalah karangan. Tidak ada yang di sini yang menggambarkan hasil KIPP yang sebenarnya. Aturan yang "
                "tidak diketahui diisi dengan pilihan peragaan, bukan aturan Kementerian PANRB. Daftar disusun menurut "
                "abjad, bukan peringkat."
            ),
            "funnel": "Dari pendaftaran sampai pemenang",
            "step": "Tahap", "umum": "Umum", "khusus": "Khusus", "total": "Jumlah", "expected": "KIPP 2023",
            "expected_small": "Rencana", "fits": "Sesuai", "yes": "ya", "no": "TIDAK",
            "registered": "Terdaftar", "submitted": "Diajukan", "passed": "Lolos administrasi",
            "nominees": "Nominasi", "finalists": "Finalis", "winners": "Pemenang",
            "innovation": "Inovasi", "entrant": "Instansi", "region": "Provinsi", "code": "Kode",
            "rules": "Aturan yang diterapkan tiap tahap", "kind": "Jenis", "rule": "Aturan (dari dokumen edisi)",
            "tracks": "Aturan tiap kelompok", "track": "Kelompok", "eligibility": "Syarat", "quotas": "Kuota",
            "hashes": "Sidik jari tiap tahap", "state": "Keadaan", "sha256": "SHA-256 hasil",
            "signers": "Penanda tangan",
            "edition": "Edisi", "seed": "Benih", "digest": "SHA-256 seluruh hasil, tanpa waktu",
            "document": "SHA-256 dokumen edisi", "events": "Peristiwa dalam jejak audit", "head": "Kepala jejak audit",
        },
        "en": {
            "subtitle": "Result of a demonstration of the Juri engine",
            "notice": (
                "A DEMONSTRATION. The agencies are real; every proposal, person, score and title of the past is made "
                "up. Nothing here tells the real result of KIPP. Rules that are unknown are filled in by choices of "
                "the demonstration, not by rules of the Ministry PANRB. Lists are alphabetical and no ranking."
            ),
            "funnel": "From registration to the winners",
            "step": "Step", "umum": "Umum", "khusus": "Khusus", "total": "Total", "expected": "KIPP 2023",
            "expected_small": "Planned", "fits": "Fits", "yes": "yes", "no": "NO",
            "registered": "Registered", "submitted": "Submitted", "passed": "Past administration",
            "nominees": "Nominated", "finalists": "Finalists", "winners": "Winners",
            "innovation": "Innovation", "entrant": "Agency", "region": "Province", "code": "Code",
            "rules": "The rules applied in each stage", "kind": "Kind", "rule": "Rule (from the edition's document)",
            "tracks": "The rules of each track", "track": "Track", "eligibility": "Conditions", "quotas": "Quotas",
            "hashes": "The hash of each stage", "state": "State", "sha256": "SHA-256 of the result",
            "signers": "Signers",
            "edition": "Edition", "seed": "Seed", "digest": "SHA-256 of the whole result, without times",
            "document": "SHA-256 of the edition's document", "events": "Events in the audit trail",
            "head": "Head of the audit trail",
        },
    }
)  # fmt: skip


def demonstration_report(session: Session, running: Running, plan: Plan, language: str) -> Report:
    """Lay the result of a demonstration out for whoever reads it, as its edition lets it be published: unranked."""
    words = WORDS[language]
    events, head = chain_head(session)
    expected = words["expected" if plan.size.is_real else "expected_small"]
    meta = {
        "name": running.edition.name.in_language(language),
        "subtitle": words["subtitle"],
        "notice": words["notice"],
        "language": language,
        "chart": {"table": words["funnel"], "label": words["step"], "value": words["total"]},
        words["edition"]: running.slug,
        words["seed"]: str(plan.seed),
        words["digest"]: result_digest(session, running),
        words["document"]: running.sha256,
        words["events"]: events,
        words["head"]: head,
    }
    data = _document(session, running)
    tables = {
        words["funnel"]: _funnel(words, expected, compare_counts(session, running, plan.size)),
        **_titles(words, titles_of(session, running, WON)),
        **_titles(words, titles_of(session, running, _FINAL_LIST)),
        words["rules"]: _rules(words, running, data, language),
        words["tracks"]: _tracks(words, running, data, language),
        words["hashes"]: _hashes(words, session, running),
    }
    return Report(meta, tables)


Table = tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]


def _funnel(words: Words, expected: str, counts: Iterable[Reached]) -> Table:
    header = (words["step"], words["umum"], words["khusus"], words["total"], expected, words["fits"])
    return header, tuple(
        (
            words[count.name],
            count.reached["umum"],
            count.reached["khusus"],
            sum(count.reached.values()),
            sum(count.expected.values()),
            words["yes" if count.fits else "no"],
        )
        for count in counts
    )


def _titles(words: Words, titles: Iterable[Title]) -> dict[str, Table]:
    header = (words["innovation"], words["entrant"], words["region"], words["code"])
    lists: dict[str, list[tuple[Any, ...]]] = {}
    for each in titles:
        lists.setdefault(each.title, []).append((each.innovation, each.entrant, each.region, each.code))
    return {f"{title}: {len(rows)}": (header, tuple(rows)) for title, rows in sorted(lists.items(), reverse=True)}


def _document(session: Session, running: Running) -> dict[str, Any]:
    data = session.scalars(
        select(EditionDocument.data).where(
            EditionDocument.edition_id == running.id, EditionDocument.revision == running.revision
        )
    ).one()
    return exact_data(data)


def _rules(words: Words, running: Running, data: Mapping[str, Any], language: str) -> Table:
    names = {stage.id: stage.name.in_language(language) for stage in running.edition.stages}
    header = (words["step"], words["kind"], words["rule"])
    return header, tuple(
        (
            names[stage["id"]],
            stage["kind"],
            "\n".join(f"{key}: {in_words(value, language)}" for key, value in stage.items() if key not in _OWN_KEYS),
        )
        for stage in data["stages"]
    )


def _tracks(words: Words, running: Running, data: Mapping[str, Any], language: str) -> Table:
    names = {track.id: track.name.in_language(language) for track in running.edition.tracks}
    header = (words["track"], words["eligibility"], words["quotas"])
    for_all = data.get("eligibility", [])
    return header, tuple(
        (
            names[track["id"]],
            "\n".join(in_words(rule, language) for rule in (*for_all, *track.get("eligibility", []))),
            in_words(track.get("quotas", {}), language),
        )
        for track in data["tracks"]
    )


def _hashes(words: Words, session: Session, running: Running) -> Table:
    header, rows = edition_report(session, running).tables["stages"]
    wanted = [header.index(name) for name in ("stage", "state", "result_sha256", "signers")]
    shown = (words["step"], words["state"], words["sha256"], words["signers"])
    return shown, tuple(tuple(row[at] for at in wanted) for row in rows if row[wanted[2]])


def in_words(value: Any, language: str) -> str:
    """Write a piece of an edition document on one line: a rule or an item by its name, with the rest behind it."""
    if isinstance(value, Mapping):
        return _mapping_in_words(value, language)
    if isinstance(value, bool):
        return WORDS[language]["yes" if value else "no"].lower()
    if isinstance(value, (list, tuple)):
        return "; ".join(in_words(item, language) for item in value)
    return str(value)


def _mapping_in_words(value: Mapping[str, Any], language: str) -> str:
    if set(value) == {"id", "en"}:
        return str(value[language])
    named = next((key for key in ("rule", "name", "id") if isinstance(value.get(key), str)), "")
    rest = (f"{key}: {in_words(item, language)}" for key, item in value.items() if key != named)
    said = ", ".join(rest)
    name = value.get(named, "")
    return f"{name} ({said})" if name and said else name or said
