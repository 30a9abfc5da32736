"""How often the public may ask: every page and form that opens without a session, in one place."""

import threading
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sergek.centre import failures
from sergek.core.clock import Clock

__all__ = ["PUBLIC", "Limit", "PublicRate", "Rate"]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many requests of a method to addresses below `path` within `window_s`."""

    path: str
    method: str
    per_address: int
    in_all: int
    window_s: float


# The first that fits counts. A page with its map is five requests, and one address may be a whole
# operator's network, so reading is generous; a report is a person's own work.
PUBLIC = (
    Limit("/open311/v2/requests", "POST", 10, 300, 3600.0),
    Limit("/open311", "GET", 300, 6000, 60.0),
    Limit("/my-inspector", "GET", 600, 12_000, 60.0),
    Limit("/check", "GET", 120, 3000, 600.0),
    Limit("/survey", "GET", 300, 6000, 60.0),
)


class Rate:
    """Counts what came within a limit's window; addresses are not kept longer.

    Forgotten when the centre restarts: an address is personal data and is written nowhere.
    """

    def __init__(self, limit: Limit, clock: Clock) -> None:
        self.limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: deque[tuple[float, str]] = deque()
        self._by_address: Counter[str] = Counter()

    def allows(self, address: str) -> bool:
        """Whether one more may come now; it then counts."""
        now = self._clock.monotonic_s()
        with self._lock:
            while self._seen and self._seen[0][0] <= now - self.limit.window_s:
                _, old = self._seen.popleft()
                self._by_address[old] -= 1
                if not self._by_address[old]:
                    del self._by_address[old]
            if len(self._seen) >= self.limit.in_all:
                return False
            if self._by_address[address] >= self.limit.per_address:
                return False
            self._seen.append((now, address))
            self._by_address[address] += 1
            return True


class PublicRate:
    """Middleware: refuses what exceeds a public limit before anything is computed or stored."""

    def __init__(self, app: ASGIApp, clock: Clock, limits: tuple[Limit, ...] = PUBLIC) -> None:
        self._app = app
        self._rates = tuple(Rate(limit, clock) for limit in limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or answer 429 with the seconds to wait."""
        rate = self._rate(scope) if scope["type"] == "http" else None
        address = scope["client"][0] if scope.get("client") else "unknown"
        if rate is None or rate.allows(address):
            await self._app(scope, receive, send)
            return
        sentence = "Too many requests from this address: try again later."
        refused = failures.refused(Request(scope), 429, sentence)
        refused.headers["Retry-After"] = str(round(rate.limit.window_s))
        await refused(scope, receive, send)

    def _rate(self, scope: Mapping[str, object]) -> Rate | None:
        path, method = str(scope["path"]), scope["method"]
        for rate in self._rates:
            if rate.limit.method == method and path.startswith(rate.limit.path):
                return rate
        return None
