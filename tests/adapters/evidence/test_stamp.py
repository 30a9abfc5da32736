"""Time stamps, against an authority of our own made with OpenSSL."""

import shutil
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sergek.adapters.evidence.container import SIGNATURE, pack, unpack
from sergek.adapters.evidence.stamp import STAMP, fetch_stamp, read_stamp
from sergek.adapters.evidence.verify import verify
from sergek.core.errors import Unavailable

OPENSSL = shutil.which("openssl")

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="apt-get install openssl")

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Test authority
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_cert = {folder}/leaf.pem
signer_key = {folder}/leaf.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ordering = no
ess_cert_id_alg = sha256
"""


def openssl(*words, **more):
    return subprocess.run([OPENSSL, *map(str, words)], check=True, capture_output=True, **more)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """Its address and its root certificate."""
    folder = tmp_path_factory.mktemp("tsa")
    config = folder / "tsa.cnf"
    config.write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    make = ("req", "-new", "-newkey", "rsa:2048", "-nodes", "-config", config)
    openssl(*make, "-x509", "-days", "30", "-extensions", "root", "-subj", "/CN=Test root",
            "-keyout", folder / "root.key", "-out", folder / "root.pem")  # fmt: skip
    openssl(*make, "-keyout", folder / "leaf.key", "-out", folder / "leaf.csr")
    openssl("x509", "-req", "-in", folder / "leaf.csr", "-CA", folder / "root.pem",
            "-CAkey", folder / "root.key", "-CAcreateserial", "-days", "30",
            "-extfile", config, "-extensions", "leaf", "-out", folder / "leaf.pem")  # fmt: skip

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            assert self.headers["Content-Type"] == "application/timestamp-query"
            query = folder / "query.tsq"
            query.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            openssl("ts", "-reply", "-config", config, "-section", "own", "-queryfile", query,
                    "-out", folder / "answer.tsr")  # fmt: skip
            self.send_response(200)
            self.end_headers()
            self.wfile.write((folder / "answer.tsr").read_bytes())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", (folder / "root.pem").read_text()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def stamped(case, authority):
    return case.again(stamp=partial(fetch_stamp, authority[0]))


def checks(data, trust):
    report = verify(data, trust, "0" * 64)
    return report.ok, {check.name: check for check in report.checks}


def test_a_stamp_shows_when_the_signature_existed(case, authority, stamped):
    """By a root on the trust list; the rest of the package is as without it."""
    trust = case.trust.model_copy(update={"stamp_roots": (authority[1],)})
    ok, found = checks(stamped.data, trust)
    assert ok
    assert "RFC 3161" in found["stamp"].detail
    assert "not on the trust list" not in found["stamp"].detail
    items = unpack(stamped.data)
    told = read_stamp(items[STAMP], items[SIGNATURE], (authority[1],))
    assert told.trusted
    assert abs(told.stamped_at - datetime.now(UTC)) < timedelta(minutes=10)


def test_without_a_root_on_the_list_the_stamp_is_shown_but_not_vouched_for(case, stamped):
    """It says so in words."""
    ok, found = checks(stamped.data, case.trust)
    assert ok
    assert "its authority is not on the trust list" in found["stamp"].detail


def test_a_stamp_of_another_signature_is_refused_and_named(case, authority, stamped):
    """A stamp cannot be moved from one package to the next."""
    items = unpack(case.original.data) | {STAMP: unpack(stamped.data)[STAMP]}
    items[SIGNATURE] = case.device.sign(b"something else")
    ok, found = checks(pack(items), case.trust)
    assert not ok
    assert "another signature" in found["stamp"].detail


def test_a_changed_stamp_does_not_hold(case, authority, stamped):
    """A byte of the authority's own signature."""
    items = unpack(stamped.data)
    changed = bytearray(items[STAMP])
    changed[-5] ^= 1
    trust = case.trust.model_copy(update={"stamp_roots": (authority[1],)})
    ok, found = checks(pack(items | {STAMP: bytes(changed)}), trust)
    assert not ok
    assert not found["stamp"].ok


def test_an_authority_that_is_away_costs_nothing_but_the_stamp(case):
    """The package is sealed without one."""
    with pytest.raises(Unavailable, match="does not answer"):
        fetch_stamp("http://127.0.0.1:1/", b"x")
    sealed = case.again(stamp=partial(fetch_stamp, "http://127.0.0.1:1/"))
    assert STAMP not in unpack(sealed.data)
    assert verify(sealed.data, case.trust, "0" * 64).ok
