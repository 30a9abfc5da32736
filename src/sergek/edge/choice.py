"""Which of a camera's two streams is analysed: the sub stream, unless it is lost."""

from sergek.core.frame import StreamRole
from sergek.core.live import CameraState

__all__ = ["StreamChoice"]


class StreamChoice:
    """Asked several times a second; a stream that comes and goes does not toss the analysis.

    The sub stream is given up for the main one when it was lost for `lost_s`, and taken again
    when it was live for `back_s` (at once where the main stream is lost too).
    """

    def __init__(self, *, has_sub: bool, lost_s: float, back_s: float) -> None:
        self.has_sub = has_sub
        self._lost_s, self._back_s = lost_s, back_s
        self._since_s: float | None = None

    def wanted(
        self, analysed: StreamRole, main: CameraState, sub: CameraState, now_s: float
    ) -> StreamRole:
        """The stream to analyse from now on, while `analysed` is and the streams are so."""
        if not self.has_sub:
            return StreamRole.MAIN
        is_up = sub is CameraState.LIVE
        # A stream that is only connecting was never there yet: it is waited for.
        is_gone = sub in (CameraState.LOST, CameraState.FAILED)
        if not (is_gone if analysed is StreamRole.SUB else is_up):
            self._since_s = None
            return analysed
        if self._since_s is None:
            self._since_s = now_s
        lasted_s = now_s - self._since_s
        main_is_up = main is CameraState.LIVE
        if analysed is StreamRole.SUB:
            return StreamRole.MAIN if main_is_up and lasted_s >= self._lost_s else analysed
        return StreamRole.SUB if lasted_s >= self._back_s or not main_is_up else analysed
