"""Puts together what is printed: names in the paper's languages, photos, terms and their source."""

from collections.abc import Sequence
from dataclasses import dataclass

from sergek.centre.catalogue import Catalogue, catalogue
from sergek.centre.context import Centre
from sergek.centre.roads.prescribing import basis_of
from sergek.centre.roads.rows import ActRow, DefectRow, PrescriptionRow
from sergek.centre.roads.views import OwnerStanding, RoadViews
from sergek.core.errors import NotFound, Unavailable
from sergek.core.ports import RoadPapers
from sergek.core.road import DefectOnPaper, PaperLanguage, RoadAct, RoadPrescription
from sergek.core.sheet import Part, Sheet
from sergek.traffic.law.roads import road_book

__all__ = ["act_pdf", "notice_pdf", "prescription_pdf"]

# Where no standard gives the term, the paper says so.
_NO_TERM: dict[PaperLanguage, str] = {
    "kk": "Мерзімді нұсқама берген адам белгіледі: мерзімдер кестесінде бұл кемшілік жоқ.",
    "ru": "Срок установлен вынесшим предписание: в таблице сроков этого недостатка нет.",
}


def act_pdf(centre: Centre, views: RoadViews, number: str) -> bytes:
    """The act of a survey, as it stands; `Unavailable` where nothing can print."""
    act = views.act(number)
    inside, _late = views.defects_of(act)
    return _papers(centre).act(_act(centre, views, act, inside))


def prescription_pdf(centre: Centre, views: RoadViews, number: str, names: dict[str, str]) -> bytes:
    """The prescription; `names` are full names by sign-in name."""
    one = views.prescription(number)
    found = views.prescribed(one)
    owner = views.owners()[one.owner_id]
    acts = views.act_numbers()
    of_acts = sorted({acts[each.act_id] for each in found if each.act_id in acts})
    basis = [text for text in one.basis if text]
    return _papers(centre).prescription(
        RoadPrescription(
            number=one.number,
            act_number=", ".join(of_acts) or None,
            issued_on=one.issued_on,
            city=centre.settings.title,
            owner=owner.name,
            days=one.days,
            basis={
                language: "; ".join(basis + ([none] if "" in one.basis else []))
                for language, none in _NO_TERM.items()
            },
            served_on=one.served_on,
            due_on=one.due_on,
            article=one.article,
            defects=tuple(_Paper(centre, views).defect(each) for each in found),
            officer=names.get(one.officer, one.officer),
            timezone=centre.settings.timezone,
        )
    )


def notice_pdf(centre: Centre, views: RoadViews, owner_id: str) -> bytes:
    """What the owner still has to do, what is late, and what a protocol would cost."""
    standing = views.standing(owner_id)
    running = [one for one in views.listed("open", owner_id) if one.served_on]
    words = (catalogue("kk"), catalogue("ru"))
    sheets = [_notice(t, centre, views, standing, running) for t in words]
    return centre.wiring.papers.print_sheets(sheets, f"{centre.settings.title} · {views.today}")


def _notice(
    t: Catalogue,
    centre: Centre,
    views: RoadViews,
    standing: OwnerStanding,
    running: Sequence[PrescriptionRow],
) -> Sheet:
    owner = standing.owner
    rows = []
    for one in running:
        fine = views.fine(one, owner) if one.overdue and not one.protocol else None
        rows.append(
            (
                one.number,
                "; ".join(_where(t, each) for each in views.prescribed(one)),
                f"{one.due_on:%d.%m.%Y}" if one.due_on else t("roads.days", days=one.days),
                t("roads.overdue_by", days=-(one.days_left or 0)) if one.overdue else "",
                _tenge(fine.tenge) if fine else one.protocol,
            )
        )
    unknown = standing.cost_unknown
    cost = _tenge(standing.cost_tenge)
    cost += f" {t('roads.costs_unknown', count=unknown)}" if unknown else ""
    keys = ("number", "notice.what", "term", "notice.late", "fine")
    return Sheet(
        title=t("roads.notice.title"),
        facts=(
            (t("roads.notice.to"), owner.name),
            (t("roads.department"), owner.department),
            (t("roads.notice.sent_by"), centre.settings.title),
            (t("roads.notice.on"), f"{views.today:%d.%m.%Y}"),
            (t("roads.count.overdue"), str(standing.overdue)),
            (t("roads.costs"), cost if standing.overdue else ""),
        ),
        parts=(
            Part(
                t("roads.notice.list"),
                t("roads.notice.demand" if rows else "roads.notice.nothing"),
                tuple(t(f"roads.{key}") for key in keys),
                tuple(rows),
                (0.11, 0.42, 0.14, 0.17, 0.16),
            ),
        ),
        signed=(t("roads.notice.officer"), t("roads.notice.received")),
    )


def _where(t: Catalogue, one: DefectRow) -> str:
    name = road_book().kind_of(one.kind).name[t.language]
    return f"{name} ({one.where})" if one.where else name


def _tenge(amount: int) -> str:
    return f"{amount:,} ₸".replace(",", "\u00a0")


def _papers(centre: Centre) -> RoadPapers:
    if centre.wiring.road_papers is None:
        raise Unavailable("This installation cannot print papers.")
    return centre.wiring.road_papers


def _act(centre: Centre, views: RoadViews, act: ActRow, inside: Sequence[DefectRow]) -> RoadAct:
    paper = _Paper(centre, views)
    return RoadAct(
        number=act.number,
        held_on=act.held_on,
        city=centre.settings.title,
        route=act.route,
        sections=act.sections,
        weather=act.weather,
        light=act.light,
        commission=act.commission,
        defects=tuple(paper.defect(each) for each in inside),
        timezone=centre.settings.timezone,
    )


@dataclass
class _Paper:
    """Defects for one paper; owners are read once."""

    centre: Centre
    views: RoadViews

    def __post_init__(self) -> None:
        self._owners = self.views.owners()

    def defect(self, one: DefectRow) -> DefectOnPaper:
        """One defect with its photos; a photo that is gone is left out."""
        name = road_book().kind_of(one.kind).name
        owner = self._owners.get(one.owner_id or "")
        term = road_book().term_of(one.kind, one.found_at)
        return DefectOnPaper(
            name={"kk": name["kk"], "ru": name["ru"]},
            where=one.where,
            place=one.place,
            side=one.side,
            size_cm=(one.length_cm, one.width_cm, one.depth_cm),
            severity=one.severity,
            standard=one.clause or basis_of(term),
            owner=owner.name if owner else "",
            found_at=one.found_at,
            note=one.note,
            photos=tuple(self._photos(one)),
        )

    def _photos(self, one: DefectRow) -> list[bytes]:
        found = []
        for key in one.photos[:2]:
            try:
                found.append(self.centre.wiring.evidence.get(key))
            except NotFound:
                continue
        return found
