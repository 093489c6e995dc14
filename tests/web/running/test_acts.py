"""What is written down in a stage: answers of a checklist, attendance, slots, findings, votes, objections."""

from __future__ import annotations

import pytest

from juri.core.stages.acts import Act, record_acts
from juri.core.stages.verbs import open_stage

AT = "/organiser/raya-2026/stages"


@pytest.mark.parametrize("step", ["meeting"])
def test_the_members_of_a_panel_are_called(raya, oka):
    called = f"{AT}/pleno/roll-call/attendance"
    assert oka.get(f"{AT}/pleno/acts/attendance").location == "/organiser/raya-2026/stages/pleno/roll-call/attendance"
    assert "<b>0</b> / 2" in oka.get(called).text
    said = oka.post(called, data={"present_P1": "yes", "present_P2": "no"}, follow_redirects=True).text
    assert raya.acts("pleno") == [("attendance", "P1", {"present": "yes"}), ("attendance", "P2", {"present": "no"})]
    assert ("The attendance of 2 jurors is written down." in said, "<b>1</b> / 2" in said) == (True, True)
    oka.post(called, data={"present_P1": "yes", "present_P2": "yes"})
    assert raya.acts("pleno")[2:] == [("attendance", "P2", {"present": "yes"})]
    refused = oka.post(called, data={"present_P3": "perhaps"})
    assert (refused.status_code, len(raya.acts("pleno"))) == (422, 3)
    assert oka.get(f"{AT}/wawancara/roll-call/attendance").status_code == 404


@pytest.mark.parametrize("step", ["visiting"])
def test_a_slot_is_in_the_time_of_the_edition_and_two_do_not_overlap(raya, oka):
    slots = f"{AT}/wawancara/acts/slot"
    first = {"entry": "R-1", "data_starts": "2026-12-01T09:00", "data_minutes": "20", "data_place": "Aula"}
    said = oka.post(slots, data=first, follow_redirects=True).text
    assert ("It is written down." in said, "1 December 2026 09:00 WIT" in said) == (True, True)
    assert [(topic, data["starts"], data["place"]) for topic, _, data in raya.acts("wawancara")] == [
        ("slot", "2026-12-01T09:00:00+09:00", "Aula")
    ]
    over = oka.post(slots, data={**first, "entry": "R-2", "data_starts": "2026-12-01T09:10"})
    assert (over.status_code, 'value="2026-12-01T09:10"' in over.text, len(raya.acts("wawancara"))) == (422, True, 1)
    assert 'value="2026-12-01T09:00"' in oka.get(f"{slots}?entry=R-1").text
    late = oka.post(slots, data={**first, "entry": "R-2", "data_starts": "tomorrow"})
    assert (late.status_code, 'value="tomorrow"' in late.text) == (422, True)


@pytest.mark.parametrize("step", ["visiting"])
def test_an_act_on_an_entry_that_does_not_exist_keeps_what_was_typed(raya, oka):
    bad = oka.post(
        f"{AT}/wawancara/acts/attendance", data={"entry": "R-99", "data_present": "yes", "data_leader": "no"}
    )
    assert (bad.status_code, raya.acts("wawancara")) == (422, [])
    assert "there is no entry &#39;R-99&#39;" in bad.text or "R-99" in bad.text
    empty = oka.post(f"{AT}/wawancara/acts/attendance", data={"entry": "", "data_present": "yes"})
    assert (empty.status_code, raya.acts("wawancara")) == (422, [])
    assert empty.text.count(" checked ") == 1


@pytest.mark.parametrize("step", ["meeting"])
def test_acts_of_a_stage_that_is_over_are_read_and_not_written(raya, oka, client_for):
    page = oka.get(f"{AT}/lapangan/acts/claim").text
    assert ("Confirmed" in page, "foto" in page, "The service runs" in page) == (True, True, True)
    assert "The stage takes nothing now." in page
    kept = len(raya.acts("lapangan"))
    late = {"entry": "R-1", "subject": "berjalan", "data_finding": "refuted", "data_evidence": "surat"}
    refused = oka.post(f"{AT}/lapangan/acts/claim", data=late)
    assert (refused.status_code, len(raya.acts("lapangan"))) == (409, kept)
    auditor = client_for("agus@raya.test")
    assert auditor.get(f"{AT}/lapangan/acts/claim").status_code == 200
    assert auditor.post(f"{AT}/lapangan/acts/claim", data=late).status_code == 404


@pytest.mark.parametrize("step", ["published"])
def test_what_became_of_a_winner_is_written_down(raya, oka):
    oka.post(f"{AT}/pantau/open")
    adopted = {"entry": "R-1", "subject": "1", "data_by": "Kota Sorong", "data_year": "2027",
               "data_evidence": "perjanjian"}  # fmt: skip
    assert oka.post(f"{AT}/pantau/acts/adoption", data=adopted).status_code == 302
    wrong = oka.post(f"{AT}/pantau/acts/adoption", data={**adopted, "subject": "2", "data_year": "19"})
    assert (wrong.status_code, 'value="19"' in wrong.text) == (422, True)
    alive = {"entry": "R-1", "subject": "1", "data_alive": "yes", "data_year": "2028", "data_evidence": "foto"}
    assert oka.post(f"{AT}/pantau/acts/survival", data=alive).status_code == 302
    assert [(topic, subject, data["year"]) for topic, subject, data in raya.acts("pantau")] == [
        ("adoption", "1", "2027"), ("survival", "1", "2028"),
    ]  # fmt: skip


