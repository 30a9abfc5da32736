"""Which pictures are analysed: so many per second of stream time, evenly."""

__all__ = ["Sampler"]


class Sampler:
    """Lets pictures through at `fps` per second, or all of them if there are fewer."""

    def __init__(self, fps: float) -> None:
        self._step_s = 1 / fps
        self._due_s: float | None = None

    def would_be_due(self, at_s: float) -> bool:
        """Whether a picture of that stream time would be analysed."""
        # A picture may come a little before its time: the next one would be much later.
        return self._due_s is None or at_s >= self._due_s - 0.005

    def due(self, at_s: float) -> bool:
        """Whether the picture of that stream time is analysed."""
        if not self.would_be_due(at_s):
            return False
        if self._due_s is None or at_s - self._due_s > self._step_s:
            self._due_s = at_s
        self._due_s += self._step_s
        return True
