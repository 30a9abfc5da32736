"""The cameras' pages and API."""

import json
from datetime import timedelta

import httpx
import pytest
from websockets.sync.client import connect

from sergek.core.live import CameraStatus, subject
from sergek.testing.examples import a_span


def _say(house, camera_id="abay-1", **changes):
    values = {"camera_id": camera_id, "at": house.clock.now(), "state": "live"} | changes
    status = CameraStatus.model_validate(values)
    house.bus.publish(subject("status", camera_id), status.model_dump_json().encode())


def test_states_are_told_to_programs_and_people(house, visit):
    """A camera's state is in the API, in the table, on its page and counted in the bar."""
    client = visit("viewer")
    _say(house, fps_received=24.9, stages_ms={"detect": 21.2})
    _say(house, "zhambyl-2", state="lost", reason="unauthorised", sentence="401 from the camera")
    states = {one["id"]: one["state"] for one in client.get("/api/v1/cameras").json()["cameras"]}
    assert states == {"abay-1": "live", "zhambyl-2": "lost"}
    assert "The camera refuses the password" in client.get("/cameras").text
    page = client.get("/cameras/zhambyl-2").text
    assert "401 from the camera" in page
    assert "24.9" in client.get("/cameras/abay-1/state").text
    assert "1 of 2 cameras live" in client.get("/status").text


def test_a_page_never_shows_a_streams_address(house, visit):
    """Neither credentials nor the address of a stream reach a page or the API."""
    client = visit("administrator")
    _say(house)
    for path in ("/wall", "/map", "/cameras", "/cameras/abay-1", "/api/v1/cameras"):
        text = client.get(path).text
        assert "secret" not in text
        assert "rtsp:" not in text


def test_a_camera_of_another_area_does_not_exist(house, visit):
    """A viewer of the west gets 404 for the centre's camera, as for one that nobody has."""
    client = visit("west")
    for camera in ("abay-1", "nowhere"):
        for path in ("", "/state"):
            assert client.get(f"/cameras/{camera}{path}").status_code == 404
        assert client.get(f"/api/v1/cameras/{camera}").status_code == 404
        query = "since=2026-01-16T00:00&until=2026-01-16T01:00"
        assert client.get(f"/api/v1/cameras/{camera}/coverage?{query}").status_code == 404
    for path in ("/wall", "/map", "/cameras", "/map/cameras.geojson", "/api/v1/cameras"):
        assert "abay-1" not in client.get(path).text


def test_only_who_may_restart_restarts_and_it_is_a_fact(house, visit):
    """An operator's restart is said on the bus and recorded; a viewer's is refused."""
    heard = []
    house.bus.subscribe(subject("restart", "*"), lambda name, _data: heard.append(name))
    viewer, operator = visit("viewer"), visit("operator")
    page = operator.get("/cameras/abay-1").text
    assert "/cameras/abay-1/restart" in page
    assert "/cameras/abay-1/restart" not in viewer.get("/cameras/abay-1").text
    token = house.csrf(viewer.get("/cameras/abay-1").text)
    refused = viewer.post("/cameras/abay-1/restart", data={"csrf": token})
    assert refused.status_code == 403
    assert not heard
    answer = operator.post("/cameras/abay-1/restart", data={"csrf": house.csrf(page)})
    assert answer.status_code == 303
    assert heard == [subject("restart", "abay-1")]
    last = house.log.read(0)[-1].event
    assert (last.kind, last.subject, last.actor) == (
        "camera.restart_requested",
        "abay-1",
        "operator",
    )


def test_while_the_bus_is_away_the_centre_says_so_and_goes_on(house, visit):
    """A banner, stored passages and pages as ever, and a restart that nobody would hear refused."""
    client = visit("operator")
    page = client.get("/cameras/abay-1").text
    house.bus_up = False
    assert "The bus is away" in client.get("/status").text
    assert client.get("/passages").status_code == 200
    refused = client.post("/cameras/abay-1/restart", data={"csrf": house.csrf(page)})
    assert refused.status_code == 503
    assert "camera.restart_requested" not in house.kinds()
    assert client.get("/health").json()["bus"] == "away"


