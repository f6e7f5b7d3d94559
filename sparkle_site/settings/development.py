"""One machine, private engines, mail in the browser: development and the demonstration."""

from sparkle_site.settings.base import *
from sparkle_site.settings.base import MIDDLEWARE, base, load_environment
from sparkle_site.settings.logs import logging

ENV = load_environment(production=False)
globals().update(base(ENV))
LOGGING = logging(ENV)

# Files are served as they lie in the source folders: nothing has to be collected before a first start.
STORAGES = {
    **base(ENV)["STORAGES"],
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = ENV.debug
MIDDLEWARE = list(MIDDLEWARE)
SERVE_MEDIA = not ENV.s3_bucket
KEPT_MAIL = not (ENV.email_url or ENV.email_urls)
