"""What somebody may do to a camera: have its stream opened anew."""

from sergek.centre.cameras.events import restart_requested
from sergek.centre.context import Centre
from sergek.centre.rights import Person, camera_for
from sergek.core.errors import Unavailable
from sergek.core.live import subject

__all__ = ["restart"]


def restart(centre: Centre, person: Person, camera_id: str) -> None:
    """Record the request, then say it on the bus; `Unavailable` while the bus is away."""
    wired = centre.wiring
    camera = camera_for(person, wired.cameras, camera_id)
    if not wired.bus_is_up():
        raise Unavailable("The bus is away, so nobody would hear this: repeat when it is back.")
    wired.log.append([restart_requested(camera.id, person.name, wired.clock.now())])
    wired.bus.publish(subject("restart", camera.id), b"")
