"""The phone form in Debian's Chromium: without a network, with a bad one, without a session."""

import json
import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from sqlalchemy import delete, func, select

from sergek.adapters.disk.evidence import DiskEvidenceStore
from sergek.centre.people.tables import sessions
from sergek.centre.roads.tables import defects, parts

pytestmark = pytest.mark.browser
HERE = {"longitude": 71.3701, "latitude": 42.9004, "accuracy": 7}
WHERE = "document.getElementById('where-am-i').textContent"
# Fills the real form COUNT times with a picture of its own each, as a thumb would.
RECORD = """async ([from, count]) => {
  const at = (id) => document.getElementById(id);
  const until = async (ready) => { while (!ready()) await new Promise((go) => setTimeout(go, 5)); };
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [720, 540];
  const pen = canvas.getContext("2d");
  const noise = pen.createImageData(720, 540);
  const value = (i) => (i % 4 === 3 ? 255 : Math.random() * 255);
  for (let i = 0; i < noise.data.length; i++) noise.data[i] = value(i);
  for (let n = from; n < from + count; n++) {
    pen.putImageData(noise, 0, 0);
    pen.font = "80px sans-serif";
    pen.fillText(`${n}`, 40, 120);
    const blob = await new Promise((go) => canvas.toBlob(go, "image/jpeg", 0.9));
    const files = new DataTransfer();
    files.items.add(new File([blob], `${n}.jpg`, { type: "image/jpeg" }));
    at("photo").files = files.files;
    at("photo").dispatchEvent(new Event("change"));
    await until(() => at("thumbs").children.length === 1 && !at("save").disabled);
    at("kind").value = n % 2 ? "pothole" : "sign_dirty";
    at("where").value = `Abay ${n}`;
    const before = Number(at("state").dataset.waiting);
    at("form").requestSubmit();
    await until(() => Number(at("state").dataset.waiting) === before + 1);
  }
}"""


class CentreProcess:
    """A centre that can be killed and started again on the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self) -> None:
        script = Path(__file__).with_name("serve_centre.py")
        arguments = [self.folder / "centre.db", self.folder / "evidence", str(self.port)]
        self.process = subprocess.Popen([sys.executable, script, *arguments])
        while True:
            assert self.process.poll() is None
            try:
                with urlopen(f"{self.address}/survey/", timeout=2):
                    return
            except (URLError, OSError):
                time.sleep(0.05)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def centre(roads, tmp_path):
    """The house's centre as a process over the same database."""
    made = CentreProcess(tmp_path)
    made.start()
    yield made
    made.kill()


def sign_in(page, house, path="/survey/"):
    page.goto(f"/sign-in?next={path}")
    page.fill("[name=name]", "surveyor")
    page.fill("[name=password]", house.password)
    page.click("button.primary")
    page.wait_for_url(f"**{path}")
    page.wait_for_selector("html[data-ready=true]")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")


def waiting(page):
    return int(page.get_attribute("#state", "data-waiting"))


def wait_until_waiting(page, most):
    page.wait_for_function(
        "most => Number(document.getElementById('state').dataset.waiting) <= most", arg=most
    )


@pytest.mark.slow
def test_200_defects_recorded_offline_arrive_each_once(phone, centre, house, tmp_path):
    """Recorded without a network, sent over one that breaks three times and to a centre that is
    killed once: 200 defects and 200 photos are there, none twice, none half."""
    page = phone(centre.address)
    sign_in(page, house)
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("html[data-ready=true]")
    page.evaluate(RECORD, [0, 200])
    assert waiting(page) == 200
    began_s = time.monotonic()
    for most in (170, 130, 90):
        page.context.set_offline(False)
        wait_until_waiting(page, most)
        page.context.set_offline(True)
        time.sleep(0.3)
        left = waiting(page)
        time.sleep(0.7)
        assert waiting(page) == left > 0, "the network was not cut"
    page.context.set_offline(False)
    page.click("#state")
    wait_until_waiting(page, 50)
    centre.kill()
    assert waiting(page) > 0
    centre.start()
    page.click("#state")
    wait_until_waiting(page, 0)
    took_s = time.monotonic() - began_s
    assert page.get_attribute("#state", "data-refused") == "0"
    with house.engine.connect() as connection:
        rows = connection.execute(select(defects)).all()
        left = connection.scalar(select(func.count()).select_from(parts))
    assert sorted(int(row.location.split()[1]) for row in rows) == list(range(200))
    assert left == 0
    store = DiskEvidenceStore(tmp_path / "evidence", 0)
    keys = {json.loads(row.photos)[0] for row in rows}
    found = house.kinds().count("road_defect.found")
    if figures := os.environ.get("SERGEK_FIGURES"):
        counted = {"arrived": len(keys), "doubled": found - len(keys), "send_s": took_s}
        Path(figures).write_text(json.dumps(counted))
    assert len(keys) == 200
    assert {store.get(key)[:3] for key in keys} == {b"\xff\xd8\xff"}
    assert max(len(store.get(key)) for key in keys) > 131_072  # so that pieces were needed
    assert {(row.lng, row.lat, row.accuracy_m) for row in rows} == {(71.3701, 42.9004, 7.0)}
    assert house.kinds().count("road_defect.found") == 200
    page.reload()
    page.wait_for_selector("html[data-ready=true]")
    assert house.kinds().count("road_defect.found") == 200


