"""A whole centre on a fresh database, and browsers' worth of clients for its people."""

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

import sergek.centre
from sergek.adapters.paper.act import RoadPaperPrinter
from sergek.adapters.paper.forms import print_sheets
from sergek.adapters.sql.coverage_store import SqlCoverageStore
from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.event_log import SqlEventLog
from sergek.adapters.sql.migrate import upgrade
from sergek.adapters.sql.read_store import SqlReadStore
from sergek.centre.app import Wiring, create_app, serve
from sergek.centre.papers import Papers
from sergek.centre.people.actions import Account, PeopleActions
from sergek.centre.rights import Role
from sergek.centre.settings import CentreSettings
from sergek.core.camera import Camera
from sergek.core.passage import Passage, passage_event
from sergek.core.ports import PackageReader
from sergek.core.site import Site
from sergek.planning.city.store import save_city
from sergek.planning.city.synthetic import make_taraz
from sergek.testing.memory import HandClock, MemoryBus, MemoryEvidenceStore
from sergek.wiring.planning import PlanningRoom

CAMERAS = {
    camera.id: camera
    for camera in (
        Camera(
            id="abay-1",
            name="Абай даңғылы — Төле би",
            main="rtsp://root:secret@10.0.0.7/main",
            area="centre",
            place=(71.366, 42.899),
            bearing_deg=80,
            fov_deg=40,
        ),
        Camera(id="zhambyl-2", name="Жамбыл даңғылы", main="/video/b.mp4", area="west"),
    )
}
PASSWORD = "a-good-long-password"
VENDOR = Path(sergek.centre.__file__).parent / "static" / "vendor"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class House:
    """One centre with everything that a test may turn."""

    engine: Engine
    clock: HandClock
    bus: MemoryBus = field(default_factory=MemoryBus)
    evidence: MemoryEvidenceStore = field(default_factory=MemoryEvidenceStore)
    settings: CentreSettings = field(
        default_factory=lambda: CentreSettings(language="en", follow_s=0.02, page_size=5)
    )
    bus_up: bool = True
    packages: PackageReader | None = None
    password: str = PASSWORD
    planning: PlanningRoom = field(default_factory=PlanningRoom.open)
    sites: dict[str, Site] = field(default_factory=dict)
    papers: Papers = field(default_factory=lambda: Papers(print_sheets=print_sheets))

    def __post_init__(self) -> None:
        self.log = SqlEventLog(self.engine, self.clock)
        self.reads = SqlReadStore(self.engine)
        self.coverage = SqlCoverageStore(self.engine)
        self.people = PeopleActions(self.engine, self.log, self.clock, self.settings)

    def wiring(self) -> Wiring:
        """What `create_app` takes."""
        return Wiring(
            settings=self.settings,
            engine=self.engine,
            log=self.log,
            reads=self.reads,
            coverage=self.coverage,
            evidence=self.evidence,
            bus=self.bus,
            cameras=CAMERAS,
            clock=self.clock,
            packages=self.packages,
            sites=self.sites,
            papers=self.papers,
            bus_is_up=lambda: self.bus_up,
            planning=self.planning,
            road_papers=RoadPaperPrinter(),
        )

    def add_person(self, name: str, role: Role, areas: tuple[str, ...] | None = None) -> None:
        """An account with the tests' password."""
        account = Account(name=name, full_name=name.title(), role=role, areas=areas)
        self.people.add(account, PASSWORD, "setup")

    def record(self, *passages: Passage) -> None:
        """Store passages and their facts, as the centre's inbox does."""
        with self.engine.begin() as connection:
            self.log.append([passage_event(one) for one in passages], connection=connection)
            self.reads.add(passages, connection=connection)

    @staticmethod
    def csrf(page: str) -> str:
        """The session's token as a page of ours carries it."""
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found
        return found.group(1)

    def kinds(self) -> list[str]:
        """The kinds of all facts in the log, in order."""
        return [stored.kind for stored in self.log.read(0)]