def test_the_ledgers_day_is_on_the_page_and_counted_by_the_api(house, visit):
    """Gaps with reasons stand on the camera's page; the API counts every second."""
    house.coverage.add(
        [a_span(0, 600), a_span(600, 645, state="missing", reason="unreachable"), a_span(645, 900)]
    )
    house.clock.move(4 * 3600)
    client = visit("viewer")
    page = client.get("/cameras/abay-1?day=2026-01-16").text
    assert "The camera does not answer" in page
    assert "45 s" in page
    query = "since=2026-01-16T12:00:00Z&until=2026-01-16T12:15:00Z"
    answer = client.get(f"/api/v1/cameras/abay-1/coverage?{query}").json()
    assert {one["reason"]: one["seconds"] for one in answer["seconds"]} == {
        "none": 855,
        "unreachable": 45,
    }
    assert answer["unexplained_s"] == 0


@pytest.mark.parametrize(
    "query", ["", "since=x&until=y", "since=2026-01-02T00:00&until=2026-01-01T00:00"]
)
def test_unusable_bounds_are_refused_with_a_sentence(visit, query):
    """Missing, unreadable or reversed moments are 422, not a failure."""
    answer = visit("viewer").get(f"/api/v1/cameras/abay-1/coverage?{query}")
    assert answer.status_code == 422
    assert answer.json()["sentence"]
    assert visit("viewer").get("/cameras/abay-1?day=soon").status_code == 422


def test_video_of_another_area_is_closed_and_so_is_a_strangers(visit):
    """The WebSocket tells `4404` for a camera out of one's areas and `4401` without a session."""
    for name, path, code in (
        ("west", "/live/abay-1", 4404),
        ("west", "/live/nowhere", 4404),
        (None, "/live/abay-1", 4401),
    ):
        with visit(name).websocket_connect(f"ws://centre.test{path}") as socket:
            closed = socket.receive()
            assert (closed["type"], closed["code"]) == ("websocket.close", code)


def test_another_sites_page_gets_no_video(visit):
    """A WebSocket from a foreign page is refused even with the session's cookie."""
    headers = {"Origin": "https://evil.example"}
    with visit("viewer").websocket_connect(
        "ws://centre.test/live/abay-1", headers=headers
    ) as socket:
        assert socket.receive()["code"] == 4401


def test_video_boxes_and_state_come_through_one_socket(house, served):
    """Pieces arrive as bytes as they were sent, boxes and state as words."""
    client = httpx.Client(base_url=served)
    client.post("/sign-in", data={"name": "viewer", "password": house.password})
    _say(house)
    address = served.replace("http:", "ws:") + "/live/abay-1"
    cookie = {"Cookie": f"session={client.cookies['session']}"}
    with connect(address, additional_headers=cookie, compression=None) as socket:
        assert json.loads(socket.recv(10)) == {"state": "live", "reason": "none", "codec": None}
        for piece in (b"Iinit", b"Kkey", b"Fnext"):
            house.bus.publish(subject("video", "abay-1"), piece)
        received = [socket.recv(10) for _ in range(3)]
        assert received == [b"Iinit", b"Kkey", b"Fnext"]
        house.bus.publish(subject("boxes", "abay-1"), b'{"boxes": []}')
        words = [json.loads(socket.recv(10)) for _ in range(2)]
        assert {"boxes": []} in words


def test_times_of_silence_are_said(house, visit):
    """A camera that fell silent is told as such, with the time of its last word."""
    client = visit("viewer")
    _say(house)
    house.clock.move(timedelta(minutes=5).total_seconds())
    assert "Nothing has been heard of this camera since" in client.get("/cameras/abay-1").text
    assert "yet" in client.get("/cameras/zhambyl-2").text
