"""What a list costs: its statements do not grow with its rows. Organisers' and jurors' lists have their own tests."""

import pytest

from juri.core.accounts.outbox import queue_mail
from juri.core.entries.people import add_person
from juri.core.entries.verbs import register_entry
from juri.core.policy import Actor

OPERATOR = Actor.operator("test")
MORE = 9
LISTS = {
    "local@kota.test": ["/entrant/tulis-2026/"],
    "organiser@kota.test": ["/api/v1/editions", "/api/v1/editions/tulis-2026/entries"],
    "admin@kota.test": ["/admin/people", "/admin/audit", "/admin/outbox"],
}


@pytest.fixture
def web_bench(writing_template, bench_on):
    """Let the pages work on both editions."""
    return bench_on(writing_template)


def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(tulis, client_for, counted):
    few = statements(client_for, counted)
    for number in range(MORE):
        tulis.do(register_entry, "Dinas Kesehatan", tulis.content(f"Inovasi ke-{number}", {}), code=f"X-{number}")
        with tulis.database.write() as session:
            person = add_person(session, name=f"Orang {number}", email=f"orang{number}@kota.test", by=OPERATOR)
            queue_mail(session, "message", person, by=OPERATOR, values={"subject": "Undangan", "text": "Rapat besok."})
    assert statements(client_for, counted) == few


def statements(client_for, counted):
    found = {}
    for email, pages in LISTS.items():
        client = client_for(email)
        for page in pages:
            assert client.get(page).status_code == 200  # what is kept for the next time is not asked again
            with counted() as said:
                client.get(page)
            found[page] = len(said)
    return found
