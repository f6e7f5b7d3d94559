"""The test suite: real private engines of its own, quick passwords, mail in memory."""

import dataclasses

from sparkle_site.settings.base import *
from sparkle_site.settings.base import base, load_environment
from sparkle_site.settings.logs import logging

ENV = load_environment(production=False)
globals().update(base(ENV))
LOGGING = logging(dataclasses.replace(ENV, log_level="warning"))

DEBUG = False
#: Most tests run in one transaction each.
DATABASE_TRANSACTION_TIMEOUT_MS = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
#: Asked where a test is about it.
MINIMUM_AGE = 0
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **base(ENV)["STORAGES"],
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
SERVE_MEDIA = True
KEPT_MAIL = True
#: Of this machine, "host:port", for a server that stands for another site. No other settings have this.
OUTBOUND_TEST_HOSTS: set[str] = set()
