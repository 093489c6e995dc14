"""A report leaves Juri as one page of HTML: complete in itself, without a script, and nothing in it is markup."""

from fractions import Fraction
from html.parser import HTMLParser

import pytest

from juri.core.extension import Report
from juri.plugins.exporters.page import Bar, Cell, page_of, write_page

STAGES = (("stage", "kind", "entries", "advanced"), (("admin", "checklist", 2269, 2135), ("final", "plenary", 113, 50)))
DIGEST = "0" * 63 + "a"


class Outline(HTMLParser):
    """Collects the elements of a page and its text."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.attributes, self.words = [], [], []
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes.extend(attrs)

    def handle_data(self, data):
        self.words.append(data.strip())


def test_the_stages_of_an_edition_are_drawn_as_bars_with_their_table_behind():
    chart = page_of(Report({"language": "id"}, {"stages": STAGES})).chart
    assert chart.bars == (
        Bar("admin", "2.135", 0, "0.000", "100.000"),
        Bar("final", "50", 54, "48.829", "2.342"),
    )
    assert chart.spoken == "stages: admin 2.135; final 50"
    assert [[cell.text for cell in row] for row in chart.table.rows] == [
        ["admin", "checklist", "2.269", "2.135"],
        ["final", "plenary", "113", "50"],
    ]


def test_a_report_may_name_its_own_chart_or_have_none():
    table = (("Tahap", "Jumlah"), (("a", 1),))
    named = page_of(Report({"chart": {"table": "t", "label": "Tahap", "value": "Jumlah"}}, {"t": table}))
    assert [bar.label for bar in named.chart.bars] == ["a"]
    assert named.tables == ()
    assert page_of(Report({}, {"t": table})).chart is None
    assert page_of(Report({"chart": {"table": "t", "label": "x", "value": "Jumlah"}}, {"t": table})).chart is None


def test_a_chart_of_nothing_but_zeros_has_empty_bars():
    chart = page_of(Report({}, {"stages": (STAGES[0], (("admin", "checklist", 0, 0),))})).chart
    assert chart.bars == (Bar("admin", "0", 0, "50.000", "0.000"),)


def test_facts_stand_in_a_list_each_written_for_people():
    meta = {"name": "N", "events": 20440, "ok": True, "empty": None, "jurors": ["a", "b"], "of": {"rubric_id": "r"}}
    assert page_of(Report(meta | {"share": Fraction(1, 3)}, {})).facts == (
        ("Events", Cell("20,440")),
        ("Ok", Cell("yes")),
        ("Empty", Cell("")),
        ("Jurors", Cell("a, b")),
        ("Of", Cell("Rubric id: r")),
        ("Share", Cell("1/3")),
    )


def test_a_hash_is_told_from_words_and_figures_stand_to_the_right():
    table = page_of(Report({}, {"t": (("rank", "hash"), ((1, DIGEST), (2, "none")))})).tables[0]
    assert [(column.name, column.is_figure) for column in table.columns] == [("Rank", True), ("Hash", False)]
    assert [row[1] for row in table.rows] == [Cell(DIGEST, is_hash=True), Cell("none")]


@pytest.mark.parametrize(("rows", "folded"), [(60, 0), (61, 1)])
def test_a_long_table_is_folded_away(rows, folded):
    page = Outline(write_page(Report({}, {"t": (("a",), tuple((n,) for n in range(rows)))})))
    assert page.elements.count("details") == folded
    assert page.elements.count("tr") == rows + 1


def test_a_table_without_rows_is_left_out():
    assert page_of(Report({}, {"t": (("a",), ())})).tables == ()


def test_nothing_in_a_report_becomes_markup():
    nasty = '"><script>alert(1)</script>'
    meta = {"name": nasty, "subtitle": nasty, "notice": nasty, nasty: nasty}
    page = Outline(
        write_page(Report(meta, {nasty: ((nasty,), ((nasty,),)), "stages": (STAGES[0], ((nasty, "k", 1, 1),))}))
    )
    assert "script" not in page.elements
    assert page.words.count(nasty) >= 8
    assert [name for name, _ in page.attributes if name.startswith("on")] == []


def test_a_page_loads_nothing_from_anywhere():
    page = Outline(write_page(Report({"name": "N"}, {"stages": STAGES})))
    assert {"link", "script", "img", "iframe"} & set(page.elements) == set()
    assert [(name, value) for name, value in page.attributes if name in {"src", "href"}] == []


@pytest.mark.parametrize(("asked", "language"), [("id", "id"), ("en", "en"), ("fr", "en"), (None, "en")])
def test_a_page_says_its_language(asked, language):
    page = Outline(write_page(Report({} if asked is None else {"language": asked}, {})))
    assert [value for name, value in page.attributes if name == "lang"] == [language]


def test_equal_reports_give_equal_bytes():
    assert write_page(Report({"name": "N"}, {"stages": STAGES})) == write_page(
        Report({"name": "N"}, {"stages": STAGES})
    )
