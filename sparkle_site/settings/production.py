"""A real installation: every needed variable set, cookies by https only, no demonstration."""

from sparkle_site.settings.base import *
from sparkle_site.settings.base import base, load_environment
from sparkle_site.settings.logs import logging

ENV = load_environment(production=True)
globals().update(base(ENV))
LOGGING = logging(ENV)

DEBUG = False
if ENV.sentry_dsn:
    import sentry_sdk

    sentry_sdk.init(dsn=ENV.sentry_dsn, send_default_pii=False)
SERVE_MEDIA = not ENV.s3_bucket
KEPT_MAIL = False
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
