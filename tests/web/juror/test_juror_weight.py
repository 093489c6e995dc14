"""What a juror's form weighs on the wire, as a browser counts it: docs and code promise a phone on a bad network."""

import pytest

pytestmark = pytest.mark.browser

HERE = "/juror/desa-2026/nilai/"
KB = 1000
COLD, WARM, REQUESTS = 65 * KB, 15 * KB, 6


class Meter:
    """Counts requests that went over the network, and every byte of their answers, headers included."""

    def __init__(self, page):
        self.addresses, self.bytes = {}, 0
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.requestWillBeSent", self.ask)
        network.on("Network.loadingFinished", self.take)

    def ask(self, event):
        self.addresses[event["requestId"]] = event["request"]["url"]

    def take(self, event):
        self.bytes += event["encodedDataLength"]
        if not event["encodedDataLength"] or self.addresses[event["requestId"]].startswith("data:"):
            self.addresses.pop(event["requestId"])

    def read(self):
        found = len(self.addresses), self.bytes
        self.addresses, self.bytes = {}, 0
        return found


@pytest.mark.parametrize("path", ["D-01/", "grid"])
def test_the_form_keeps_to_its_budget_on_the_first_visit_and_on_the_next(page_for, desa, path):
    desa.accept("J1")
    page = page_for("j1@desa.test", width=360)
    meter = Meter(page)
    page.goto(HERE + path, wait_until="networkidle")
    requests, cold = meter.read()
    assert 1 < requests <= REQUESTS
    assert 5 * KB < cold <= COLD
    page.goto(HERE + path.replace("D-01", "D-02"), wait_until="networkidle")
    requests, warm = meter.read()
    assert requests == 1
    assert 1 * KB < warm <= WARM
