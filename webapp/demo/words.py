"""The words that invented titles, texts and names are made of."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle, islice
from types import MappingProxyType

from juri.webapp.demo.lots import Lots

HEADS = ("Gerai", "Layanan", "Klinik", "Sekolah", "Rumah", "Pos", "Balai", "Lumbung", "Kartu", "Taman", "Jejaring",
         "Sahabat", "Simpul", "Jembatan", "Dapur", "Kampung")  # fmt: skip

TAILS = ("Keliling", "Terpadu", "Mandiri", "Ramah Difabel", "Berbasis Warga", "Satu Pintu", "Jemput Bola", "Tanggap",
         "Lintas Sektor", "Malam Hari", "Pesisir", "Perbatasan", "Tanpa Antre", "Gotong Royong")  # fmt: skip

THEMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "kesehatan": ("Ibu dan Bayi", "Gizi Anak", "Lansia Sehat", "Imunisasi"),
        "pendidikan": ("Baca Tulis", "Anak Putus Sekolah", "Guru Belajar", "Perpustakaan Desa"),
        "pertumbuhan_ekonomi_kesempatan_kerja": ("Usaha Mikro", "Pencari Kerja", "Pasar Rakyat", "Izin Usaha"),
        "pengentasan_kemiskinan": ("Keluarga Prasejahtera", "Bantuan Tepat Sasaran", "Rumah Layak", "Pekerja Rentan"),
        "ketahanan_pangan": ("Benih Lokal", "Nelayan Kecil", "Pekarangan Pangan", "Petani Muda"),
        "pemberdayaan_masyarakat": ("Kader Desa", "Karang Taruna", "Perempuan Berdaya", "Desa Wisata"),
        "inklusi_sosial": ("Warga Tuli", "Penyandang Disabilitas", "Anak Jalanan", "Masyarakat Adat"),
        "energi_lingkungan_hidup": ("Sampah Pilah", "Air Bersih", "Mangrove", "Energi Surya"),
        "tata_kelola_pemerintahan": ("Pengaduan Warga", "Arsip Terbuka", "Dokumen Penduduk", "Anggaran Desa"),
        "penegakan_hukum": ("Bantuan Hukum", "Sidang Keliling", "Restoratif", "Sadar Hukum"),
        "ketahanan_bencana": ("Siaga Banjir", "Desa Tangguh", "Peringatan Dini", "Dapur Umum"),
    }
)
"""What an innovation is about, by the edition's category."""

_SENTENCES = (
    "Warga di tempat yang jauh harus menempuh perjalanan panjang untuk memperoleh layanan yang mereka perlukan.",
    "Petugas mendatangi warga menurut jadwal yang diumumkan bersama pengurus kampung.",
    "Sebelum ada inovasi ini, antrean panjang dan berkas yang hilang menjadi keluhan yang paling sering dicatat.",
    "Jumlah warga yang terlayani dihitung setiap bulan dan dibandingkan dengan keadaan sebelum inovasi berjalan.",
    "Biaya ditanggung dari anggaran rutin, sedangkan peralatan dipinjam dari unit lain yang tidak memakainya.",
    "Cara kerja ditulis dalam prosedur yang singkat sehingga unit lain dapat menirunya tanpa biaya besar.",
    "Kelompok sasaran ikut merancang layanan melalui pertemuan warga dan survei sederhana.",
    "Peraturan pimpinan menetapkan tugas, penanggung jawab dan waktu evaluasi setiap semester.",
    "Evaluasi dilakukan oleh pihak luar, dan hasilnya dibacakan dalam pertemuan terbuka.",
    "Data yang disebut di sini adalah data peragaan dan tidak menggambarkan keadaan yang sebenarnya.",
    "Dua unit di wilayah tetangga sudah mencoba cara yang sama dengan penyesuaian kecil.",
    "Masalah serupa terdapat di banyak daerah, sehingga peluang untuk memperluasnya besar.",
)

_GIVEN = ("Melati", "Kenanga", "Cempaka", "Mawar", "Anggrek", "Flamboyan", "Elang", "Merpati", "Kutilang", "Rajawali",
          "Cendrawasih", "Kasuari", "Jati", "Meranti", "Bakau", "Rotan", "Samudra", "Bahari", "Fajar",
          "Senja")  # fmt: skip


def invent_title(lots: Lots, category: str, code: str) -> str:
    """Make a title up; the code in it makes it the only one of its kind, and clearly invented."""
    return f"{lots.pick(HEADS)} {lots.pick(THEMES[category])} {lots.pick(TAILS)} (Peragaan {code})"


def invent_text(lots: Lots) -> str:
    """Make a short answer up."""
    first = lots.below(len(_SENTENCES))
    return f"{_SENTENCES[first]} {_SENTENCES[(first + 1 + lots.below(len(_SENTENCES) - 1)) % len(_SENTENCES)]}"


def lengthen(text: str, words: int) -> str:
    """Repeat a text until it has so many words."""
    return " ".join(islice(cycle(text.split()), words))


def invent_name(number: int, of: str) -> str:
    """Make a person's name up: a flower, a bird or a tree, and what the person is in the demonstration."""
    return f"{_GIVEN[number % len(_GIVEN)]} Peragaan {of} {number:03d}"
