"""A real RTSP server for tests and benches, clips for it, and a proxy that misbehaves on demand."""

import contextlib
import json
import random
import select
import socket
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.codec.context import Flags
from av.video.stream import VideoStream

__all__ = [
    "APT_LINE",
    "AUDIO_ONLY",
    "FaultyProxy",
    "Mount",
    "RtspServer",
    "camera",
    "clockless_camera",
    "write_clip",
    "write_interlaced",
]

_PYTHON = "/usr/bin/python3"
APT_LINE = (
    "apt install python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base "
    "gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"
)


@cache
def _available() -> bool:
    code = (
        "import gi; gi.require_version('GstRtspServer', '1.0'); "
        "from gi.repository import Gst, GstRtspServer; Gst.init(None); "
        "assert all(Gst.ElementFactory.find(n) for n in ('h264parse', 'rtph264pay', 'mulawenc'))"
    )
    try:
        done = subprocess.run([_PYTHON, "-c", code], capture_output=True, timeout=30, check=False)
    except OSError:
        return False
    return done.returncode == 0


@dataclass(frozen=True)
class Mount:
    """What a name of the server serves.

    With `stream` (an `.h264` or `.h265` elementary stream) its access units are fed to `launch`'s
    `appsrc name=src` at `fps`, looped, with time stamps that run on. Without one, `launch` alone.
    With `lag_s` the server pauses so long after a second and never catches up: from then on every
    picture is so old by its own clock. With `shared` or a lag all clients see the one stream.
    """

    launch: str
    stream: Path | None = None
    fps: float = 25.0
    lag_s: float = 0.0
    shared: bool = False

    def as_json(self) -> dict[str, object]:
        """What the server's process needs."""
        if self.stream is None:
            return {"launch": self.launch}
        return {
            "launch": self.launch,
            "stream": str(self.stream),
            "units": access_units(self.stream),
            "fps": self.fps,
            "lag_s": self.lag_s,
            "shared": self.shared or self.lag_s > 0,
        }


AUDIO_ONLY = Mount("( audiotestsrc is-live=true ! mulawenc ! rtppcmupay name=pay0 pt=0 )")


def access_units(stream: Path) -> list[tuple[int, int]]:
    """(offset, length) in bytes of each access unit of an elementary stream."""
    sizes: list[int] = []
    with av.open(str(stream)) as container:
        sizes = [packet.size for packet in container.demux() if packet.size]
    offsets = [0, *accumulate(sizes)]
    return list(zip(offsets, sizes, strict=False))


def camera(stream: Path, *, fps: float = 25.0, shared: bool = False) -> Mount:
    """A well-behaved camera that shows the elementary stream for ever."""
    codec = "h265" if stream.suffix == ".h265" else "h264"
    return Mount(
        "( appsrc name=src is-live=true format=time block=false "
        f"caps=video/x-{codec},stream-format=byte-stream,alignment=au,"
        f"framerate={round(fps * 1000)}/1000 "
        f"! {codec}parse config-interval=-1 ! rtp{codec}pay name=pay0 pt=96 )",
        stream,
        fps,
        shared=shared,
    )


def clockless_camera(stream: Path, *, fps: float = 25.0) -> Mount:
    """A camera whose time stamps stand still; GStreamer's `multifilesrc` happens to be one."""
    return Mount(
        f"( multifilesrc location={stream} loop=true blocksize=65536 "
        f"caps=video/x-h264,framerate={round(fps * 1000)}/1000,stream-format=byte-stream "
        "! h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96 )"
    )


def write_clip(
    path: Path,
    *,
    codec: str = "libx264",
    size: tuple[int, int] = (320, 180),
    fps: int = 25,
    seconds: float = 4.0,
    gop: int = 25,
) -> Path:
    """Write a bright square that crosses the picture in 2.75 s again and again.

    A container by the ending, `.h264` and `.h265` are elementary streams.
    """
    width, height = size
    options = {"preset": "ultrafast", "g": str(gop), "bf": "0", "tune": "zerolatency"}
    if codec == "libx265":
        options = {"preset": "ultrafast", "x265-params": f"keyint={gop}:bframes=0:log-level=none"}
    form = {".h264": "h264", ".h265": "hevc"}.get(path.suffix)
    with av.open(str(path), "w", format=form) as out:
        stream = out.add_stream(codec, rate=fps, options=options)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        side, step = height // 4, max(1, width // 80)
        for index in range(round(seconds * fps)):
            picture = np.full((height, width, 3), 90, np.uint8)
            x = index * step % (width - side)
            picture[side : 2 * side, x : x + side] = 200
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        out.mux(stream.encode(None))
    return path


