"""What opens without a session is limited in one place."""

from sergek.centre.rate import PUBLIC, Limit, Rate
from sergek.testing.memory import HandClock


def test_an_address_is_refused_after_its_share_and_forgotten_with_the_window():
    """One address cannot take what all share, all together are limited, and time opens again."""
    clock = HandClock()
    rate = Rate(Limit("/", "GET", per_address=2, in_all=3, window_s=60.0), clock)
    assert [rate.allows("a") for _ in range(3)] == [True, True, False]
    assert [rate.allows("b"), rate.allows("c")] == [True, False]
    clock.move(61)
    assert rate.allows("c")
    assert "a" not in rate._by_address


def test_every_public_page_has_a_limit_and_says_when_to_come_back(visit, planned):
    """My inspector answers 429 with a page, Open311 in its own form; nothing is computed then."""
    citizen = visit()
    most = next(limit for limit in PUBLIC if limit.path == "/my-inspector").per_address
    for _ in range(most):
        citizen.get("/my-inspector", follow_redirects=False)
    page = citizen.get("/my-inspector/ru")
    assert (page.status_code, page.headers["retry-after"]) == (429, "60")
    assert "text/html" in page.headers["content-type"]
    assert citizen.get("/open311/v2/services.json").status_code == 200
    assert citizen.get("/open311/v2/requests.json?start_date=soon").json()[0]["code"] == 422
