"""What the centre decided about sites, as an edge last heard it: a JSON file per site."""

import logging
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from sergek.adapters.disk.durable import write_durably
from sergek.traffic.siteacts import ActsOfSite

__all__ = ["DiskActs"]

_LOG = logging.getLogger(__name__)


class DiskActs:
    """`edge.sites.ActStore` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self) -> Iterator[ActsOfSite]:
        """See `ActStore.load`; a file that cannot be read is left out: the centre says it again."""
        for path in sorted(self._folder.glob("*.json")):
            try:
                yield ActsOfSite.model_validate_json(path.read_bytes())
            except (OSError, ValidationError):
                _LOG.error("%s holds no acts any more", path.name)

    def keep(self, told: ActsOfSite) -> None:
        """See `ActStore.keep`; `Unavailable` when the disk does not take it."""
        write_durably(self._folder / f"{told.site_id}.json", told.model_dump_json().encode())
