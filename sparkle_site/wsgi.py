"""Django's WSGI application: what the front runs in threads, and what any WSGI server can run."""

import os

from django.core.signals import request_started
from django.core.wsgi import get_wsgi_application

from sparkle_site.settings.connections import limit_transactions

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sparkle_site.settings.development")

application = get_wsgi_application()
# By the first request rather than now: a worker may be forked from a process that has imported this.
request_started.connect(limit_transactions)
