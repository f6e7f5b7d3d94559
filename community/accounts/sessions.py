"""Sessions in the database, as Django keeps them (SESSION_ENGINE); only reading one is written anew, for its cost."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from community.core.postgres import prepared

_DATA = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseStore):
    """Django's store; every request of somebody who is signed in reads one row of it."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key any more, when there is none or it has ended."""
        found = prepared.row(_DATA, [self.session_key, timezone.now()])
        if found is None:
            self._session_key = None
            return {}
        return dict(self.decode(found[0]))
