"""Kept answers that hold secrets are kept encrypted: JWE (RFC 7516), ``dir`` and A256GCM."""

import hashlib
import hmac

from joserfc import jwe
from joserfc.jwk import OctKey

_HEADER = {"alg": "dir", "enc": "A256GCM"}


class _OurOwn(jwe.JWERegistry):
    """Reads only what we write, and as much: the library stops at 64 KiB."""

    max_ciphertext_length = 16 * 1024 * 1024


_REGISTRY = _OurOwn(algorithms=tuple(_HEADER.values()))


class Sealer:
    """Encrypts with, and signs by, keys derived from the shop's secret."""

    def __init__(self, secret: str) -> None:
        self._sealing = OctKey.import_key(_derive(secret, "sealing"))
        self._signing = _derive(secret, "fingerprints")
        self._deriving = _derive(secret, "derived secrets")

    def seal(self, plain: bytes) -> bytes:
        return jwe.encrypt_compact(_HEADER, plain, self._sealing, registry=_REGISTRY).encode()

    def unseal(self, sealed: bytes) -> bytes:
        plain = jwe.decrypt_compact(sealed, self._sealing, registry=_REGISTRY).plaintext
        if plain is None:
            raise RuntimeError("a sealed answer holds nothing")
        return plain

    def fingerprint(self, *parts: bytes) -> str:
        """Sum up a request; keyed, so that a password in it cannot be guessed from the sum."""
        return hmac.new(self._signing, b"\0".join(parts), hashlib.sha256).hexdigest()

    def derive(self, purpose: str, name: str) -> str:
        """Make a secret that need not be kept: it is the same whenever it is asked for."""
        named = f"{purpose}\0{name}".encode()
        return hmac.new(self._deriving, named, hashlib.sha256).hexdigest()


def _derive(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()
