"""Requests at once: no answer belongs to another."""

from juri.core.editions.verbs import find_edition
from juri.core.entries.people import actor_of
from juri.core.judging.conflicts import accept_assignment
from juri.core.judging.queue import read_queue
from juri.core.policy import Actor

THREADS, TIMES = 8, 12
OPERATOR = Actor.operator("test")


def test_field_65_each_of_many_requests_at_once_is_answered_for_its_own_body(web_app, client_for, at_once):
    bench = web_app.extensions["juri"]
    with bench.database.read() as session:
        running = find_edition(session, bench.registry, "kota-2026")
        queue = read_queue(session, running, "penilaian", actor_of(session, "j1@kota.test").person)
        entries = [item.entry for item in queue.items][:THREADS]
    with bench.database.write() as session:
        running = find_edition(session, bench.registry, "kota-2026")
        for entry in entries:
            accept_assignment(session, running, "penilaian", entry, "J1", by=OPERATOR)

    def save(number, entry):
        client, totals = client_for("j1@kota.test"), []
        for version in range(TIMES):
            points = str(number * TIMES + version)
            body = {
                "version": version,
                "key": f"key-{number}-{version}-of-the-page",
                "answers": {name: {"value": points} for name in ("manfaat", "kebaruan", "keberlanjutan")},
            }
            told = client.post(f"/juror/kota-2026/penilaian/{entry}/save", json=body).get_json()
            totals.append((told["version"], told["total"]))
        return totals

    said = at_once([lambda n=n, entry=entry: save(n, entry) for n, entry in enumerate(entries)])
    assert said == [[(v + 1, str(n * TIMES + v)) for v in range(TIMES)] for n in range(len(entries))]
    assert len(entries) == THREADS
