"""Two small real processes for the kill tests: an edge that records, a centre that takes in.

`python fact_processes.py edge|centre DATA URL TOKEN`; the edge appends the id of each passage to
DATA/acknowledged after its log said that it is durable.
"""

import os
import sys
import threading
from datetime import timedelta
from pathlib import Path

from sergek.adapters.nats.connection import NatsConnection
from sergek.adapters.nats.consumer import Consumer
from sergek.adapters.nats.forwarder import Forwarder
from sergek.config.settings import Settings
from sergek.core.passage import passage_event
from sergek.testing.examples import NOON, a_case_of, a_passage
from sergek.wiring.stores import centre_stores, edge_stores


def settings_of(data: Path) -> Settings:
    return Settings.model_validate(
        {"city": "Test", "storage": {"data": str(data), "reserve_mib": 0}}
    )


def edge(data: Path, url: str, token: str) -> None:
    stores = edge_stores(settings_of(data))
    forwarder = Forwarder(
        NatsConnection(url, token, name="edge"), stores.log, stores.evidence, stores.cursor
    )
    threading.Thread(target=forwarder.run, daemon=True).start()
    path = data / "acknowledged"
    # The last ones are recorded again: a worker that was killed may not know it succeeded.
    number = max(0, len(path.read_text().split()) - 3) if path.exists() else 0
    with path.open("a", buffering=1) as acknowledged:
        while not (data / "enough").exists():
            number += 1
            key = stores.evidence.put(b"picture of passage %d" % number)
            picture = {"key": key, "kind": "vehicle", "media_s": None}
            entered_at = NOON + timedelta(seconds=number)
            passage = a_passage(number, entered_at=entered_at, pictures=(picture,))
            facts = [passage_event(passage)]
            if number % 3 == 0:
                package = stores.evidence.put(b"package of passage %d" % number)
                facts.append(a_case_of(passage, package))
            stores.intake.append(facts)
            acknowledged.write(f"{passage.passage_id}\n")
    threading.Event().wait()


def centre(data: Path, url: str, token: str) -> None:
    stores = centre_stores(settings_of(data))
    connection = NatsConnection(url, token, name="centre")
    Consumer(connection, stores.evidence, stores.intake.append).run()


if __name__ == "__main__":
    os.nice(5)
    {"edge": edge, "centre": centre}[sys.argv[1]](Path(sys.argv[2]), sys.argv[3], sys.argv[4])