def write_interlaced(
    path: Path, *, size: tuple[int, int] = (320, 192), step_px: int = 12, seconds: float = 1.0
) -> Path:
    """Write an interlaced H.264 clip: a bar in the middle third moves `step_px` a field (20 ms).

    Below it are stripes of two lines that stand still.
    """
    width, height = size
    options = {"preset": "ultrafast", "crf": "10", "x264-params": "tff=1:keyint=25:bframes=0"}
    form = {".h264": "h264"}.get(path.suffix)
    with av.open(str(path), "w", format=form) as out:
        stream = out.add_stream("libx264", rate=25, options=options)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.flags |= Flags.interlaced_dct | Flags.interlaced_me
        for index in range(round(seconds * 25)):
            picture = np.full((height, width, 3), 90, np.uint8)
            picture[height * 2 // 3 :: 4] = picture[height * 2 // 3 + 1 :: 4] = 190
            for field in (0, 1):
                x = (2 * index + field) * step_px % (width - 40)
                picture[height // 3 + field : height * 2 // 3 : 2, x : x + 40] = 220
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        out.mux(stream.encode(None))
    return path


class RtspServer:
    """Serves launch lines by name until the `with` block ends.

    `RtspServer.available()` says whether this machine has Debian's GStreamer; tests skip with
    `APT_LINE` where it has not.
    """

    def __init__(
        self, mounts: Mapping[str, Mount], *, user: str | None = None, password: str | None = None
    ) -> None:
        self._wanted = {
            "mounts": {f"/{name}": mount.as_json() for name, mount in mounts.items()},
            "user": user,
            "password": password,
        }
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    @staticmethod
    def available() -> bool:
        """Whether the server can run here."""
        return _available()

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process is not None
        return self._process.pid

    def url(self, name: str, *, port: int | None = None, credentials: str = "") -> str:
        """The address of a mount, through another port (a proxy's) if given."""
        at = f"{credentials}@" if credentials else ""
        return f"rtsp://{at}127.0.0.1:{port or self.port}/{name}"

    def __enter__(self) -> Self:
        script = Path(__file__).with_name("gst_server.py")
        self._process = subprocess.Popen(
            [_PYTHON, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(self._wanted))
        self._process.stdin.close()
        line = self._process.stdout.readline()
        if not line.strip():
            raise RuntimeError("the RTSP server did not start")
        self.port = int(line)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()


class FaultyProxy:
    """A TCP proxy before a server that can stall, cut, refuse or spoil what passes."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._stalled = threading.Event()
        self._ended = threading.Event()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener: socket.socket | None = None
        self._spoil_share = 0.0
        self._slowed: tuple[float, float] | None = None
        self._dice = random.Random(20260116)
        self.port = 0
        self.accept()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.refuse()

    def accept(self) -> None:
        """Let connections in (again, on the same port)."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(32)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def refuse(self) -> None:
        """Cut every connection and refuse new ones: a camera without power."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self.cut()

    def cut(self) -> None:
        """Cut every connection, let new ones in: a camera that reboots at once."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            _shut(pair)

    def stall(self) -> None:
        """Keep connections open and pass nothing on: a camera that hangs."""
        self._stalled.set()

    def flow(self) -> None:
        """Pass everything on again, untouched."""
        self._stalled.clear()
        self._spoil_share = 0.0
        self._slowed = None

    def slow(self, growth: float) -> None:
        """Pass on what the server sends ever later: `growth` seconds more for each that passes."""
        self._slowed = (time.monotonic(), growth)

    def spoil(self, share: float) -> None:
        """Flip single bytes in that share of the pieces that come from the server."""
        self._spoil_share = share

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target_port))
            except OSError:
                return
            self._pairs.append((client, server))
            threading.Thread(target=self._pump, args=(client, server), daemon=True).start()

    def _pump(self, client: socket.socket, server: socket.socket) -> None:
        waiting: deque[tuple[float, bytes]] = deque()
        try:
            while not self._ended.is_set():
                if self._stalled.is_set():
                    time.sleep(0.02)
                    continue
                for side in select.select([client, server], [], [], 0.01 if waiting else 0.1)[0]:
                    data = side.recv(65536)
                    if not data:
                        return
                    if side is server:
                        waiting.append((self._due_s(), self._spoiled(data)))
                    else:
                        server.sendall(data)
                while waiting and waiting[0][0] <= time.monotonic():
                    client.sendall(waiting.popleft()[1])
        except (OSError, ValueError):
            return
        finally:
            _shut((client, server))

    def _due_s(self) -> float:
        """When what came in now is passed on."""
        now_s, slowed = time.monotonic(), self._slowed
        return now_s if slowed is None else now_s + slowed[1] * (now_s - slowed[0])

    def _spoiled(self, data: bytes) -> bytes:
        if len(data) < 400 or self._dice.random() >= self._spoil_share:
            return data
        spoiled = bytearray(data)
        spoiled[self._dice.randrange(200, len(data))] ^= 0x55
        return bytes(spoiled)


def _shut(sockets: Sequence[socket.socket]) -> None:
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
