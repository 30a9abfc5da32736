"""The sites of an edge's cameras: the city's file and, upon it, what the centre decided since.

The centre tells all acts of a site whenever one is added. They are kept beside the edge's log, so
that an edge without its centre goes on by what it heard last; a site answers about the moment of
each event, so that an act counts from the day that it names, not from when it was heard.
"""

import logging
import threading
from collections.abc import Iterable, Mapping
from typing import Protocol

from sergek.core.errors import SergekError
from sergek.core.site import Site
from sergek.traffic.siteacts import ActsOfSite, standing

__all__ = ["ActStore", "SiteBook"]

_log = logging.getLogger(__name__)


class ActStore(Protocol):
    """Where acts outlive the process."""

    def load(self) -> Iterable[ActsOfSite]:
        """The acts of every site as they were last kept."""
        ...

    def keep(self, told: ActsOfSite) -> None:
        """Remember them durably in place of what was kept of that site."""
        ...


class SiteBook:
    """Sites by camera, as they stand now; any thread may ask or tell.

    A site is replaced whole, never changed: who holds one works with one state of it.
    """

    def __init__(self, sites: Mapping[str, Site], kept: ActStore | None = None) -> None:
        self._file = dict(sites)
        self._now = dict(sites)
        self._acts: dict[str, ActsOfSite] = {}
        self._kept = kept
        self._lock = threading.Lock()
        for told in kept.load() if kept is not None else ():
            self._apply(told)

    def __contains__(self, camera_id: str) -> bool:
        return camera_id in self._file

    def of(self, camera_id: str) -> Site:
        """The site of a camera by all that was heard; `KeyError` for a camera of none."""
        return self._now[camera_id]

    def heard(self, told: ActsOfSite) -> None:
        """Take over what the centre says; a repeat is nothing."""
        with self._lock:
            if self._acts.get(told.site_id) == told or not self._apply(told):
                return
        _log.info("site %s: %d acts of the centre hold", told.site_id, len(told.acts))
        if self._kept is not None:
            try:
                self._kept.keep(told)
            except SergekError as error:
                # It holds now, and is heard again at the next start.
                _log.warning("acts on site %s are not kept: %s", told.site_id, error.message)

    def _apply(self, told: ActsOfSite) -> bool:
        """Put the acts upon the file's site; whether one of our cameras belongs to it."""
        ours = {camera: site for camera, site in self._file.items() if site.id == told.site_id}
        if not ours:
            return False
        site, misfits = standing(next(iter(ours.values())), told.acts)
        for misfit in misfits:
            _log.error("an act of the centre on site %s does not fit: %s", told.site_id, misfit)
        self._acts[told.site_id] = told
        self._now.update(dict.fromkeys(ours, site))
        return True
