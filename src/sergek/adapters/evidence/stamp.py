"""Time stamps by a third party (RFC 3161) over a package's signature.

A stamp shows that the signature existed at that moment, also to somebody who fears that the
device's key was stolen later. Optional: needs the extra `stamp` (rfc3161-client, Apache-2.0).
"""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from sergek.core.errors import ConfigError, Corrupt, Unavailable

__all__ = ["STAMP", "Stamp", "fetch_stamp", "read_stamp"]

STAMP = "manifest.tsr"
_ANSWER_S = 5.0
_MOST_BYTES = 64 * 1024
_MISSING = "time stamps need one more package: pip install 'sergek[stamp]'"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a stamp says: when, by whom, and whether a trusted root stands behind it.

    `fault` says what is wrong with it, if anything is.
    """

    stamped_at: datetime | None
    trusted: bool
    fault: str = ""


def fetch_stamp(url: str, signature: bytes) -> bytes:
    """The authority's response over the signature; `Unavailable` if it gives none.

    `url` takes `application/timestamp-query` by POST (RFC 3161, section 3.4).
    """
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
    except ImportError:
        raise ConfigError(_MISSING) from None
    if not url.startswith(("http://", "https://")):
        raise ConfigError("the time stamp authority's address begins with http:// or https://")
    builder = TimestampRequestBuilder().data(signature).hash_algorithm(HashAlgorithm.SHA256)
    query = urllib.request.Request(
        url,
        data=builder.build().as_bytes(),
        headers={"Content-Type": "application/timestamp-query"},
    )
    try:
        with urllib.request.urlopen(query, timeout=_ANSWER_S) as answer:
            data: bytes = answer.read(_MOST_BYTES)
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise Unavailable(f"the time stamp authority does not answer: {reason}") from None
    found = read_stamp(data, signature, ())
    if found.fault:
        raise Unavailable(f"the time stamp authority's answer is of no use: {found.fault}")
    return data


def read_stamp(data: bytes, signature: bytes, roots: Sequence[str]) -> Stamp:
    """What the stamp says of that signature; `roots` are PEM certificates that are trusted."""
    try:
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response
    except ImportError:
        return Stamp(None, trusted=False, fault=_MISSING)
    try:
        response = decode_timestamp_response(data)
        info = response.tst_info
        digest, at = info.message_imprint.message, info.gen_time
    except ValueError:
        return Stamp(None, trusted=False, fault="the stamp cannot be read")
    if digest != hashlib.sha256(signature).digest():
        return Stamp(at, trusted=False, fault="the stamp is for another signature")
    if not roots:
        return Stamp(at, trusted=False)
    builder = VerifierBuilder(roots=[_certificate(pem) for pem in roots])
    try:
        builder.build().verify(response, digest)
    except VerificationError as error:
        return Stamp(at, trusted=False, fault=f"the stamp does not hold: {error}")
    return Stamp(at, trusted=True)


def _certificate(pem: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        raise Corrupt("a root of the trust list is no certificate") from None
