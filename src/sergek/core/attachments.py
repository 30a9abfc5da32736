"""Which bytes of the evidence store a fact names: they are stored and forwarded before it."""

from sergek.core.event import Event

__all__ = ["evidence_keys"]


def evidence_keys(event: Event) -> list[str]:
    """Keys (SHA-256) of the pictures of a passage, or of the package of a violation."""
    if event.kind == "violation.found":
        package = event.body["violation"].get("package")
        return [] if package is None else [str(package)]
    pictures = event.body.get("pictures") if event.kind == "passage.recorded" else None
    return [str(picture["key"]) for picture in pictures or ()]
