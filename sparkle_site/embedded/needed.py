"""Which private engines this process needs, by its settings: those whose address is not set."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from sparkle_site.embedded.holder import Holder, hold
from sparkle_site.embedded.places import PROJECT
from sparkle_site.settings import env as environment

DEVELOPMENT = "sparkle_site.settings.development"


def hold_needed(progress: Callable[[str], None]) -> Holder | None:
    """Holds the engines whose address is not set; None when none is needed, as always in production settings.

    Raises EngineError. Ends the process with a message for people when the settings cannot be read.
    """
    if os.environ.setdefault("DJANGO_SETTINGS_MODULE", DEVELOPMENT).endswith(".production"):
        return None
    try:
        env = environment.load(PROJECT)
    except environment.SettingsError as error:
        sys.exit(f"\n{error}\n")
    redis_everywhere = env.redis_url or (env.cache_url and env.channels_url and env.queue_url)
    postgres, valkey = not env.database_url, not redis_everywhere
    if not postgres and not valkey:
        return None
    return hold(PROJECT / env.sparkle_var, postgres=postgres, valkey=valkey, progress=progress)
