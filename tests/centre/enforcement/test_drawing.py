"""Numbers of the page's drawings."""

import json
from datetime import UTC, datetime, timedelta

from sergek.centre.enforcement.drawing import grid_of, interval_of, lamps_of, measured_of
from sergek.core.evidence import PackageItem, SealedCase
from sergek.testing.cases import Street
from sergek.testing.facts import facts_along
from sergek.testing.sites import read_plate
from sergek.traffic.rules.record import FactsRecord
from sergek.traffic.rules.verdict import Lamp, LampChange

NOW = datetime(2026, 1, 16, 9, tzinfo=UTC)


def test_the_interval_stands_in_order_on_its_axis():
    """limit < threshold < v − G < v − U < v < v + U, all on the axis, to scale."""
    found = Street(NOW).speeding(1, 85.0, read_plate("123ABC08"), NOW).violation
    drawn = interval_of(found)
    places = [drawn.limit, drawn.threshold, drawn.decided, drawn.low, drawn.speed, drawn.high]
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert 0 < drawn.limit[0] < drawn.high[0] < 1000
    scale = (drawn.speed[0] - drawn.limit[0]) / (drawn.speed[1] - drawn.limit[1])
    assert abs((drawn.high[0] - drawn.low[0]) / (drawn.high[1] - drawn.low[1]) - scale) < 0.2
    assert drawn.limit[1] == 60
    assert drawn.threshold[1] == 70
    assert interval_of(found.model_copy(update={"facts": {}})) is None


def test_the_grid_lies_under_the_measured_plate():
    """Lines of the grid cross the picture, and the plate's way stays inside it."""
    found = Street(NOW).speeding(1, 85.0, read_plate("123ABC08"), NOW)
    body = {
        "inputs": found.assessment.inputs.model_dump(mode="json"),
        "result": found.assessment.speed.model_dump(mode="json"),
    }
    item = PackageItem("application/json", json.dumps(body).encode())
    drawn = measured_of(SealedCase(ok=True, checks=(), items={"measurement": item}))
    assert len(drawn.lines) > 15
    assert all(0 < x < drawn.width and 0 < y < drawn.height for x, y in drawn.way)
    assert measured_of(SealedCase(ok=True, checks=())) is None


def test_lamps_are_drawn_around_the_event():
    """Green, then red, then the event on red."""
    street = Street(NOW)
    violation = street.speeding(1, 85.0, read_plate("123ABC08"), NOW).violation
    facts = facts_along(
        [(0, -1.7, 34), (2, -1.7, 10)],
        lamps=(LampChange("main", -3.0, Lamp.GREEN), LampChange("main", -1.0, Lamp.RED)),
    )
    item = PackageItem("application/json", FactsRecord.of(facts).model_dump_json().encode())
    sealed = SealedCase(ok=True, checks=(), items={"passage": item})
    spans, at = lamps_of(sealed, violation)
    assert [span.lamp for span in spans] == ["green", "red"]
    assert spans[0].end == spans[1].begin < at < spans[1].end
    assert spans[1].end == 1000


def test_where_no_speed_was_measured_the_grid_is_the_sites_own():
    """The calibration that held draws it; a camera without one has no grid."""
    site = Street(NOW).site
    drawn = grid_of(site, "abay-1", NOW)
    assert len(drawn.lines) > 15
    assert drawn.way == ()
    assert grid_of(site, "another", NOW) is None
    assert grid_of(site, "abay-1", NOW - timedelta(days=900)) is None