@pytest.mark.parametrize("step", ["cutting"])
def test_votes_and_objections_are_written_down_and_answered(raya, oka):
    raya.finish("nominasi", {"R-2": "advance", "R-6": "stop"})
    alive = ("R-1", "R-2", "R-4", "R-5")
    raya.do(open_stage, "wawancara")
    raya.do(record_acts, "wawancara", [Act("attendance", {"present": "yes", "leader": "yes"}, each) for each in alive])
    raya.finish("wawancara")
    raya.do(open_stage, "lapangan")
    claim = {"entry": "R-1", "subject": "berjalan", "data_finding": "confirmed", "data_evidence": "foto\nsurat"}
    assert oka.post(f"{AT}/lapangan/acts/claim", data=claim).status_code == 302
    assert raya.acts("lapangan") == [("claim", "berjalan", {"evidence": ["foto", "surat"], "finding": "confirmed"})]
    no_evidence = oka.post(f"{AT}/lapangan/acts/claim", data={**claim, "entry": "R-2", "data_evidence": ""})
    assert (no_evidence.status_code, len(raya.acts("lapangan"))) == (422, 1)
    found = [Act("claim", {"finding": "confirmed", "evidence": ["foto"]}, each, "berjalan") for each in alive[1:]]
    raya.do(record_acts, "lapangan", found)
    raya.finish("lapangan")
    raya.do(open_stage, "favorit")
    vote = {"entry": "R-1", "subject": "warga-1", "data_value": "5"}
    assert oka.post(f"{AT}/favorit/acts/vote", data=vote).status_code == 302
    off = oka.post(f"{AT}/favorit/acts/vote", data={**vote, "data_value": "6"})
    assert (off.status_code, 'value="6"' in off.text, len(raya.acts("favorit"))) == (422, True, 1)
    raya.finish("favorit")
    raya.do(open_stage, "sanggah")
    objection = {"entry": "R-1", "subject": "1", "data_from": "Kampung Asei", "data_text": "Angkanya keliru."}
    assert oka.post(f"{AT}/sanggah/acts/objection", data=objection).status_code == 302
    assert "1 objection without an answer" in oka.get(f"{AT}/sanggah/close").text
    answer = {"entry": "R-1", "subject": "1", "data_verdict": "rejected", "data_text": "Sudah diperiksa."}
    assert oka.post(f"{AT}/sanggah/acts/answer", data=answer).status_code == 302
    assert [topic for topic, _, _ in raya.acts("sanggah")] == ["objection", "answer"]
    assert "1 objection without an answer" not in oka.get(f"{AT}/sanggah/close").text


@pytest.mark.parametrize("step", ["screening"])
def test_a_page_of_the_screening_is_saved_together(raya, oka):
    page = oka.get(f"{AT}/administrasi/screening").text
    assert ("<b>0</b> / 12" in page, "nothing against it" in page) == (True, True)
    sent = {"a:R-1:sk": "yes", "a:R-1:asli": "no", "r:R-1:asli": "unsigned", "a:R-2:sk": "na", "a:R-9:sk": "yes"}
    said = oka.post(f"{AT}/administrasi/screening", data=sent, follow_redirects=True).text
    assert ("3 answers are saved." in said, "<b>3</b> / 12" in said) == (True, True)
    assert raya.acts("administrasi") == [
        ("check", "sk", {"answer": "yes"}),
        ("check", "asli", {"answer": "no", "reason": "unsigned"}),
        ("check", "sk", {"answer": "na"}),
    ]
    again = oka.post(f"{AT}/administrasi/screening", data=sent, follow_redirects=True).text
    assert ("0 answers are saved." in again, len(raya.acts("administrasi"))) == (True, 3)


@pytest.mark.parametrize("step", ["screening"])
def test_a_faulty_answer_of_the_screening_writes_nothing_and_keeps_what_was_typed(raya, oka):
    sent = {"a:R-1:sk": "yes", "a:R-2:sk": "perhaps", "a:R-3:sk": "no", "r:R-3:sk": "the decree is missing"}
    refused = oka.post(f"{AT}/administrasi/screening", data=sent)
    assert (refused.status_code, raya.acts("administrasi")) == (422, [])
    assert 'value="the decree is missing"' in refused.text
    assert refused.text.count('<option value="no" selected>') == 1


@pytest.mark.parametrize("step", ["screening"])
def test_a_row_of_the_screening_is_saved_alone(raya, oka):
    headers = {"HX-Request": "true"}
    row = oka.post(f"{AT}/administrasi/screening", data={"row": "R-3", "a:R-3:sk": "yes"}, headers=headers).text
    assert ('id="row-R-3"' in row, "1 open" in row, "<b>1</b> / 12" in row, "<html" in row) == (True, True, True, False)
    rest = oka.post(f"{AT}/administrasi/screening", data={"row": "R-3", "all_yes": "R-3"}, headers=headers).text
    assert ("passes" in rest, len(raya.acts("administrasi"))) == (True, 2)


def test_an_unknown_kind_of_act_is_not_found(oka):
    assert (oka.get(f"{AT}/penilaian/acts/vote").status_code, oka.post(f"{AT}/penilaian/acts/vote").status_code) == (
        404,
        404,
    )
