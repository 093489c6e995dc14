"""Look into an XLSX file before it is parsed: how large it would grow, and which cells show no value.

An XLSX file is a ZIP archive of XML. A hostile one of some kilobytes can ask its reader for gigabytes (a bomb), two
far-off cells for billions of empty ones, one long text used a million times for the same. All is counted here in a
stream that keeps nothing, whatever the archive claims about itself.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field
from xml.parsers import expat

from juri.core.errors import InputRefused
from juri.core.tables.table import MAX_CELL_LENGTH, MAX_CELLS, MAX_COLUMNS, MAX_ROWS

MAX_INFLATED = 512 * 2**20
MAX_TEXT = 2**30
"""The longest shared text times the cells that hold a shared text."""

_MAX_PARTS = 2_000
_CHUNK = 2**18
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")

NOT_CALCULATED = "#NOT CALCULATED"
FORMULA_ERROR = "#ERROR"
"""What is read from a cell whose formula has no stored value, or an error. Neither is an empty cell."""

_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError, struct.error),
    *(ArithmeticError, EOFError, LookupError, OSError, RuntimeError, ValueError),
)
"""What the standard library raises on an archive that is not one."""

Cell = tuple[int, int]
"""Row and column, from 1."""


class _TooLarge(Exception):
    """The workbook asks for more than is read; the text says of what."""


class _Odd(Exception):
    """The workbook holds what no spreadsheet program writes; the text says what."""


@dataclass
class _Workbook:
    """What the scan gathers over all parts."""

    inflated: int = 0
    shared_cells: int = 0
    longest_text: int = 0
    sheets: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    unusable: dict[str, dict[Cell, str]] = field(default_factory=dict)

    def check(self) -> None:
        if self.inflated > MAX_INFLATED:
            raise _TooLarge(f"it unpacks to more than {MAX_INFLATED // 2**20} MiB")
        if self.longest_text > MAX_CELL_LENGTH and self.shared_cells * self.longest_text > MAX_TEXT:
            raise _TooLarge("its texts are too long")


def scan_workbook(data: bytes, name: str) -> dict[str, dict[Cell, str]]:
    """Check a workbook and return, for each sheet by name, the cells that show an error or have no stored value.

    Raises:
        InputRefused: not a workbook, damaged, locked by a password, larger than is read, with a document type.

    """
    try:
        return _scan(data)
    except _TooLarge as error:
        raise InputRefused.at(name, f"the workbook is too large: {error}; save only the table", "too_large") from error
    except _Odd as error:
        raise InputRefused.at(name, f"the workbook is refused: {error}; save it again as XLSX", "odd_file") from error
    except _DAMAGE as error:
        message = f"the workbook is damaged ({error}); save it again as XLSX, or as CSV"
        raise InputRefused.at(name, message, "damaged") from error


def _scan(data: bytes) -> dict[str, dict[Cell, str]]:
    found = _Workbook()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if "xl/workbook.xml" not in archive.namelist():
            raise _Odd("it holds no spreadsheet")
        if len(parts) > _MAX_PARTS:
            raise _TooLarge(f"it has more than {_MAX_PARTS:,} parts")
        for part in parts:
            _scan_part(part.filename, _inflate(archive, part, found), found)
    found.check()
    return {
        sheet: found.unusable.get(_part_name(found.targets.get(relation, "")), {})
        for sheet, relation in found.sheets.items()
    }


def _part_name(target: str) -> str:
    return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _inflate(archive: zipfile.ZipFile, part: zipfile.ZipInfo, found: _Workbook) -> Iterator[bytes]:
    """Unpack a part in pieces and count them. The size and checksum that the archive claims may be lies: not used."""
    if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise _Odd(f"the part {part.filename!r} is packed in an unusual way")
    honest = copy(part)
    honest.file_size = MAX_INFLATED + _CHUNK
    honest.CRC = None  # type: ignore[assignment]  # None switches the check off; the reader itself checks again
    with archive.open(honest) as stream:
        while piece := stream.read(_CHUNK):
            found.inflated += len(piece)
            found.check()
            yield piece


def _scan_part(part: str, pieces: Iterator[bytes], found: _Workbook) -> None:
    first = next(pieces, b"")
    if first.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        scan = _PartScan(part, found)
        scan.feed(first)
        for piece in pieces:
            scan.feed(piece)
        scan.close()
        return
    before = first
    for piece in (first, *pieces):
        if b"sheetData" in before[-10:] + piece:
            raise _Odd(f"the part {part!r} is a sheet in disguise")
        before = piece


class _PartScan:
    """Walk the XML of one part: count cells and texts, refuse document types, note sheets and unusable cells."""

    def __init__(self, part: str, found: _Workbook) -> None:
        self.part = part
        self.found = found
        self.row = self.column = self.last_row = self.last_column = 0
        self.in_sheet = self.formula = self.valued = False
        self.text = 0
        self.on: dict[str, Callable[[dict[str, str]], None]] = {
            "sheetData": self._sheet_begins,
            "row": self._row,
            "c": self._cell,
            "f": self._formula,
            "v": self._value,
            "si": self._shared_text,
            "sheet": self._sheet,
            "Relationship": self._relation,
        }
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._element
        self.parser.StartDoctypeDeclHandler = self._document_type

    def feed(self, piece: bytes) -> None:
        self.parser.Parse(piece, False)

    def close(self) -> None:
        self.parser.Parse(b"", True)
        self._end_of_cell()
        if self.last_row * self.last_column > MAX_CELLS:
            raise _TooLarge(f"a sheet reaches over more than {MAX_CELLS:,} cells")

    def _element(self, tag: str, attributes: dict[str, str]) -> None:
        handler = self.on.get(tag.rpartition(":")[2] if ":" in tag else tag)
        if handler:
            handler(attributes)

    def _document_type(self, *_: object) -> None:
        raise _Odd("it declares a document type, which may define entities")

    def _sheet_begins(self, _: dict[str, str]) -> None:
        self.in_sheet = True

    def _row(self, attributes: dict[str, str]) -> None:
        self._end_of_cell()
        self.row = _number(attributes["r"]) if "r" in attributes else self.row + 1
        self.column = 0
        self._reach()

    def _cell(self, attributes: dict[str, str]) -> None:
        self._end_of_cell()
        if not self.in_sheet:
            return
        reference = attributes.get("r")
        if reference is None:
            self.column += 1
        else:
            self.row, self.column = _coordinates(reference)
        self._reach()
        kind = attributes.get("t")
        self.found.shared_cells += kind == "s"
        self.valued = kind == "str"
        if kind == "e":
            self._unusable(FORMULA_ERROR)

    def _formula(self, _: dict[str, str]) -> None:
        self.formula = self.in_sheet

    def _value(self, _: dict[str, str]) -> None:
        if self.formula:
            self.parser.CharacterDataHandler = self._value_text

    def _value_text(self, _: str) -> None:
        self.valued = True

    def _end_of_cell(self) -> None:
        if self.formula:
            self.parser.CharacterDataHandler = None
            if not self.valued:
                self._unusable(NOT_CALCULATED)
        self.formula = False

    def _unusable(self, why: str) -> None:
        self.found.unusable.setdefault(self.part, {})[self.row, self.column] = why

    def _reach(self) -> None:
        self.last_row = max(self.last_row, self.row)
        self.last_column = max(self.last_column, self.column)
        if self.last_row > MAX_ROWS or self.last_column > MAX_COLUMNS:
            raise _TooLarge(f"a sheet reaches beyond {MAX_ROWS:,} rows and {MAX_COLUMNS:,} columns")

    def _shared_text(self, _: dict[str, str]) -> None:
        self.text = 0
        self.parser.CharacterDataHandler = self._characters

    def _characters(self, text: str) -> None:
        self.text += len(text)
        self.found.longest_text = max(self.found.longest_text, self.text)

    def _sheet(self, attributes: dict[str, str]) -> None:
        relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        self.found.sheets.setdefault(attributes.get("name", ""), relation)

    def _relation(self, attributes: dict[str, str]) -> None:
        if self.part == "xl/_rels/workbook.xml.rels":
            self.found.targets[attributes.get("Id", "")] = attributes.get("Target", "")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 7):  # noqa: PLR2004  more digits than any row
        raise _Odd(f"a row is numbered {text[:20]!r}")
    return int(text)


def _coordinates(reference: str) -> Cell:
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise _Odd(f"a cell is addressed {reference[:20]!r}")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column
