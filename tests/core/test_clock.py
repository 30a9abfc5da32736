"""Time as people are told it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sergek.core.clock import last_day

ALMATY = ZoneInfo("Asia/Almaty")


def test_what_ends_with_a_midnight_held_last_on_the_day_before():
    """What ends in the middle of a day still held on it."""
    midnight, afternoon = (
        datetime(2032, 1, 1, tzinfo=ALMATY),
        datetime(2032, 1, 1, 14, tzinfo=ALMATY),
    )
    assert f"{last_day(midnight):%d.%m.%Y}" == "31.12.2031"
    assert f"{last_day(afternoon):%d.%m.%Y}" == "01.01.2032"