@pytest.fixture(scope="session")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one person of each role, and a viewer of the west only; to be copied.

    Hashing their passwords takes seconds, so that it is done once.
    """
    path = tmp_path_factory.mktemp("peopled") / "centre.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    made = House(engine, HandClock())
    for role in Role:
        made.add_person(role.value, role)
    made.add_person("west", Role.VIEWER, ("west",))
    with engine.connect() as connection:
        connection.connection.driver_connection.executescript("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def house(peopled: Path, tmp_path: Path) -> Iterator[House]:
    """A centre of its own with the people of `peopled`."""
    shutil.copy(peopled, tmp_path / "centre.db")
    engine = open_engine(f"sqlite:///{tmp_path}/centre.db")
    yield House(engine, HandClock())
    engine.dispose()


@pytest.fixture
def served(house: House) -> Iterator[str]:
    """The centre behind a real server on a free port; its address."""
    house.settings = house.settings.model_copy(update={"port": 0})
    server = serve(house.wiring())
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def visit(house: House) -> Iterator[Callable[[str | None], TestClient]]:
    """A client of the running centre, signed in under the name, if one is given."""
    with TestClient(create_app(house.wiring()), base_url="http://centre.test") as opened:

        def enter(name: str | None = None) -> TestClient:
            client = TestClient(opened.app, base_url="http://centre.test", follow_redirects=False)
            # One lifespan and one loop serve all clients of a test.
            client.portal = opened.portal
            if name is not None:
                form = {"name": name, "password": PASSWORD}
                assert client.post("/sign-in", data=form).status_code == 303
            return client

        yield enter


@pytest.fixture(scope="module")
def chromium():
    """Debian's Chromium, one for the module."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium: apt-get install chromium")
    if not (VENDOR / ".built").exists():
        pytest.skip("the browser libraries are not built: make web")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


def attentive(page):
    """The page, taking neither keys nor clicks before its scripts have bound theirs.

    A key that comes earlier is lost, in a browser on a busy machine as for a person in a hurry.
    """
    bound = "() => document.documentElement.dataset.ready === 'true'"

    def waiting(act):
        def done(*given, **named):
            page.wait_for_function(bound)
            return act(*given, **named)

        return done

    for name in ("press", "type"):
        setattr(page.keyboard, name, waiting(getattr(page.keyboard, name)))
    unbound = page.locator("html:not([data-ready])")
    page.add_locator_handler(unbound, lambda: page.wait_for_function(bound))
    return page


@pytest.fixture
def attend():
    """`attentive`, for tests that open pages of their own."""
    return attentive


@pytest.fixture
def page(chromium, served):
    """A page that may reach nothing but the centre, and on which no script may fail."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, base_url=served)
    context.set_default_timeout(30_000)
    trouble = []

    def only_ours(route):
        if route.request.url.startswith(served):
            route.continue_()
        else:
            trouble.append(f"asked for {route.request.url}")
            route.abort()

    context.route(re.compile(r"^https?:"), only_ours)
    opened = attentive(context.new_page())
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on(
        "console", lambda said: trouble.append(said.text) if "Content Security" in said.text else 0
    )
    yield opened
    context.close()
    assert not trouble


@pytest.fixture
def sign_in(page, house):
    """Sign in by the keyboard alone."""

    def enter(name, path="/wall"):
        page.goto(path)
        page.keyboard.type(name)
        page.keyboard.press("Tab")
        page.keyboard.type(house.password)
        page.keyboard.press("Enter")
        # Not by the end of the address: the sign-in page's own ends with `?next=` and the path.
        page.wait_for_url(lambda url: urlsplit(url).path == urlsplit(path).path)
        return page

    return enter


@pytest.fixture(scope="session")
def town_room(tmp_path_factory):
    """A prepared room; its studies are kept for the whole session."""
    folder = tmp_path_factory.mktemp("plans")
    town = make_taraz(size=14)
    save_city(town, folder / "source")
    room = PlanningRoom.open(folder / "source", folder / "room")
    room.prepare()
    yield room
    room.close()


@pytest.fixture
def planned(house, town_room):
    """The house with that room."""
    house.planning = town_room
    return house


@pytest.fixture
def settled(town_room):
    """Waits until a study is over; its state."""

    def wait(key):
        end = time.monotonic() + 90
        while town_room.studies.state(key).moving:
            assert time.monotonic() < end
            time.sleep(0.05)
        return town_room.studies.state(key)

    return wait


@pytest.fixture
def phone(chromium):
    """Opens a phone's browser on an address; scripts must not fail on it."""
    opened, trouble = [], []

    def on(address):
        context = chromium.new_context(
            viewport={"width": 390, "height": 844},
            is_mobile=True,
            has_touch=True,
            device_scale_factor=2,
            base_url=address,
        )
        context.grant_permissions(["geolocation"])
        context.set_geolocation({"longitude": 71.3701, "latitude": 42.9004, "accuracy": 7})
        context.set_default_timeout(60_000)
        page = attentive(context.new_page())
        page.on("pageerror", lambda error: trouble.append(str(error)))
        opened.append(context)
        return page

    yield on
    for context in opened:
        context.close()
    assert not trouble
