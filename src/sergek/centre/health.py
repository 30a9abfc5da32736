"""Whether the centre works, for a supervisor or a load balancer; says nothing about people."""

from fastapi import APIRouter, Response

from sergek.centre.context import CentreOf
from sergek.core.errors import SergekError

__all__ = ["router"]

router = APIRouter()


@router.get("/health")
def health(centre: CentreOf, answer: Response) -> dict[str, object]:
    """200 while the log answers, else 503; the bus may be away without making the centre ill."""
    try:
        seq = centre.wiring.log.head().seq
        log: str = "up"
    except SergekError as error:
        seq, log = 0, error.message
        answer.status_code = 503
    return {
        "log": log,
        "events": seq,
        "bus": "up" if centre.wiring.bus_is_up() else "away",
        "cameras": len(centre.wiring.cameras),
    }
