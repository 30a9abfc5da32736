"""Which of two streams is analysed."""

import pytest

from sergek.core.frame import StreamRole
from sergek.core.live import CameraState
from sergek.edge.choice import StreamChoice

MAIN, SUB = StreamRole.MAIN, StreamRole.SUB
LIVE, LOST = CameraState.LIVE, CameraState.LOST


@pytest.fixture
def choice():
    return StreamChoice(has_sub=True, lost_s=1.0, back_s=3.0)


def test_a_sub_stream_lost_for_a_second_gives_way_to_the_main_stream(choice):
    """Not before: a camera that reboots its encoder is back in less."""
    assert choice.wanted(SUB, LIVE, LOST, 10.0) is SUB
    assert choice.wanted(SUB, LIVE, LOST, 10.9) is SUB
    assert choice.wanted(SUB, LIVE, LOST, 11.0) is MAIN


def test_a_sub_stream_that_is_back_for_three_seconds_is_analysed_again(choice):
    """One that comes and goes begins to count anew."""
    assert choice.wanted(MAIN, LIVE, LIVE, 10.0) is MAIN
    assert choice.wanted(MAIN, LIVE, LOST, 12.0) is MAIN
    assert choice.wanted(MAIN, LIVE, LIVE, 12.5) is MAIN
    assert choice.wanted(MAIN, LIVE, LIVE, 15.5) is SUB


def test_without_a_main_stream_the_sub_stream_stays_and_comes_back_at_once(choice):
    """There is nothing else to look at."""
    assert choice.wanted(SUB, LOST, LOST, 10.0) is SUB
    assert choice.wanted(SUB, LOST, LOST, 99.0) is SUB
    assert choice.wanted(MAIN, LOST, LIVE, 100.0) is SUB


def test_a_sub_stream_that_still_connects_is_waited_for(choice):
    """At the start the main stream is often there first."""
    assert choice.wanted(SUB, LIVE, CameraState.CONNECTING, 10.0) is SUB
    assert choice.wanted(SUB, LIVE, CameraState.CONNECTING, 99.0) is SUB
