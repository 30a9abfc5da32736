"""The facts of sites: `site.` and the kind of the act, such as `site.permit_added`."""

from datetime import datetime

from sergek.centre.sites.ledger import ACT
from sergek.core.event import Event
from sergek.traffic.siteacts import SiteAct

__all__ = ["site_act_event"]


def site_act_event(
    act_id: str, site_id: str, act: SiteAct, actor: str, at: datetime, basis: str
) -> Event:
    """One act on a site; the same act twice is two acts, as each rests on its own paper."""
    return Event(
        event_id=act_id,
        kind=f"site.{act.kind}",
        subject=site_id,
        happened_at=at,
        actor=actor,
        body={"site_id": site_id, "act": ACT.dump_python(act, mode="json"), "basis": basis},
    )