def test_nothing_is_lost_when_the_session_ends(phone, house, roads, served):
    """The form says so, keeps what was recorded, and sends it once the person is in again."""
    house.clock.wall = datetime.now(UTC)
    page = phone(served)
    sign_in(page, house)
    with house.engine.begin() as connection:
        connection.execute(delete(sessions))
    page.evaluate(RECORD, [0, 3])
    page.wait_for_selector("#sign-in:not([hidden])")
    assert waiting(page) == 3
    page.click("#sign-in a")
    page.wait_for_url("**/sign-in**")
    sign_in(page, house)
    wait_until_waiting(page, 0)
    assert len(roads.views.free()) == 3


def test_another_persons_records_wait_for_their_owner(phone, house, roads, served):
    """A shared phone: what the surveyor recorded is not sent under the chief's name."""
    house.clock.wall = datetime.now(UTC)
    page = phone(served)
    sign_in(page, house)
    page.context.set_offline(True)
    page.evaluate(RECORD, [0, 1])
    page.context.clear_cookies()
    page.context.set_offline(False)
    house.add_person("other", "chief")
    page.goto("/sign-in?next=/survey/")
    page.fill("[name=name]", "other")
    page.fill("[name=password]", house.password)
    page.click("button.primary")
    page.wait_for_url("**/survey/")
    page.wait_for_selector("#queue li.queued")
    page.wait_for_function("() => /surveyor/.test(document.getElementById('queue').textContent)")
    assert waiting(page) == 1
    assert not roads.views.free()


def test_a_point_is_set_on_the_map_and_faults_are_said(phone, house, roads, served):
    """Without a kind the form says so; a touch on the map sets the point by hand; the centre has
    it without an accuracy."""
    page = phone(served)
    sign_in(page, house)
    page.tap("#save")
    assert page.is_visible("#trouble")
    page.tap("#map", position={"x": 120, "y": 90})
    page.wait_for_function(
        "() => /by hand/.test(document.getElementById('where-am-i').textContent)"
    )
    page.select_option("#kind", "bridge")
    page.tap("#save")
    wait_until_waiting(page, 0)
    page.wait_for_selector("#queue li.sent")
    (one,) = roads.views.free()
    assert one.accuracy_m is None
    assert abs(one.place[0] - HERE["longitude"]) < 0.01
    assert not page.is_visible("#trouble")


def test_the_form_follows_the_surveys_route(phone, house, roads, served):
    """The planned line is on the phone, and what is left of it shrinks as the phone moves on."""
    line = [[71.37 + 0.001 * n, 42.9004] for n in range(30)]
    roads.actions.lay_route(roads.number, {"type": "LineString", "coordinates": line}, "chief")
    page = phone(served)
    sign_in(page, house)
    left = f"() => parseFloat(/([0-9.]+) km/.exec({WHERE})[1])"
    page.wait_for_function(f"() => ({left})() > 2")
    for step in range(0, 20, 2):
        page.context.set_geolocation({"longitude": line[step][0], "latitude": 42.9004})
        page.wait_for_timeout(60)
    page.wait_for_function(f"() => ({left})() < 1.2")
    page.reload()
    page.wait_for_selector("html[data-ready=true]")
    page.wait_for_function(f"() => ({left})() < 1.2")


def test_the_form_speaks_all_three_languages_offline(phone, house, roads, served):
    """The language is chosen on the phone, without asking the centre."""
    page = phone(served)
    sign_in(page, house)
    page.context.set_offline(True)
    for language, word in (("kk", "Жазу"), ("ru", "Записать"), ("en", "Record")):
        page.select_option("#language", language)
        assert page.text_content("#save") == word
    page.reload()
    page.wait_for_selector("html[data-ready=true]")
    assert page.text_content("#save") == "Record"
