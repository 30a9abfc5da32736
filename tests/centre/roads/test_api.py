"""The desk's pages of roads."""

import datetime as dt
import io
import shutil
import subprocess
from zoneinfo import ZoneInfo

import pytest
from PIL import ExifTags, Image

from sergek.centre.roads.states import Step


@pytest.fixture
def desk(house, visit, roads):
    """The chief at the desk, with a form's token."""
    client = visit("chief")
    client.token = house.csrf(client.get("/roads").text)
    return client


def send(client, path, files=None, **form):
    return client.post(path, data={"csrf": client.token, **form}, files=files)


def a_defect(client, roads, **more):
    form = {"kind": "pothole", "severity": "dangerous", "where": "Абай, 1"} | more
    photo = {"photo": ("p.jpg", roads.photo(), "image/jpeg")}
    return send(client, f"/roads/acts/{roads.number}/defects", photo, **form)


def test_from_the_survey_to_the_paper(desk, roads):
    """A survey is begun, a defect with its photo written down, prescribed, served and printed."""
    begun = send(
        desk,
        "/roads/acts",
        held_on="2026-01-16",
        route="Төле би көшесі",
        weather="snow",
        light="day",
        commission="Серік С.; инспектор; Полиция\nОмаров О.; мастер; мердігер",
    )
    assert begun.headers["location"] == "/roads/acts/2026-2"
    assert "Омаров" in desk.get("/roads/acts/2026-2").text
    assert [one.of for one in roads.views.act("2026-2").commission] == ["police", "contractor"]
    place = "42.90031, 71.36672"
    answer = a_defect(desk, roads, owner_id=roads.owner_id, place=place, length_cm="60")
    assert answer.status_code == 303
    (one,) = roads.views.free()
    assert one.place == (71.36672, 42.90031)
    assert desk.get(f"/roads/defects/{one.defect_id}/photos/0.jpg").content.startswith(b"\xff\xd8")
    issued = send(desk, "/roads/prescriptions", defect=[one.defect_id], days="5")
    path = issued.headers["location"]
    served = send(desk, path, step="serve", text="под подпись", on="2026-01-16")
    assert served.status_code == 303
    assert "21.01.2026" in desk.get(path).text
    notice = f"/roads/owners/{roads.owner_id}/notice.pdf"
    for paper in (f"/roads/acts/{roads.number}/act.pdf", f"{path}/prescription.pdf", notice):
        answer = desk.get(paper)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="apt-get install poppler-utils")
def test_the_paper_says_who_set_a_term_that_no_table_has(desk, roads, tmp_path):
    """A bridge has no term in the table: the paper says that the officer set it."""
    a_defect(desk, roads, kind="bridge", owner_id=roads.owner_id)
    (one,) = roads.views.free()
    path = send(desk, "/roads/prescriptions", defect=[one.defect_id], days="40").headers["location"]
    (tmp_path / "p.pdf").write_bytes(desk.get(f"{path}/prescription.pdf").content)
    done = subprocess.run(["pdftotext", tmp_path / "p.pdf", "-"], capture_output=True, check=True)
    assert "Срок установлен вынесшим" in " ".join(done.stdout.decode().split())


def test_only_a_surveyor_or_chief_changes_anything(house, visit, roads):
    """A viewer reads every page and may send no form."""
    viewer = visit("viewer")
    viewer.token = house.csrf(viewer.get("/roads").text)
    roads.record(1)
    for path in ("/roads", "/roads/acts", f"/roads/acts/{roads.number}", "/roads/defects"):
        text = viewer.get(path).text
        assert '<form method="post" action="/roads' not in text
    assert a_defect(viewer, roads).status_code == 403
    assert send(viewer, "/roads/owners", name="X", subject="small").status_code == 403
    assert send(viewer, "/roads/prescriptions", defect=["a" * 32]).status_code == 403


def test_a_photo_from_a_camera_says_when_and_where_and_keeps_nothing_of_it(desk, roads):
    """Place and time of the picture reach the record; the file that is shown has neither."""
    taken = roads.house.clock.now() - dt.timedelta(hours=3)
    exif = Image.Exif()
    local = taken.astimezone(ZoneInfo("Asia/Almaty"))
    exif.get_ifd(ExifTags.IFD.Exif)[0x9003] = f"{local:%Y:%m:%d %H:%M:%S}"
    gps = {1: "N", 2: (42.0, 54.0, 0.0), 3: "E", 4: (71.0, 21.0, 36.0)}
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 90, 90)).save(out, "JPEG", exif=exif)
    photo = {"photo": ("p.jpg", out.getvalue(), "image/jpeg")}
    path = f"/roads/acts/{roads.number}/defects"
    assert send(desk, path, photo, kind="pothole", severity="minor").status_code == 303
    (one,) = roads.views.free()
    assert one.place == (71.36, 42.9)
    assert one.found_at == taken.replace(microsecond=0)
    shown = desk.get(f"/roads/defects/{one.defect_id}/photos/0.jpg").content
    assert not Image.open(io.BytesIO(shown)).getexif()


def test_a_bad_point_or_picture_says_what_to_mend(desk, roads):
    """A point that is none and a photo that is none come back as sentences."""
    answer = a_defect(desk, roads, place="near the bridge")
    assert (answer.status_code, "42.90031" in answer.text) == (422, True)
    files = {"photo": ("p.png", b"\x89PNG", "image/png")}
    form = {"kind": "pothole", "where": "Абай, 1"}
    answer = send(desk, f"/roads/acts/{roads.number}/defects", files, **form)
    assert (answer.status_code, "JPEG" in answer.text) == (422, True)


def test_a_photo_of_no_defect_cannot_be_asked_for(house, visit, roads):
    """The evidence store holds plates too: only a defect's own photos are shown here."""
    house.evidence.put(b"a plate's picture")
    defect = roads.record(1)
    client = visit("chief")
    assert client.get(f"/roads/defects/{defect}/photos/0.jpg").status_code == 404
    assert client.get(f"/roads/defects/{'f' * 32}/photos/0.jpg").status_code == 404


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_shows_in_every_language(house, visit, roads, language):
    """All pages render with rows in Kazakh, Russian and English."""
    roads.record(1, kind="pothole", photos=[house.evidence.put(roads.photo())])
    roads.record(2, act_id=None, kind="bridge")
    number = roads.prescribing.issue([roads.record(3)], None, "chief")
    roads.prescribing.take(number, Step.SERVE, "chief", "вручено", roads.today)
    report = roads.found(4, act_id=None, owner_id=None, found_by="citizen")
    roads.actions.take_in(report, "citizen", "citizen")
    house.clock.move(5 * 86_400)
    client = visit("chief")
    client.cookies.set("language", language)
    for path in (
        "/roads",
        "/roads?which=overdue",
        "/roads/acts",
        f"/roads/acts/{roads.number}",
        "/roads/defects",
        f"/roads/prescriptions/{number}",
        "/roads/owners",
        f"/roads/owners/{roads.owner_id}",
        "/roads/report?since=2020-01-01",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert f'lang="{language}"' in answer.text


def test_the_owner_sees_what_is_late_and_what_it_costs(house, visit, roads):
    """Four days after a term of three: one overdue, 15 MRP of the year."""
    number = roads.prescribing.issue([roads.record(1)], None, "chief")
    roads.prescribing.take(number, Step.SERVE, "chief", "вручено", roads.today)
    house.clock.move(4 * 86_400)
    text = visit("chief").get(f"/roads/owners/{roads.owner_id}").text
    assert "1 days overdue" in text
    assert "15 MRP × 4 325 ₸ = 64 875 ₸" in text
