"""The API's page in the documentation keeps up with the routes."""

from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "ref" / "api.md"


def _paths(routes, prefix=""):
    for route in routes:
        own = prefix + getattr(route, "path", "")
        yield own
        inner = getattr(route, "original_router", None) or getattr(route, "routes", None)
        if inner is not None:
            yield from _paths(getattr(inner, "routes", inner), own)


def test_every_route_for_programs_is_documented(visit):
    """Each `/api/v1` path of the cameras, passages and log stands in docs/ref/api.md."""
    page = PAGE.read_text()
    found = {path for path in _paths(visit().app.routes) if path.startswith("/api/v1/")}
    ours = {path for path in found if path.split("/")[3] in ("cameras", "passages", "log")}
    assert len(ours) >= 8
    assert not {path for path in ours if path not in page}
