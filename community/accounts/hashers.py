"""How passwords are kept: Argon2id, with a secret of the site before it where one is set."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, mask_hash
from django.utils.translation import gettext_noop as _

log = structlog.get_logger(__name__)


class Argon2(Argon2PasswordHasher):
    """Argon2id as the OWASP Password Storage Cheat Sheet has it: 19 MiB, two passes, one lane.

    A hash takes some 20 ms of one core, so that 20 people who sign in at once do not hold up the others' pages.
    Hashes with other costs are made anew when their owner signs in.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


class PepperedArgon2(Argon2):
    """The same over HMAC-SHA-256 of the password under the newest of PASSWORD_PEPPERS.

    Stored as `argon2_peppered$<name of the pepper>$<hash of Argon2>`. Hashes under an older pepper, or none, still
    verify and are made anew at the next sign-in. The keyed hash is of any length, so no end of a password is cut off.
    """

    algorithm = "argon2_peppered"

    def encode(self, password: str, salt: str) -> str:
        """The text to store. Raises ValueError without a pepper: it is no hasher to make new hashes with then."""
        newest = next(iter(peppers().items()), None)
        if newest is None:
            raise ValueError("PASSWORD_PEPPERS is empty.")
        name, pepper = newest
        _algorithm, _mark, rest = super().encode(keyed(password, pepper), salt).partition("$")
        return f"{self.algorithm}${name}${rest}"

    def decode(self, encoded: str) -> dict[str, Any]:
        """The parts of a stored text; `pepper` is the name of the one it was made with."""
        _algorithm, name, rest = encoded.split("$", 2)
        parts: dict[str, Any] = Argon2().decode(f"{Argon2.algorithm}${rest}")
        return {**parts, "algorithm": self.algorithm, "pepper": name}

    def verify(self, password: str, encoded: str) -> bool:
        """Is it this password? Never when its pepper is not among the settings; that takes as long."""
        _algorithm, name, rest = encoded.split("$", 2)
        pepper = peppers().get(name)
        if pepper is None:
            log.error("password_pepper_missing", pepper=name)
        given = keyed(password, pepper or secrets.token_urlsafe(32))
        return bool(Argon2().verify(given, f"{Argon2.algorithm}${rest}")) and pepper is not None

    def must_update(self, encoded: str) -> bool:
        """Was it made with another pepper than the newest, or at another cost?"""
        return self.decode(encoded)["pepper"] != next(iter(peppers()), "") or bool(super().must_update(encoded))

    def safe_summary(self, encoded: str) -> Any:
        """What the admin shows of a stored text."""
        parts = self.decode(encoded)
        return {
            _("algorithm"): parts["algorithm"],
            _("pepper"): parts["pepper"],
            _("memory cost"): parts["memory_cost"],
            _("time cost"): parts["time_cost"],
            _("parallelism"): parts["parallelism"],
            _("hash"): mask_hash(parts["hash"]),
        }


def keyed(password: str, pepper: str) -> str:
    """HMAC-SHA-256 (RFC 2104) of a password under a pepper, in hexadecimal."""
    return hmac.new(pepper.encode(), password.encode(), hashlib.sha256).hexdigest()


def peppers() -> dict[str, str]:
    """The peppers of the settings by name, the newest first; a name tells nothing of a long random text."""
    return {hashlib.sha256(f"pepper:{each}".encode()).hexdigest()[:8]: each for each in settings.PASSWORD_PEPPERS}
