"""How often people may do what."""

from __future__ import annotations

RATE_LIMITS = {
    # name: (how many, in how many seconds)
    "api": (100, 60),
    "auth-start": (5, 15 * 60),
    "auth-start-account": (3, 60 * 60),
    "auth-identity": (60, 15 * 60),
    "strength": (30, 60),
    "write": (10, 60),
    "act": (120, 60),
    "upload": (20, 3600),
}
#: By trust level, 0 to 4: the limits of writing, acting and uploading are multiplied by it.
TRUST_RAISES_LIMITS = (1, 1, 1.5, 2, 3)
