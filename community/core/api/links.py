"""Addresses in answers are absolute, so that frontends elsewhere can use them as they are."""

from __future__ import annotations

from django.conf import settings

from community.core.languages import without_language


def absolute(address: str) -> str:
    """`address` with the site's PUBLIC_URL in front, unless it names a host itself; without a language in the path.

    The Host header of the request is not used: it would let a client decide what others read from a cache.
    """
    return f"{settings.PUBLIC_URL}{without_language(address)}" if address.startswith("/") else address
