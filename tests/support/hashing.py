"""Hashers for tests: quick ones, and one that counts."""

from __future__ import annotations

from community.accounts.hashers import Argon2, PepperedArgon2


class QuickArgon2(Argon2):
    """Argon2 at the least cost there is."""

    time_cost, memory_cost = 1, 8


class QuickPeppered(PepperedArgon2):
    """The peppered one at the least cost there is."""

    time_cost, memory_cost = 1, 8


class CountingArgon2(QuickArgon2):
    """Counts each hash it makes, also those made only for the time they take."""

    hashes = 0

    def encode(self, password: str, salt: str) -> str:
        """A hash."""
        type(self).hashes += 1
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Is it this password?"""
        type(self).hashes += 1
        return super().verify(password, encoded)
