"""Keys, and the published list of those that may be trusted.

Signatures are Ed25519 (RFC 8032). A key is named by its fingerprint, the SHA-256 of its 32 raw
bytes; a trust list by the SHA-256 of its file, which stands on the prescription.
"""

import base64
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from sergek.adapters.disk.durable import keep_secret
from sergek.core.errors import ConfigError, NotFound
from sergek.core.given import given_bytes

__all__ = ["SigningKey", "TrustList", "TrustedKey", "load_trust"]

# Crockford's base 32: nothing in it is taken for something else when read from paper.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FROZEN = ConfigDict(frozen=True, extra="forbid")


class SigningKey:
    """A private key of a device or of the centre; never printed."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def open(cls, path: Path) -> "SigningKey":
        """The key in a PEM file, made there (readable by its owner only) if there is none."""
        if not path.exists():
            key = Ed25519PrivateKey.generate()
            data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            if keep_secret(path, data) == data:
                return cls(key)
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"{path.name} can be read by others: chmod 600 it")
        try:
            loaded = load_pem_private_key(path.read_bytes(), None)
        except ValueError:
            raise ConfigError(f"{path.name} holds no private key in PEM") from None
        if not isinstance(loaded, Ed25519PrivateKey):
            raise ConfigError(f"{path.name} holds a key that is not Ed25519")
        return cls(loaded)

    @property
    def public_bytes(self) -> bytes:
        """The 32 raw bytes of the public key."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key."""
        return hashlib.sha256(self.public_bytes).hexdigest()

    def sign(self, data: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(data)

    def code_of(self, name: str) -> str:
        """Twelve letters and digits that only the key's holder can tell for a name (60 bits)."""
        digest = hashlib.sha256(self.sign(b"sergek-code\n" + name.encode())).digest()
        number = int.from_bytes(digest[:8], "big")
        return "".join(_LETTERS[number >> 5 * i & 31] for i in range(12))

    def trusted(
        self, owner: str, role: Literal["device", "centre"], valid_from: datetime
    ) -> "TrustedKey":
        """The entry by which a trust list names this key."""
        return TrustedKey(
            fingerprint=self.fingerprint,
            public_key=base64.b64encode(self.public_bytes).decode(),
            owner=owner,
            role=role,
            valid_from=valid_from,
        )


class TrustedKey(BaseModel):
    """One key: whose it is, for what, from when; `revoked_from` is when it stopped being safe."""

    model_config = _FROZEN

    fingerprint: str = Field(pattern=r"^[0-9a-f]{64}$")
    public_key: str
    owner: str
    role: Literal["device", "centre"]
    valid_from: AwareDatetime
    valid_until: AwareDatetime | None = None
    revoked_from: AwareDatetime | None = None
    revoked_because: str = ""

    def refusal(self, role: str, when: datetime) -> str | None:
        """Why the key may not have signed as that role at that moment; None if it may."""
        if self.role != role:
            return f"the key of {self.owner} is a {self.role} key, not a {role} key"
        if self.revoked_from is not None and when >= self.revoked_from:
            return (
                f"the key of {self.owner} is revoked: {self.revoked_because or 'no reason given'}"
            )
        if when < self.valid_from or (self.valid_until is not None and when >= self.valid_until):
            return f"the key of {self.owner} was not valid on {when.date()}"
        return None

    @property
    def consistent(self) -> bool:
        """Whether the fingerprint is that of the public key."""
        raw = base64.b64decode(self.public_key)
        return hashlib.sha256(raw).hexdigest() == self.fingerprint

    def signed(self, data: bytes, signature: bytes) -> bool:
        """Whether this key made that signature."""
        if not self.consistent:
            return False
        raw = base64.b64decode(self.public_key)
        try:
            Ed25519PublicKey.from_public_bytes(raw).verify(signature, data)
        except InvalidSignature:
            return False
        return True


class TrustList(BaseModel):
    """All keys that may be trusted, as published; `stamp_roots` are PEM certificates of the time
    stamp authorities (RFC 3161) whose word counts."""

    model_config = _FROZEN

    format: Literal["sergek-trust"] = "sergek-trust"
    version: Literal[1] = 1
    published_at: AwareDatetime
    keys: tuple[TrustedKey, ...]
    stamp_roots: tuple[str, ...] = ()

    def find(self, fingerprint: str) -> TrustedKey | None:
        """The key of that fingerprint."""
        return next((key for key in self.keys if key.fingerprint == fingerprint), None)

    def meant(self, beginning: str) -> TrustedKey:
        """The one key whose fingerprint begins so: at least 8 hexadecimal digits.

        `ConfigError` for fewer or if several do, `NotFound` if none does.
        """
        if len(beginning) < 8:
            raise ConfigError("A key is named by at least 8 digits of its fingerprint.")
        found = [key for key in self.keys if key.fingerprint.startswith(beginning.lower())]
        if not found:
            raise NotFound(f"No key on the trust list begins with {beginning}.")
        if len(found) > 1:
            raise ConfigError(f"{len(found)} keys begin with {beginning}: give more digits.")
        return found[0]


def load_trust(path: Path) -> tuple[TrustList, str]:
    """The list and its fingerprint; `ConfigError` if the file is none."""
    try:
        data = given_bytes(path)
        return TrustList.model_validate_json(data), hashlib.sha256(data).hexdigest()
    except ValidationError:
        raise ConfigError(f"{path.name} is no trust list") from None
