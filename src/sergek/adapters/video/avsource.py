"""RTSP streams and video files through PyAV (FFmpeg)."""

import struct
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import av
from av.codec.context import ThreadType
from av.container.input import InputContainer
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from sergek.adapters.video.faults import opening_fault, reading_fault
from sergek.adapters.video.raw import AvFrame, without_data
from sergek.core.camera import redacted
from sergek.core.clock import Clock, SystemClock
from sergek.core.errors import ConfigError, Corrupt
from sergek.core.frame import Packet, RawFrame, StreamInfo

__all__ = ["AvDecoder", "AvSource"]

# `av.open(timeout=…)` fires after up to twice its value (measured over a stalled TCP proxy). It is
# used for opening only: while reading, its callback would take Python's lock for every piece from
# the network, so there FFmpeg's own `timeout` (microseconds) frees the reader. That too takes
# twice its value and more: 2.84 s for 1.25 s, so 1.1 s stays inside the watchdog's 3 s.
# (`stimeout` and `rw_timeout` do nothing.)
_OPEN_TIMEOUT_S = 2.0
# From 1900 to 1970 (RFC 5905 §6).
_NTP_EPOCH_S = 2_208_988_800
# The address tells codec and size; probing more (2 s by default here) delays the first picture.
_RTSP_OPTIONS = {
    "rtsp_transport": "tcp",
    "probesize": "200000",
    "analyzeduration": "1",
    "fpsprobesize": "0",
    "timeout": "1100000",
}


class AvDecoder:
    """A `PacketDecoder` with a codec context of its own, one thread.

    Frame threads save no CPU and add a picture of delay each; several cameras fill the cores.
    """

    def __init__(self, stream: VideoStream, info: StreamInfo) -> None:
        given = stream.codec_context
        context = av.CodecContext.create(given.codec.name, "r")
        assert isinstance(context, VideoCodecContext)
        context.extradata = given.extradata
        context.width, context.height = info.width, info.height
        if given.pix_fmt:
            context.pix_fmt = given.pix_fmt
        context.codec_tag = given.codec_tag
        context.thread_count, context.thread_type = 1, ThreadType.SLICE
        context.copy_opaque = True
        self._context = context

    def decode(self, packet: Packet) -> list[RawFrame]:
        """Pictures that the packet completes; `Corrupt` if it cannot be decoded."""
        piece = av.Packet(packet.data)
        piece.pts, piece.dts, piece.time_base = packet.pts, packet.dts, packet.time_base
        piece.is_keyframe = packet.is_key
        piece.opaque = without_data(packet)
        try:
            return [self._raw(frame) for frame in self._context.decode(piece)]
        except FFmpegError:
            raise Corrupt("a packet of the stream cannot be decoded") from None

    def flush(self) -> list[RawFrame]:
        """The pictures still held back; afterwards the decoder waits for a key frame."""
        try:
            frames = [self._raw(frame) for frame in self._context.decode(None)]
        except FFmpegError:
            frames = []
        self._context.flush_buffers()
        return frames

    def _raw(self, frame: av.VideoFrame) -> RawFrame:
        packet = frame.opaque
        assert isinstance(packet, Packet)
        media_s = packet.media_s
        if frame.pts is not None and packet.pts is not None and media_s is not None:
            # Pictures come out in showing order, packets in decoding order.
            media_s += float((frame.pts - packet.pts) * packet.time_base)
        return AvFrame(frame, packet, media_s)


