"""What turns an edge's violations into sealed packages: its key, its models, its references."""

from collections.abc import Callable, Sequence
from functools import cache, partial

from sergek.adapters.disk.acts import DiskActs
from sergek.adapters.disk.references import DiskReferences
from sergek.adapters.evidence.casefile import picture_media
from sergek.adapters.evidence.manifest import LogLink, Software
from sergek.adapters.evidence.package import Media, seal
from sergek.adapters.evidence.stamp import fetch_stamp
from sergek.adapters.evidence.trust import SigningKey
from sergek.adapters.evidence.trust_file import key_event
from sergek.adapters.video.clip import copied_clip
from sergek.config.settings import Settings
from sergek.core.camera import Camera
from sergek.core.clock import SystemClock
from sergek.core.errors import ConfigError
from sergek.core.event import GENESIS
from sergek.core.ports import LogHead
from sergek.edge.sealing import CaseFile, Seal, SitePorts
from sergek.edge.sites import SiteBook
from sergek.traffic.plates import layout_book
from sergek.traffic.rules.record import FactsRecord
from sergek.vision.models import cards
from sergek.vision.settings import DetectorSettings
from sergek.wiring.stores import EdgeStores, edge_folder

__all__ = ["device_key", "models_in_use", "plate_lines", "sealer", "site_ports"]


def site_ports(settings: Settings, cameras: Sequence[Camera], stores: EdgeStores) -> SitePorts:
    """What the worker's cameras of sites need; their device's key is published as a fact."""
    mine = {camera.id for camera in cameras}
    sites = {
        channel.camera_id: site
        for site in settings.site
        for channel in site.channels
        if channel.camera_id in mine
    }
    key = device_key(settings)
    if sites:
        owner = ", ".join(sorted({site.device.serial for site in settings.site}))
        entry = key.trusted(owner, "device", SystemClock().now())
        stores.intake.append([key_event(entry)])
    models = models_in_use(settings.detector) if sites else ()
    return SitePorts(
        sites=SiteBook(sites, DiskActs(edge_folder(settings) / "acts")),
        lines_of=plate_lines,
        seal=sealer(key, models, stores.log.head, stamp_url=settings.edge.stamp_url),
        references=DiskReferences(edge_folder(settings) / "references"),
    )


def device_key(settings: Settings) -> SigningKey:
    """The key with which this edge signs; made on its first start."""
    return SigningKey.open(edge_folder(settings) / "device.pem")


def models_in_use(detector: DetectorSettings) -> tuple[Software, ...]:
    """The networks by which a vehicle was found and its plate read."""
    return tuple(
        Software(name=card.name, version="1", sha256=card.sha256) for card in cards(detector)
    )


def sealer(
    key: SigningKey,
    models: Sequence[Software],
    head: Callable[[], LogHead] | None,
    stamp_url: str | None = None,
) -> Seal:
    """Seals cases with that key; `head` is the end of the log that each package names.

    `stamp_url` is a time stamp authority's; without one packages bear no stamp.
    """

    def make(case: CaseFile) -> bytes:
        found = case.assessment
        if found.facts is None:
            raise ConfigError("a violation without its facts cannot be sealed")
        media = picture_media([(each.role, each.image) for each in case.pictures])
        if case.stream is not None and case.packets:
            media.append(Media("clip", "video/mp4", copied_clip(case.stream, case.packets)))
        return seal(
            site=case.site,
            violation=case.violation,
            record=FactsRecord.of(found.facts),
            measurement=found.speed if found.speed.status == "measured" else None,
            inputs=found.inputs,
            media=media,
            models=models,
            log=_link(None if head is None else head()),
            created_at=SystemClock().now(),
            key=key,
            masks=case.masks,
            stamp=None if stamp_url is None else partial(fetch_stamp, stamp_url),
        ).data

    return make


def _link(head: LogHead | None) -> LogLink | None:
    if head is None or head.digest == GENESIS:
        return None
    return LogLink(seq=head.seq, digest=head.digest)


@cache
def plate_lines(layout: str) -> int | None:
    """How many lines a Kazakh layout has; None for one whose size is not known."""
    found = next((each for each in layout_book("kz").layouts if each.id == layout), None)
    return None if found is None else len(found.lines)
