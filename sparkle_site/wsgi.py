"""Django's WSGI application: what the front runs in threads, and what any WSGI server can run."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sparkle_site.settings.development")

application = get_wsgi_application()
