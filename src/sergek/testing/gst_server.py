"""A small RTSP server on Debian's GStreamer; run by `testing.rtsp` with /usr/bin/python3.

Standard input is JSON: {"mounts": {"/name": {"launch": …, "stream": …, "units": …, "fps": …}},
"user": …, "password": …}. Prints its port.
"""
# mypy: ignore-errors

import json
import pathlib
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402


def main() -> None:
    """Serve until killed."""
    wanted = json.load(sys.stdin)
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    if wanted.get("user"):
        _protect(server, wanted["user"], wanted["password"])
    mounts = server.get_mount_points()
    for path, mount in wanted["mounts"].items():
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(mount["launch"])
        if "units" in mount:
            data = pathlib.Path(mount["stream"]).read_bytes()
            lag_s = mount["lag_s"]
            factory.connect("media-configure", _feed, data, mount["units"], mount["fps"], lag_s)
        factory.set_shared(mount.get("shared", False))
        factory.set_protocols(GstRtsp.RTSPLowerTrans.TCP)
        if wanted.get("user"):
            permissions = GstRtspServer.RTSPPermissions()
            permissions.add_permission_for_role("viewer", "media.factory.access", True)
            permissions.add_permission_for_role("viewer", "media.factory.construct", True)
            factory.set_permissions(permissions)
        mounts.add_factory(path, factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


def _feed(
    _factory: object,
    media: GstRtspServer.RTSPMedia,
    data: bytes,
    units: list,
    fps: float,
    lag_s: float,
) -> None:
    """Push one access unit per frame interval; time stamps run on over the loop's end."""
    source = media.get_element().get_child_by_name("src")
    step_ns = round(Gst.SECOND / fps)
    state = {"index": 0, "began": None}

    def push() -> bool:
        if state["began"] is None:
            state["began"] = GLib.get_monotonic_time()
        passed_ns = (GLib.get_monotonic_time() - state["began"]) * 1000
        # After the first second the stream is late, and stays so.
        lag_ns = lag_s * Gst.SECOND if state["index"] >= fps else 0
        while state["index"] * step_ns <= passed_ns - lag_ns:
            offset, size = units[state["index"] % len(units)]
            buffer = Gst.Buffer.new_wrapped(data[offset : offset + size])
            buffer.pts = buffer.dts = state["index"] * step_ns
            buffer.duration = step_ns
            state["index"] += 1
            if source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
                return False
        return True

    GLib.timeout_add(max(5, step_ns // 2_000_000), push)


def _protect(server: GstRtspServer.RTSPServer, user: str, password: str) -> None:
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)


main()
