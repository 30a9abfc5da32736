"""Opening a passage: it is written down who looked."""

from sergek.centre.context import Centre
from sergek.centre.passages.events import passage_opened
from sergek.centre.passages.views import passage_for
from sergek.centre.rights import Person
from sergek.core.passage import Passage

__all__ = ["open_passage"]


def open_passage(centre: Centre, person: Person, passage_id: str) -> Passage:
    """The passage, if its camera stands in the person's areas; appends `passage.opened`."""
    passage = passage_for(centre, person, passage_id)
    at = centre.wiring.clock.now()
    centre.wiring.log.append([passage_opened(passage, person.name, at)])
    return passage
