"""A prescription as the document for the national register; see `docs/ref/register.md`."""

from collections.abc import Sequence

from sergek.centre.prescriptions.register import Prescription
from sergek.centre.steps import StepRow
from sergek.core.site import Site

__all__ = ["document_of"]


def document_of(one: Prescription, site: Site, taken: Sequence[StepRow]) -> dict[str, object]:
    """The document, version 1."""
    certificate = site.certificate_at(one.happened_at)
    return {
        "format": "sergek-prescription",
        "version": 1,
        "number": one.number,
        "case_id": one.case_id,
        "specimen": one.specimen,
        "state": one.state,
        "issued_at": one.issued_at.isoformat(),
        "plate": one.plate,
        "offence": {
            "kind": one.offence,
            "article": one.article,
            "happened_at": one.happened_at.isoformat(),
            "repeat_of": one.repeat_of,
            "limit_kmh": one.violation.limit_kmh,
            "facts": dict(one.violation.facts),
        },
        "place": {
            "site_id": site.id,
            "names": dict(site.place),
            "longitude": site.location[0],
            "latitude": site.location[1],
        },
        "device": {
            "name": site.device.name,
            "model": site.device.model,
            "serial": site.device.serial,
            "certificate": certificate.number if certificate else None,
            "certificate_until": certificate.valid_until.isoformat() if certificate else None,
        },
        "fine": {
            "mrp": one.fine.mrp if one.fine else 0,
            "mrp_tenge": one.fine.mrp_tenge if one.fine else 0,
            "tenge": one.fine_tenge,
            "reduced_tenge": one.reduced_tenge,
            "paid_tenge": one.paid_tenge,
            "refund_tenge": one.refund_tenge,
            "refunded_tenge": one.refunded_tenge,
        },
        "delivered_on": one.delivered_on.isoformat() if one.delivered_on else None,
        "terms": {name: at.isoformat() for name, at in one.terms.items()},
        "signed_by": one.signer,
        "pdf_sha256": one.pdf_key,
        "package_sha256": one.package,
        "steps": [
            {"at": step.at.isoformat(), "kind": step.kind, "actor": step.actor, **step.body}
            for step in taken
        ],
    }
