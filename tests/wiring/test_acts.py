"""What the centre decides about a site reaches the edge: a real bus, the centre's own acts, an edge
that watches a drawn street."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from sergek.adapters.disk.acts import DiskActs
from sergek.adapters.nats.acts import ActsListener, ActsTeller
from sergek.adapters.nats.connection import NatsConnection
from sergek.adapters.nats.server import NatsServer, free_port
from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.event_log import SqlEventLog
from sergek.adapters.sql.migrate import upgrade
from sergek.centre.sites.actions import SiteActions
from sergek.centre.sites.ledger import SiteLedger
from sergek.core.clock import SystemClock
from sergek.core.violation import Offence, Violation
from sergek.edge.sites import SiteBook
from sergek.testing.cases import Street
from sergek.testing.sites import read_plate
from sergek.traffic.law.book import law_book
from sergek.traffic.rules.judge import RULES
from sergek.traffic.siteacts import ActsOfSite, Voided, element_id

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
PLATE = "123ABC08"


class Bus:
    """A real `nats-server` that can be stopped and started again."""

    def __init__(self, folder):
        port = free_port("127.0.0.1")
        self.server = NatsServer(
            folder=folder, host="127.0.0.1", port=port, max_store_bytes=1 << 26
        )
        self.process = self.server.start()
        self.open = []

    def connect(self):
        made = NatsConnection(self.server.url, self.server.token())
        made.wait_up(60)
        self.open.append(made)
        return made

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        for each in self.open:
            each.close()
        self.kill()


@pytest.fixture
def bus(tmp_path):
    made = Bus(tmp_path / "bus")
    yield made
    made.close()


class Centre:
    """The acts of a centre on a database of its own, and what tells them."""

    def __init__(self, folder, site, connection):
        engine = open_engine(f"sqlite:///{folder}/centre.db")
        upgrade(engine)
        self.ledger = SiteLedger(engine, {site.id: site})
        log, clock = SqlEventLog(engine), SystemClock()
        self.actions = SiteActions(engine, log, clock, self.ledger)
        self.teller = ActsTeller(connection, self.ledger.told)

    def tell(self):
        """Tell of what changes from now on."""
        threading.Thread(target=self.teller.run, daemon=True).start()

    def permit(self, site, since):
        permit = {
            "plate": PLATE,
            "kind": "emergency",
            "offences": ["speeding"],
            "basis": "ambulance 7",
            "valid_from": since,
        }
        return self.actions.permit(site.id, permit, "metrologist")


class Edge:
    """The sites of an edge with its cameras, and what hears of them."""

    def __init__(self, folder, site, connection):
        self.book = SiteBook({"abay-1": site}, DiskActs(folder / "acts"))
        self.listener = ActsListener(connection, self.book.heard)
        self.thread = threading.Thread(target=self.listener.run, daemon=True)
        self.thread.start()

    def stop(self):
        self.listener.stop()
        self.thread.join(20)


def until(true):
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def judged(street, site, when, plate=PLATE):
    """What the rule makes of somebody at 100 km/h then: accused, or why not."""
    facts = street.speeding(1, 100.0, read_plate(plate), when).assessment.facts
    verdict = RULES[Offence.SPEEDING](facts, site, law_book())
    return "accused" if isinstance(verdict, Violation) else verdict.reason


@pytest.fixture
def street():
    return Street(NOW)


def test_a_permit_of_the_centre_excuses_at_the_edge_as_of_its_day(bus, tmp_path, street):
    """Entered at the centre, heard over the bus, kept on disk: an edge without its centre goes on
    by it; who drove before the permit's first day is accused as before."""
    site = street.site
    centre = Centre(tmp_path, site, bus.connect())
    centre.tell()
    edge = Edge(tmp_path, site, bus.connect())
    assert edge.book.of("abay-1") is site
    centre.permit(site, NOW)
    until(lambda: edge.book.of("abay-1").permits != site.permits)
    edge.stop()
    bus.kill()
    alone = SiteBook({"abay-1": site}, DiskActs(tmp_path / "acts"))
    for book in (edge.book, alone):
        now = book.of("abay-1")
        assert judged(street, now, NOW + timedelta(hours=1)) == "permit: emergency, ambulance 7"
        assert judged(street, now, NOW - timedelta(hours=1)) == "accused"


def test_an_edge_that_was_away_hears_everything_when_it_comes(bus, tmp_path, street):
    """One act before its first connection, one while the bus was down: the last word holds, and a
    limit found void accuses nobody any more."""
    site = street.site
    centre = Centre(tmp_path, site, bus.connect())
    centre.permit(site, NOW)
    limit = element_id(site.limits[0])
    assert centre.teller.step() == 1
    assert centre.teller.step() == 0
    centre.tell()
    edge = Edge(tmp_path, site, bus.connect())
    until(lambda: len(edge.book.of("abay-1").permits) == len(site.permits) + 1)
    bus.kill()
    centre.actions.act(site.id, Voided(element=limit, act="court, 1 June"), "chief", "court")
    bus.process = bus.server.start()
    until(lambda: edge.book.of("abay-1").limits[0].void is not None)
    found = judged(street, edge.book.of("abay-1"), NOW, "777AAA08")
    assert found.startswith("the site names no limit")
    edge.stop()


def test_acts_that_do_not_fit_and_foreign_sites_change_nothing(tmp_path, street):
    """The rest of the acts holds; another edge's site is none of ours."""
    site = street.site
    book = SiteBook({"abay-1": site})
    said = {
        "site_id": site.id,
        "acts": [
            {"kind": "voided", "element": "0" * 32, "act": "never was"},
            {
                "kind": "permit_added",
                "permit": {
                    "plate": PLATE,
                    "kind": "bus",
                    "offences": ["bus_lane"],
                    "basis": "route 7",
                    "valid_from": NOW,
                },
            },
        ],
    }
    told = ActsOfSite.model_validate(said)
    book.heard(told)
    assert len(book.of("abay-1").permits) == len(site.permits) + 1
    other = told.model_copy(update={"site_id": "elsewhere"})
    before = book.of("abay-1")
    book.heard(other)
    assert book.of("abay-1") is before
