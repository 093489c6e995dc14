"""What the page says, in two languages. It is a file for the public, made without a web app: it has its own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from juri.core.scoring.number import decimal_text
from juri.webapp.recognition import said_in

LANGUAGES = ("id", "en")
"""The languages of the page; the first is that of a page for which none was asked."""

NONE = "\N{EN DASH}"
"""Stands where there is no figure."""


@dataclass(frozen=True)
class Words:
    """The words and the way to write figures of one language of ``LANGUAGES``."""

    language: str

    def say(self, key: str, **told: object) -> str:
        """Return a text of ``TEXTS`` with what it tells."""
        return TEXTS[key][LANGUAGES.index(self.language)].format(**told)

    def engine(self, text: str) -> str:
        """Say a sentence of the engine; one that is not known is marked as English where the page is not."""
        said = said_in(text, self.language)
        return Markup('<span lang="en">{}</span>').format(text) if self.language != "en" and said == text else said

    def figure(self, value: Fraction | float | None, decimals: int = 2) -> str:
        """Write a figure; a dash where there is none."""
        if value is None:
            return NONE
        text = decimal_text(Fraction(value), decimals)
        return text.replace(".", ",") if self.language == "id" else text

    def signed(self, value: Fraction | float | None, decimals: int = 2) -> str:
        """Write a figure with its sign."""
        text = self.figure(value, decimals)
        return f"+{text}" if value is not None and value > 0 else text

    def percent(self, share: Fraction | float, decimals: int = 1) -> str:
        """Write a share, 0 to 1."""
        return f"{self.figure(Fraction(share) * 100, decimals)} %"


TEXTS: Mapping[str, tuple[str, str]] = {
    "title": (
        "Laporan hasil penilaian",
        "Report on the ranking",
    ),
    "lead": (
        (
            "{entries} entri, {jurors} juri, {sheets} lembar nilai. Peringkat, seberapa pasti peringkat itu, dan "
            "cara memeriksanya."
        ),
        (
            "{entries} entries, {jurors} jurors, {sheets} score sheets. The ranking, how sure it is, and how to "
            "check it."
        ),
    ),
    "as_table": (
        "Angka dalam tabel",
        "The figures as a table",
    ),
    "table_of": (
        "Tabel: {name}",
        "Table: {name}",
    ),
    "engine_notes": (
        "Catatan mesin",
        "Notes of the engine",
    ),
    "made_by": (
        "Dibuat dengan Juri {version}, mesin terbuka untuk kompetisi bertahap.",
        "Made with Juri {version}, an open engine for competitions in stages.",
    ),
    "of_group": (
        "{title}: {group}",
        "{title}: {group}",
    ),
    "entry": (
        "Entri",
        "Entry",
    ),
    "juror": (
        "Juri",
        "Juror",
    ),
    "rank": (
        "Peringkat",
        "Rank",
    ),
    "score": (
        "Nilai",
        "Score",
    ),
    "sheets": (
        "Lembar",
        "Sheets",
    ),
    "raw": (
        "Nilai mentah",
        "Raw score",
    ),
    "raw_rank": (
        "Peringkat mentah",
        "Raw rank",
    ),
    "ranks": (
        "Rentang peringkat 95 %",
        "95 % rank interval",
    ),
    "p_top": (
        "P({top} besar)",
        "P(top {top})",
    ),
    "settled": (
        "Seri diputus oleh",
        "Tie settled by",
    ),
    "reason": (
        "Alasan",
        "Reason",
    ),
    "standings": (
        "Peringkat",
        "Standings",
    ),
    "unranked": (
        "Tanpa peringkat",
        "Without a rank",
    ),
    "first_lines": (
        "Ditampilkan {shown} entri pertama dari {all}; selebihnya ada dalam hasil JSON di bawah.",
        "The first {shown} of {all} entries are shown; the others are in the JSON result named below.",
    ),
    "to": (
        "{low} sampai {high}",
        "{low} to {high}",
    ),
    "doubt": (
        "Seberapa pasti peringkat ini",
        "How sure the ranks are",
    ),
    "doubt_how": (
        (
            "Peringkat sejati setiap entri berada dalam rentangnya dengan peluang 95 persen; titik adalah "
            "peringkat resmi. Rentang ini tidak mengubah peringkat."
        ),
        (
            "The true rank of each entry lies in its interval with a probability of 95 percent; the dot is the "
            "official rank. The intervals change no rank."
        ),
    ),
    "doubt_zero": (
        (
            "Lembar yang tidak ada dihitung 0, sehingga rentang peringkat tidak dapat dinyatakan: angka nol itu "
            "bukan penilaian juri."
        ),
        "An absent sheet counts 0, so no rank interval can be told: such a zero is not what a juror gave.",
    ),
    "doubt_few": (
        "Tidak ada entri dengan dua lembar nilai, sehingga keraguan peringkat tidak dapat diukur.",
        "No entry has two sheets, so the doubt about the ranks cannot be measured.",
    ),
    "near_cut": (
        (
            "Bagan menunjukkan {shown} dari {all} entri, yang terdekat dengan batas {top} besar; tabel peringkat "
            "memuat rentang yang lain."
        ),
        (
            "The chart shows {shown} of {all} entries, those nearest to the cut of the top {top}; the standings "
            "hold the other intervals."
        ),
    ),
    "near_first": (
        "Bagan menunjukkan {shown} entri pertama dari {all}; tabel peringkat memuat rentang yang lain.",
        "The chart shows the first {shown} of {all} entries; the standings hold the other intervals.",
    ),
    "cut_drawn": (
        "Garis putus-putus adalah batas {top} besar.",
        "The dashed line is the cut of the top {top}.",
    ),
    "open_line": ("{ranks}, jalur batas", "{ranks}, borderline"),
    "open_none": (
        "Tidak ada entri yang peluangnya masuk {top} besar berada di antara 5 dan 95 persen.",
        "No entry has a probability between 5 and 95 percent of belonging among the top {top}.",
    ),
    "open_some": (
        (
            "Jalur batas: {count} entri berpeluang antara 5 dan 95 persen masuk {top} besar ({names}). Nilai yang "
            "ada tidak memutuskan di sisi mana mereka berada."
        ),
        (
            "Borderline: {count} entries have a probability between 5 and 95 percent of belonging among the top "
            "{top} ({names}). The scores leave open on which side they belong."
        ),
    ),
    "and_more": (
        "{names}, dan {count} lainnya",
        "{names}, and {count} more",
    ),
    "no_cut": (
        "Tidak ada batas yang disebut (--top N), sehingga peluang masuk dan jalur batas tidak dinyatakan.",
        "No cut was named (--top N), so neither probabilities of being in nor a borderline are told.",
    ),
    "severity": (
        "Juri yang ketat dan yang longgar",
        "Strict and mild jurors",
    ),
    "severity_how": (
        (
            "Berapa poin setiap juri berada di bawah (+, ketat) atau di atas (-, longgar) juri rata-rata, hanya "
            "menurut entri yang dinilai beberapa juri. Batang memuat nilai sejati dengan peluang 95 persen; garis "
            "adalah juri rata-rata. Ini bukan tuduhan dan tidak mengecualikan siapa pun."
        ),
        (
            "By how many points each juror lies below (+, strict) or above (-, mild) an average juror, told only "
            "by entries that several scored. The bar holds the true value with a probability of 95 percent; the "
            "line is the average juror. It is no accusation and excludes nobody."
        ),
    ),
    "severity_none": (
        "Tidak ada entri yang dinilai dua juri, sehingga ketat atau longgarnya juri tidak dapat diketahui.",
        "No entry was scored by two jurors, so nothing is known of who is strict or mild.",
    ),
    "severity_ends": (
        "Bagan menunjukkan {half} juri terketat dan {half} terlonggar dari {all}.",
        "The chart shows the {half} strictest and the {half} mildest of {all} jurors.",
    ),
    "first_jurors": (
        "Tabel memuat {shown} dari {all} juri.",
        "The table holds {shown} of {all} jurors.",
    ),
    "severity_points": (
        "Keketatan (poin)",
        "Severity (points)",
    ),
    "interval": (
        "Rentang 95 %",
        "95 % interval",
    ),
    "common": (
        "Entri bersama juri lain",
        "Entries in common",
    ),
    "mean": (
        "Rata-rata",
        "Mean",
    ),
    "agreement": (
        "Seberapa sepakat para juri",
        "How well the jurors agree",
    ),
    "agreement_how": (
        (
            "Angka 1 berarti sepakat sempurna, 0 berarti kebetulan. Entri yang mirip satu sama lain, misalnya "
            "para finalis, menurunkan angka ini tanpa kesalahan juri: lihat juga galat bakunya."
        ),
        (
            "1 is perfect agreement, 0 is chance. Entries that are alike, such as finalists, lower these figures "
            "without any fault of the jurors: look at the standard error, too."
        ),
    ),
    "agreement_none": (
        "Tidak ada entri yang dinilai dua juri, sehingga kesepakatan tidak dapat diukur.",
        "No entry was scored by two jurors, so agreement cannot be measured.",
    ),
    "measure": (
        "Ukuran",
        "Figure",
    ),
    "value": (
        "Angka",
        "Value",
    ),
    "alpha": (
        "Alfa Krippendorff",
        "Krippendorff's alpha",
    ),
    "icc_one": (
        "ICC(A,1): satu juri, keketatan dihitung sebagai galat",
        "ICC(A,1): one juror, severity counted as error",
    ),
    "icc_mean": (
        "ICC(A,k): rata-rata para juri",
        "ICC(A,k): the mean of the jurors",
    ),
    "kendall": (
        "W Kendall: urutan yang sama",
        "Kendall's W: the same order",
    ),
    "sem": (
        "Galat baku satu nilai (poin)",
        "Standard error of one score (points)",
    ),
    "heat": (
        "Peta nilai",
        "Heat map of the scores",
    ),
    "heat_how": (
        (
            "Satu baris per entri, satu kolom per juri; makin gelap (pada layar gelap: makin terang), makin "
            "tinggi nilai total yang diberikan, dari {low} sampai {high}. Kosong berarti tidak ada nilai."
        ),
        (
            "One row an entry, one column a juror; the darker (on a dark screen: the brighter), the higher the "
            "total that was given, from {low} to {high}. Empty means no score."
        ),
    ),
    "heat_columns": ("Kolom: {names}.", "Columns: {names}."),
    "heat_some": (
        (
            "Ditampilkan {entries} dari {all_entries} entri dan {jurors} dari {all_jurors} juri, yang paling "
            "banyak menilai entri ini."
        ),
        (
            "Shown are {entries} of {all_entries} entries and {jurors} of {all_jurors} jurors, those who scored "
            "most of these entries."
        ),
    ),
    "heat_none": (
        "Tidak ada lembar nilai untuk digambar.",
        "There is no sheet to draw.",
    ),
    "firmness": (
        "Kepekaan terhadap bobot",
        "Sensitivity to the weights",
    ),
    "weights_top": (
        "Tidak ada batas yang disebut (--top N), sehingga pengaruh bobot pada batas tidak dinyatakan.",
        "No cut was named (--top N), so nothing is told of what the weights have to do with it.",
    ),
    "weights_no_cut": (
        "Hanya {ranked} entri berperingkat, sehingga {top} tempat bukan batas.",
        "Only {ranked} entries have a rank, so {top} places are no cut.",
    ),
    "weights_none": (
        ("Lembar nilai tidak memuat sedikitnya dua kriteria berbobot, sehingga tidak ada bobot yang dapat digeser."),
        "The sheets do not have at least two criteria with a weight, so there is no weight to move.",
    ),
    "weights_mean": (
        "Ini berlaku untuk rata-rata lembar nilai, bukan untuk metode '{method}'.",
        "This is said of the mean of the sheets, not of the method '{method}'.",
    ),
    "weights_least": (
        (
            "Perubahan bobot terkecil: bila {mass} dari seluruh bobot digeser, {behind} menyamai {ahead} pada "
            "batas {top} besar; lebih dari itu, melampauinya."
        ),
        (
            "The least change of weights: with {mass} of the weight moved, {behind} is level with {ahead} at the "
            "cut of the top {top}; with any more, ahead."
        ),
    ),
    "weights_firm": (
        "Tidak ada perubahan bobot yang membawa entri lain masuk.",
        "No change of weights brings anybody else in.",
    ),
    "weights_drawn": (
        (
            "Pada {draws} susunan bobot yang diundi di sekitar bobot ini (benih {seed}), {always} entri selalu "
            "masuk dan {some} kadang-kadang."
        ),
        (
            "At {draws} sets of weights drawn around these (seed {seed}), {always} entries are always in and "
            "{some} at some."
        ),
    ),
    "weights_nearest": (
        "Bagan menunjukkan {shown} entri yang paling diperebutkan.",
        "The chart shows the {shown} most contested entries.",
    ),
    "share_in": (
        "Masuk pada",
        "In at",
    ),
    "moved": (
        "Bobot digeser",
        "Weight moved",
    ),
    "from": (
        "Dari",
        "From",
    ),
    "into": (
        "Ke",
        "To",
    ),
    "comes_in": (
        "Masuk",
        "Comes in",
    ),
    "for_whom": (
        "Menggantikan",
        "In place of",
    ),
    "overtakings": (
        "Siapa melampaui siapa",
        "Who overtakes whom",
    ),
    "without_juror": (
        "Bila satu juri tidak dihitung",
        "Without one juror",
    ),
    "without_criterion": (
        "Bila satu kriteria tidak dihitung",
        "Without one criterion",
    ),
    "criterion": (
        "Kriteria",
        "Criterion",
    ),
    "juror_number": (
        "Juri {number}",
        "Juror {number}",
    ),
    "left_out_how": (
        (
            "Berapa dari {top} tempat yang berpindah tangan seandainya yang satu ini tidak ada; batang penuh berarti "
            "{most}. Ini menunjukkan apa yang menentukan batas, bukan kesalahan siapa pun."
        ),
        (
            "How many of the {top} places would change hands had this one not been there; a full bar means {most}. It "
            "shows what the cut depends on, and is nobody's fault."
        ),
    ),
    "left_out_some": (
        "Dari {all} yang dicoba, {telling} mengubah siapa yang masuk.",
        "Of {all} that were tried, {telling} change who is in.",
    ),
    "left_out_drawn": (
        "Bagan menunjukkan {shown} dari {all}, yang paling berpengaruh.",
        "The chart shows {shown} of {all}, those that matter most.",
    ),
    "left_out_listed": (
        "Tabel memuat {shown} dari {all}.",
        "The table holds {shown} of {all}.",
    ),
    "left_out_alone": (
        "Hanya satu juri yang memberi nilai, sehingga tidak ada yang dapat dikeluarkan.",
        "Only one juror gave a score, so nobody can be left out.",
    ),
    "places_moved": (
        "Tempat yang berpindah",
        "Places that change",
    ),
    "places_of": (
        "{count} dari {top}",
        "{count} of {top}",
    ),
    "falls_out": (
        "Keluar",
        "Falls out",
    ),
    "ranks_moved": (
        "Peringkat yang berubah",
        "Ranks that change",
    ),
    "farthest": (
        "Paling jauh",
        "Farthest",
    ),
    "from_to": (
        "{entry}: {before} menjadi {after}",
        "{entry}: {before} to {after}",
    ),
    "statement": (
        "Pernyataan keadilan penilaian",
        "Fairness statement",
    ),
    "policy_submitted": (
        "Hanya lembar yang masuk yang dihitung; lembar yang tidak ada bukan nol.",
        "Only submitted sheets count; an absent sheet is not a zero.",
    ),
    "policy_zero": (
        "Lembar yang ditugaskan tetapi tidak ada dihitung 0.",
        "An assigned sheet that is absent counts 0.",
    ),
    "policy_quorum": (
        ("Hanya lembar yang masuk yang dihitung, dan entri dengan kurang dari {count} lembar tidak diberi peringkat."),
        "Only submitted sheets count, and an entry with fewer than {count} sheets has no rank.",
    ),
    "policy_drop_juror": (
        "Juri yang tidak menyelesaikan semua lembarnya tidak dihitung sama sekali.",
        "A juror who did not finish every sheet is not counted at all.",
    ),
    "policy_block": (
        "Peringkat hanya dibuat bila semua lembar ada.",
        "Nothing is ranked before every sheet is there.",
    ),
    "method_mean": (
        "Nilai entri adalah rata-rata lembar nilainya.",
        "The score of an entry is the mean of its sheets.",
    ),
    "method_sum": (
        "Nilai entri adalah jumlah lembar nilainya.",
        "The score of an entry is the sum of its sheets.",
    ),
    "method_median": (
        "Nilai entri adalah median lembar nilainya.",
        "The score of an entry is the median of its sheets.",
    ),
    "method_trimmed": (
        "Nilai entri adalah rata-rata lembar nilainya tanpa yang terendah dan tertinggi, menurut pilihannya.",
        "The score of an entry is the mean of its sheets without the lowest and highest, as many as the options say.",
    ),
    "method_rank_sum": (
        "Setiap juri mengurutkan entri; jumlah peringkat terendah adalah yang terbaik.",
        "Each juror puts the entries in order; the lowest sum of ranks is the best.",
    ),
    "method_severity": (
        (
            "Nilai entri adalah rata-rata yang dikoreksi atas ketat atau longgarnya juri (regresi ridge); nilai "
            "mentah selalu ditampilkan di sampingnya."
        ),
        (
            "The score of an entry is the mean, corrected for how strict or mild its jurors are (ridge "
            "regression); raw scores always stand beside it."
        ),
    ),
    "method_other": (
        "Nilai entri dihitung dengan metode '{method}' ({title}).",
        "The score of an entry is worked out by the method '{method}' ({title}).",
    ),
    "method_named": (
        "Metode: {method}, versi {version}, pilihan: {options}.",
        "Method: {method}, version {version}, options: {options}.",
    ),
    "usual": (
        "yang lazim",
        "the usual ones",
    ),
    "estimates": (
        "Besaran model: {figures}.",
        "Figures of the model: {figures}.",
    ),
    "ties_shared": (
        "Nilai yang sama berbagi peringkat.",
        "Equal scores share a rank.",
    ),
    "ties_chain": (
        "Nilai yang sama diputus berturut-turut oleh: {chain}; yang tetap sama berbagi peringkat.",
        "Equal scores are settled in turn by: {chain}; what stays equal shares a rank.",
    ),
    "rounding": (
        (
            "Peringkat menurut nilai persis, tanpa pembulatan; yang ditampilkan dibulatkan (setengah ke atas) ke "
            "{decimals} desimal."
        ),
        ("Ranks go by exact scores, without rounding; what is shown is rounded (half up) to {decimals} decimals."),
    ),
    "low_is_best": (
        "Angka terendah adalah yang terbaik.",
        "The lowest figure is the best.",
    ),
    "rubric_named": (
        "Rubrik '{rubric}' menetapkan skala dan bobot setiap kriteria.",
        "The rubric '{rubric}' sets the scale and the weight of each criterion.",
    ),
    "rubric_none": (
        "Tanpa rubrik: setiap kriteria berbobot sama dan skala tidak diperiksa.",
        "No rubric: every criterion counts the same, and no scale is checked.",
    ),
    "grouped": (
        "Setiap kelompok pada kolom '{column}' diperingkat sendiri-sendiri.",
        "Each group of the column '{column}' is ranked by itself.",
    ),
    "drawn": (
        (
            "Keraguan dihitung dari {draws} undian dengan benih {seed}, menurut model metode severity "
            "({penalty}), apa pun metode peringkatnya; undian yang sama memberi angka yang sama."
        ),
        (
            "The doubt comes from {draws} draws with the seed {seed}, by the model of the method severity "
            "({penalty}), whatever method ranks; the same draws give the same figures."
        ),
    ),
    "penalty_given": (
        "lambda {value}",
        "lambda {value}",
    ),
    "penalty_reml": (
        "lambda diduga dengan REML",
        "lambda estimated by REML",
    ),
    "versions": (
        "Perangkat lunak: Juri {juri}, NumPy {numpy}, SciPy {scipy}.",
        "Software: Juri {juri}, NumPy {numpy}, SciPy {scipy}.",
    ),
    "verify": (
        "Cara memeriksa",
        "How to verify",
    ),
    "verify_how": (
        (
            "Siapa pun yang memegang berkas nilai dapat menjalankan perintah di bawah dengan Juri {version}: "
            "sidik jari (SHA-256) yang keluar harus sama. Peringkat sama bila sidik jarinya sama."
        ),
        (
            "Whoever holds the file of scores can run the command below with Juri {version}: the fingerprint "
            "(SHA-256) must come out the same. Where it does, the ranking is the same."
        ),
    ),
    "hash_input": (
        "Berkas nilai ({name})",
        "File of scores ({name})",
    ),
    "hash_rubric": (
        "Isi rubrik",
        "Content of the rubric",
    ),
    "hash_rules": (
        "Aturan (JSON kanonis di bawah)",
        "Rules (the canonical JSON below)",
    ),
    "hash_result": (
        "Hasil (keluaran JSON)",
        "Result (the JSON output)",
    ),
    "rules": (
        "Aturan",
        "Rules",
    ),
    "command": (
        "Perintah",
        "Command",
    ),
}
"""Each text in the languages of ``LANGUAGES``, in that order."""