class AvSource:
    """A `FrameSource` over one connection to a stream, or one pass through a file.

    With `loop` a file begins anew at its end: its time stamps jump back to the first, as those
    of a recorder do. `realtime` hands packets out at the pace of the file's own clock.
    """

    def __init__(
        self, url: str, *, loop: bool = False, realtime: bool = True, clock: Clock | None = None
    ) -> None:
        self._url = url
        self._live = "://" in url and not url.startswith("file://")
        self._loop = loop and not self._live
        self._realtime = realtime and not self._live
        self._clock = clock or SystemClock()
        self._closed = threading.Event()
        self._container, self._stream = self._open()
        self._info = self._describe(self._stream)
        self._index = 0

    @property
    def info(self) -> StreamInfo:
        """What the stream says of itself."""
        return self._info

    def packets(self) -> Iterator[Packet]:
        """Undecoded packets; ends with the stream, raises `Unavailable` if it breaks."""
        try:
            while not self._closed.is_set():
                seen = self._index
                yield from self._one_pass()
                if not self._loop or self._closed.is_set() or self._index == seen:
                    return
                self._container.close()
                self._container, self._stream = self._open()
        finally:
            self._container.close()

    def decoder(self) -> AvDecoder:
        """A new decoder for this stream's packets."""
        return AvDecoder(self._stream, self._info)

    def close(self) -> None:
        """End the run. The reading thread leaves at its next packet or time-out.

        FFmpeg must not be closed under a thread that reads from it, so this only asks.
        """
        self._closed.set()

    def _open(self) -> tuple[InputContainer, VideoStream]:
        timeout = (_OPEN_TIMEOUT_S, None) if self._live else None
        options = _RTSP_OPTIONS if self._url.startswith("rtsp") else {}
        try:
            container = av.open(self._url, options=dict(options), timeout=timeout)
        except (FFmpegError, OSError, ValueError) as error:
            raise opening_fault(self._url, error, live=self._live) from None
        for stream in container.streams.video:
            # Cover art of a sound file is an attached picture: one frame without a rate.
            if stream.codec_context is not None and stream.codec_context.width:
                return container, stream
        container.close()
        raise ConfigError(f"{redacted(self._url)} carries no video that can be decoded")

    def _describe(self, stream: VideoStream) -> StreamInfo:
        context = stream.codec_context
        rate = stream.average_rate or stream.guessed_rate
        return StreamInfo(
            run_id=uuid.uuid4().hex,
            codec=context.codec.canonical_name,
            width=context.width,
            height=context.height,
            time_base=stream.time_base or Fraction(1, 90_000),
            extradata=context.extradata,
            nominal_fps=float(rate) if rate else None,
        )

    def _one_pass(self) -> Iterator[Packet]:
        pace = _Pace(self._info.nominal_fps or 25.0, self._closed) if self._realtime else None
        first_pts: int | None = None
        try:
            # Sound is read and dropped here: inside `demux(video)` a camera whose video hangs
            # while its sound runs on would never give the thread back.
            for piece in self._container.demux():
                if self._closed.is_set():
                    return
                if piece.size == 0 or piece.stream_index != self._stream.index:
                    continue
                base = self._info.time_base
                pts = piece.pts
                # Old AVI files carry decoding times only; with neither, time is judged by arrival.
                shown = pts if pts is not None else piece.dts
                if first_pts is None:
                    first_pts = shown
                media_s = (
                    None
                    if shown is None or first_pts is None
                    else float((shown - first_pts) * base)
                )
                if pace is not None:
                    pace.wait(None if piece.dts is None else float(piece.dts * base))
                sent_at, held_s = _sender_times(piece)
                yield Packet(
                    run_id=self._info.run_id,
                    index=self._index,
                    data=bytes(piece),
                    pts=pts,
                    dts=piece.dts,
                    time_base=base,
                    is_key=piece.is_keyframe,
                    media_s=media_s,
                    arrived_s=self._clock.monotonic_s(),
                    captured_at=self._clock.now(),
                    sent_at=sent_at,
                    held_s=held_s,
                )
                self._index += 1
        except (FFmpegError, OSError) as error:
            raise reading_fault(self._url, error, live=self._live) from None


def _sender_times(piece: "av.Packet[Any]") -> tuple[datetime | None, float | None]:
    """`Packet.sent_at` and `.held_s` from what FFmpeg keeps of RTCP sender reports."""
    if not piece.has_sidedata("prft"):
        return None, None
    # AVProducerReferenceTime: microseconds since 1970, flags.
    (sent_us,) = struct.unpack_from("<q", bytes(piece.get_sidedata("prft")))
    held_s: float | None = None
    if piece.has_sidedata("rtcp_sr"):
        # AVRTCPSenderReport: source id (and padding), then NTP time, 32.32 bits since 1900.
        (ntp,) = struct.unpack_from("=Q", bytes(piece.get_sidedata("rtcp_sr")), 8)
        held_s = ntp / 2**32 - _NTP_EPOCH_S - sent_us / 1e6
    return datetime.fromtimestamp(sent_us / 1e6, UTC), held_s


class _Pace:
    """Sleeps until a packet's time has come; nominal steps where the file has no clock."""

    def __init__(self, nominal_fps: float, closed: threading.Event) -> None:
        self._step_s = 1 / nominal_fps
        self._closed = closed
        self._began_s: float | None = None
        self._last_s = 0.0

    def wait(self, decode_s: float | None) -> None:
        now_s = time.monotonic()
        due_s = decode_s if decode_s is not None else self._last_s + self._step_s
        if self._began_s is None or not -1 < due_s - self._last_s < 5:
            self._began_s = now_s - due_s
        self._last_s = due_s
        ahead_s = self._began_s + due_s - now_s
        if ahead_s > 0:
            self._closed.wait(ahead_s)
