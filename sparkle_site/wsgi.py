"""Django's WSGI application: what the front runs in threads, and what any WSGI server can run."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.signals import request_started
from django.core.wsgi import get_wsgi_application

from sparkle_site.settings.connections import limit_transactions

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sparkle_site.settings.development")

django = get_wsgi_application()
# By the first request rather than now: a worker may be forked from a process that has imported this.
request_started.connect(limit_transactions)

#: Values in that frame. It takes a little more than half of a piece of 256 KB, so 124 KB are left for a request;
#: memory that is not touched costs nothing.
ROOM = 16_500


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's answer, made with room for its calls.

    CPython keeps the frames of a thread in pieces of 16 KB, and gives one back to the system as soon as it is empty
    (``_PyThreadState_PushFrame`` in Python/pystate.c). Where a loop stands at the end of a piece, each of its calls
    asks the system for memory and gives it back: that was a tenth of the time of a page. One frame that is as large
    as what others need beneath it gets a piece that holds them all.
    """
    return django(environ, start_response)


application.__code__ = application.__code__.replace(co_stacksize=ROOM)
