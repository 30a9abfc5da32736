"""Motion and lamps."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sergek.simulation.street.motion import Path, SpeedProfile, lamp_at


@st.composite
def profiles(draw: st.DrawFn) -> SpeedProfile:
    times = sorted(draw(st.lists(st.floats(0, 30), min_size=1, max_size=5, unique=True)))
    times = [t for k, t in enumerate(times) if k == 0 or t - times[k - 1] > 0.05]
    speeds = draw(st.lists(st.floats(0, 40), min_size=len(times), max_size=len(times)))
    return SpeedProfile(np.array(times), np.array(speeds))


@given(profiles(), st.floats(0, 35))
def test_position_is_the_integral_of_stated_speed(profile: SpeedProfile, until_s: float) -> None:
    """The distance driven equals a fine numerical integral of the stated speed."""
    moments = np.linspace(0, until_s, 20_001)
    expected = np.trapezoid(profile.speed(moments), moments)
    assert abs(profile.distance(until_s) - expected) < 2e-3


@given(profiles(), st.floats(0.5, 30), st.floats(0.8, 5))
def test_speed_from_positions_equals_the_stated_speed(
    profile: SpeedProfile, at_s: float, takes_s: float
) -> None:
    """Half a millisecond of way gives the stated speed, lane changes included."""
    path = Path(-1.75, 90.0, -1, profile, -5.25, 2.0, takes_s)
    step = 2.5e-4
    near = np.array([at_s - step, at_s + step])
    if np.any(np.abs(profile.at_s - at_s) < 2 * step):
        return  # a corner of the speed line itself
    a, b = path.position(near)
    assert abs(np.linalg.norm(b - a) / (2 * step) - path.speed_ms(at_s)) < 0.01


def test_a_line_is_reached_when_the_front_is_on_it() -> None:
    """`reaches` gives the moment of the crossing, and None if it is never crossed."""
    path = Path(1.75, 0.0, 1, SpeedProfile(np.array([0.0]), np.array([10.0])))
    moment = path.reaches(32.0, 10.0)
    assert moment is not None
    assert abs(moment - 3.2) < 1e-6
    assert path.reaches(-5.0, 10.0) is None
    assert path.reaches(101.0, 10.0) is None


@given(st.floats(-50, 200), st.floats(-20, 20))
def test_phases_follow_one_another_without_gaps(moment: float, offset: float) -> None:
    """At any moment a phase has lasted no longer than its own length."""
    phases = (("green", 12.0), ("yellow", 3.0), ("red", 20.0))
    lamp = lamp_at(phases, offset, moment)
    assert -1e-9 <= moment - lamp.since_s <= dict(phases)[lamp.phase] + 1e-9
