"""What changes a site: each act is checked against the whole site, then kept as a fact."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, func, insert, select

from sergek.centre.forms import checked
from sergek.centre.people.tables import us_of
from sergek.centre.sites.events import site_act_event
from sergek.centre.sites.ledger import ACT, SiteLedger
from sergek.centre.sites.tables import site_acts
from sergek.core.clock import Clock
from sergek.core.errors import ConfigError, Conflict
from sergek.core.event import Event, derive_id
from sergek.core.ports import EventLog
from sergek.core.site import Acceptance, Permit, Site
from sergek.traffic.siteacts import Accepted, Disqualified, PermitAdded, SiteAct, amended

__all__ = ["SiteActions"]


@dataclass(frozen=True, slots=True)
class SiteActions:
    """The acts over one database and log."""

    engine: Engine
    log: EventLog
    clock: Clock
    ledger: SiteLedger

    def act(self, site_id: str, act: SiteAct, actor: str, basis: str) -> Site:
        """Apply and keep an act; the site as it is then.

        `ConfigError` where the site would contradict itself or the basis is missing.
        """
        if len(basis.strip()) < 3:
            raise ConfigError("Write on what act or document this rests.")
        now = self.clock.now()
        if isinstance(act, PermitAdded) and act.permit.entered_at is None:
            act = PermitAdded(permit=act.permit.model_copy(update={"entered_at": now}))
        act_id = derive_id("site.act", site_id, secrets.token_hex(16))
        with self.engine.begin() as connection:
            site = amended(self.ledger.site_in(connection, site_id), [act])
            event = site_act_event(act_id, site_id, act, actor, now, basis.strip())
            self.log.append([event], connection=connection)
            self._keep(connection, act_id, site_id, act, actor, now, basis.strip())
        return site

    def permit(
        self,
        site_id: str,
        values: dict[str, object],
        actor: str,
    ) -> Site:
        """Add a permit typed on a page; `ConfigError` names the field that is wrong."""
        permit = checked(Permit, values)
        return self.act(site_id, PermitAdded(permit=permit), actor, permit.basis)

    def accept(self, site_id: str, figures_sha256: str, signed_by: str, actor: str) -> Site:
        """End the trial by the pilot's record; `Conflict` if it has ended already."""
        if self.ledger.site(site_id).acceptance is not None:
            raise Conflict(f"Site {site_id} was accepted already: look at its record.")
        acceptance = Acceptance(
            signed_by=signed_by, signed_at=self.clock.now(), figures_sha256=figures_sha256
        )
        basis = f"acceptance record {figures_sha256[:12]}"
        return self.act(site_id, Accepted(acceptance=acceptance), actor, basis)

    def heard(self, event: Event) -> None:
        """Take the fact `site.disqualified` of an edge: the camera's surveys end where it says."""
        body = event.body
        camera_id = str(body.get("camera_id", event.subject))
        site_id = str(body.get("site_id") or self.ledger.of_camera(camera_id) or "")
        if site_id not in self.ledger.file:
            return
        shift = body.get("shift_px")
        act = Disqualified(
            camera_id=camera_id,
            last_good_at=datetime.fromisoformat(str(body["last_good_at"])),
            why=f"{shift} px" if shift is not None else "",
        )
        with self.engine.begin() as connection:
            known = select(site_acts.c.act_id).where(site_acts.c.act_id == event.event_id)
            if connection.execute(known).first() is None:
                noticed = event.happened_at
                self._keep(connection, event.event_id, site_id, act, event.actor, noticed, "drift")

    @staticmethod
    def _keep(
        connection: Connection,
        act_id: str,
        site_id: str,
        act: SiteAct,
        actor: str,
        at: datetime,
        basis: str,
    ) -> None:
        taken = select(func.max(site_acts.c.place_in_order)).where(site_acts.c.site_id == site_id)
        last = connection.scalar(taken)
        connection.execute(
            insert(site_acts).values(
                act_id=act_id,
                site_id=site_id,
                place_in_order=0 if last is None else last + 1,
                at_us=us_of(at),
                actor=actor,
                kind=act.kind,
                body=json.dumps(ACT.dump_python(act, mode="json"), ensure_ascii=False),
                basis=basis,
            )
        )
