"""What cameras say of themselves."""

from sergek.centre.cameras.presence import SILENT_S, Presence
from sergek.core.live import CameraStatus, subject
from sergek.testing.memory import HandClock, MemoryBus


def _said(bus, clock, **changes):
    values = {"camera_id": "abay-1", "at": clock.now(), "state": "live"} | changes
    status = CameraStatus.model_validate(values)
    bus.publish(subject("status", status.camera_id), status.model_dump_json().encode())


def test_a_camera_is_silent_until_heard_and_after_it_fell_silent():
    """Nothing heard, and nothing heard for some seconds, are both `silent`, never `live`."""
    bus, clock = MemoryBus(), HandClock()
    presence = Presence(bus, {"abay-1": object()}, clock)
    presence.start()
    assert presence.of("abay-1").word == "silent"
    _said(bus, clock)
    assert presence.of("abay-1").word == "live"
    _said(bus, clock, state="lost", reason="stalled")
    assert presence.of("abay-1").word == "lost"
    clock.move(SILENT_S + 0.1)
    assert presence.of("abay-1").word == "silent"
    presence.stop()


def test_nonsense_and_strangers_are_not_kept():
    """A message that is no status, or one of an unknown camera, changes nothing."""
    bus, clock = MemoryBus(), HandClock()
    presence = Presence(bus, {"abay-1": object()}, clock)
    presence.start()
    bus.publish(subject("status", "abay-1"), b"{")
    _said(bus, clock, camera_id="stranger")
    assert presence.of("abay-1").word == "silent"
    assert presence.of("stranger").status is None
