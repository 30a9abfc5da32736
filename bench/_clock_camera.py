"""An RTSP camera with its own clock burnt into the picture; runs under Debian's Python with gi.

`python3 bench/_clock_camera.py PORT WIDTH HEIGHT`: H.264, 25 pictures a second, a key frame every
two. The first 40 lines hold 32 blocks, white for one, most significant first: milliseconds since
1970 modulo 2^32 at the moment when the picture was made.
"""

# ruff: noqa: ANN001, ANN202, ANN204, E402
# mypy: ignore-errors
import sys
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer

PORT, WIDTH, HEIGHT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
LAUNCH = (
    "( appsrc name=src is-live=true format=time do-timestamp=true block=false max-buffers=1 "
    f"caps=video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate=25/1 "
    "! x264enc tune=zerolatency speed-preset=superfast bitrate=2000 key-int-max=50 bframes=0 "
    "threads=1 ! video/x-h264,profile=main ! h264parse config-interval=1 "
    "! rtph264pay name=pay0 pt=96 )"
)


class Factory(GstRtspServer.RTSPMediaFactory):
    """One shared pipeline, fed by `_feed`."""

    def __init__(self):
        super().__init__()
        self.set_shared(True)
        self.set_launch(LAUNCH)


def _picture(number):
    ms = int(time.time() * 1000) & 0xFFFFFFFF
    block = WIDTH // 32
    clock = b"".join((b"\xeb" if ms >> (31 - bit) & 1 else b"\x10") * block for bit in range(32))
    clock = clock.ljust(WIDTH, b"\x10")
    x = number * 6 % (WIDTH - 60)
    street = b"\x50" * x + b"\xc0" * 60 + b"\x50" * (WIDTH - 60 - x)
    rest = b"\x50" * (WIDTH * (HEIGHT - 140))
    return clock * 40 + street * 100 + rest + b"\x80" * (WIDTH * HEIGHT // 2)


def _feed(_factory, media):
    source = media.get_element().get_child_by_name("src")
    state = {"on": True, "number": 0}
    media.connect("unprepared", lambda _media: state.update(on=False))

    def tick():
        if not state["on"]:
            return False
        state["number"] += 1
        buffer = Gst.Buffer.new_wrapped(_picture(state["number"]))
        buffer.duration = Gst.SECOND // 25
        return source.emit("push-buffer", buffer) == Gst.FlowReturn.OK

    GLib.timeout_add(40, tick)


def main():
    """Serve `rtsp://127.0.0.1:PORT/clock` until killed."""
    Gst.init(None)
    factory = Factory()
    factory.connect("media-configure", _feed)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(PORT)
    server.get_mount_points().add_factory("/clock", factory)
    server.attach(None)
    print("ready", flush=True)
    GLib.MainLoop().run()


main()
