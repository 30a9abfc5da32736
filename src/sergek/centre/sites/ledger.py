"""The sites as all acts so far leave them."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, select

from sergek.centre.people.tables import at_of
from sergek.centre.reading import reading
from sergek.centre.sites.tables import site_acts
from sergek.core.errors import NotFound
from sergek.core.site import Site
from sergek.traffic.siteacts import ActsOfSite, Disqualified, SiteAct, standing

__all__ = ["ACT", "ActRow", "SiteLedger"]

ACT: TypeAdapter[SiteAct] = TypeAdapter(SiteAct)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act: what, by whom, when it became known, on what it rests."""

    act_id: str
    at: datetime
    actor: str
    act: SiteAct
    basis: str


@dataclass(frozen=True, slots=True)
class SiteLedger:
    """Sites of the city's file with their acts; always asked anew, so that nobody sees old law."""

    engine: Engine
    file: Mapping[str, Site]

    def ids(self) -> list[str]:
        """Every site's id, in the file's order."""
        return list(self.file)

    def of_camera(self, camera_id: str) -> str | None:
        """The id of the site that the camera belongs to."""
        for site in self.file.values():
            if any(channel.camera_id == camera_id for channel in site.channels):
                return site.id
        return None

    def place(self, site_id: str) -> Mapping[Any, str]:
        """What people call the place, by language; empty where the file knows no such site."""
        site = self.file.get(site_id)
        return {} if site is None else site.place

    def site(self, site_id: str, known: datetime | None = None) -> Site:
        """The site by all acts, or by those known at a moment; `NotFound` if there is none."""
        acts = self.acts(site_id)
        return self._folded(site_id, [a for a in acts if known is None or a.at <= known])

    def site_in(self, connection: Connection, site_id: str) -> Site:
        """The site as a transaction sees it."""
        return self._folded(site_id, self._rows(connection, site_id))

    def acts(self, site_id: str) -> list[ActRow]:
        """The acts of a site, oldest first."""
        with reading(self.engine).connect() as connection:
            return self._rows(connection, site_id)

    def _folded(self, site_id: str, acts: list[ActRow]) -> Site:
        site = self.file.get(site_id)
        if site is None:
            raise NotFound(f"There is no site “{site_id}” in the city's file.")
        site, misfits = standing(site, [row.act for row in acts])
        for misfit in misfits:
            _LOG.warning("an act on site %s does not fit: %s", site_id, misfit)
        return site

    def told(self) -> dict[str, ActsOfSite]:
        """What edges are told of every site on which somebody acted."""
        with reading(self.engine).connect() as connection:
            ids = connection.scalars(select(site_acts.c.site_id).distinct()).all()
            rows = {site_id: self._rows(connection, site_id) for site_id in ids}
        return {
            site_id: ActsOfSite(site_id=site_id, acts=tuple(row.act for row in acts))
            for site_id, acts in rows.items()
        }

    @staticmethod
    def _rows(connection: Connection, site_id: str) -> list[ActRow]:
        wanted = select(site_acts).where(site_acts.c.site_id == site_id)
        return [
            ActRow(
                act_id=row.act_id,
                at=at_of(row.at_us),
                actor=row.actor,
                act=ACT.validate_python(json.loads(row.body)),
                basis=row.basis,
            )
            for row in connection.execute(wanted.order_by(site_acts.c.place_in_order))
        ]

    def disqualified(self, site_id: str, camera_id: str, when: datetime) -> Disqualified | None:
        """The alarm that stopped a camera which holds no survey at that moment, if one did."""
        site = self.site(site_id)
        channel = site.channel(camera_id)
        if any(survey.holds(when) for survey in channel.surveys):
            return None
        alarms = [
            row.act
            for row in self.acts(site_id)
            if isinstance(row.act, Disqualified)
            and row.act.camera_id == camera_id
            and row.act.last_good_at <= when
        ]
        return alarms[-1] if alarms else None
