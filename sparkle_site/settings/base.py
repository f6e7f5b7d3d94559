"""What every way of running shares. Values come from `env.py`, never from the environment directly."""

from __future__ import annotations

import mimetypes
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import available_timezones

from sparkle_site import embedded
from sparkle_site.jobs import make_huey
from sparkle_site.settings import env as environment
from sparkle_site.settings import limits
from sparkle_site.settings.apps import INSTALLED_APPS as INSTALLED_APPS
from sparkle_site.settings.apps import MIDDLEWARE as MIDDLEWARE
from sparkle_site.settings.connections import LimitedConnection
from sparkle_site.settings.identities import identities
from sparkle_site.settings.passwords import passwords

ROOT = Path(__file__).resolve().parents[2]


def load_environment(*, production: bool) -> environment.Environment:
    """The typed environment, or the end of the process with a message for people."""
    try:
        return environment.load(ROOT, production=production)
    except environment.SettingsError as error:
        sys.exit(f"\n{error}\n")


def database(url: str, env: environment.Environment) -> dict[str, Any]:
    """Django's entry for a PostgreSQL address; options of the query string are handed to libpq.

    Nobody waits longer than 5 s for a connection. The limit of a whole transaction is set by LimitedConnection.
    """
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "community.core.postgres",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "pool": {
                "connection_class": LimitedConnection,
                "min_size": 1,
                "max_size": env.database_pool_max,
                "timeout": 5,
                "max_idle": 300,
            },
            "options": f"-c statement_timeout={env.database_statement_timeout_ms}"
            " -c idle_in_transaction_session_timeout=10000 -c lock_timeout=10000"
            # What is prepared is chosen by hand: each of these has one good plan, whatever its values.
            " -c plan_cache_mode=force_generic_plan",
            "connect_timeout": 5,
            # How often a statement runs until it is prepared, where its cursor can do that (community/core/postgres).
            "prepare_threshold": 1 if env.database_prepared_statements else None,
            **query,
        },
    }


def cache(url: str) -> dict[str, Any]:
    """Django's cache entry: a call to Redis gives up within 250 ms and an error is a miss."""
    return {
        "BACKEND": "community.core.cache.ForgivingRedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "sparkle",
        "TIMEOUT": 300,
        "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25},
    }


def base(env: environment.Environment) -> dict[str, Any]:
    """All settings that depend on the environment; a settings module takes them over by `globals().update`."""
    private = embedded.addresses((ROOT / env.sparkle_var).resolve())
    database_url = env.database_url or private.database_url
    redis_url = env.redis_url or private.redis_url
    media: dict[str, Any] = (
        {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": env.s3_bucket,
                "endpoint_url": env.s3_endpoint_url or None,
                "region_name": env.s3_region or None,
                "file_overwrite": False,
                "querystring_auth": False,
            },
        }
        if env.s3_bucket
        else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    )
    #: Never behind a public address: the site hands these files out itself.
    for_one: dict[str, Any] = (
        {**media, "OPTIONS": {**media["OPTIONS"], "location": "private", "default_acl": "private",
                              "querystring_auth": True, "file_overwrite": True}}
        if env.s3_bucket
        else {**media, "OPTIONS": {"location": str((ROOT / env.private_root).resolve()), "base_url": None,
                                   "allow_overwrite": True, "file_permissions_mode": 0o600}}
    )  # fmt: skip
    return {
        "ENV": env,
        "DEBUG": env.debug,
        "DEMO": env.sparkle_demo,
        "SECRET_KEY": env.secret_key,
        "ENCRYPTION_KEYS": env.encryption_keys,
        "ALLOWED_HOSTS": env.allowed_hosts,
        "PUBLIC_URL": env.public_url.rstrip("/"),
        "WAGTAILADMIN_BASE_URL": env.public_url.rstrip("/"),
        "CSRF_TRUSTED_ORIGINS": [env.public_url.rstrip("/")] if env.public_url.startswith("https://") else [],
        "VAR": (ROOT / env.sparkle_var).resolve(),
        "DATABASES": {"default": database(database_url, env)},
        "DATABASE_TRANSACTION_TIMEOUT_MS": env.database_transaction_timeout_ms,
        "REDIS_URL": redis_url,
        "HUEY": make_huey(env.queue_url or redis_url, env.secret_key),
        "CACHES": {
            "default": cache(env.cache_url or redis_url),
            # Pages read in the picture's row what was made of it; Wagtail would ask Redis for each rendition besides.
            "renditions": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
        },
        "CHANNEL_LAYERS": {
            "default": {
                "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
                # redis-py's default of 5 s would end every idle socket
                # (https://github.com/django/channels_redis/issues/422).
                "CONFIG": {"hosts": [{"address": env.channels_url or redis_url, "socket_timeout": None}]},
            }
        },
        "MEDIA_ROOT": str((ROOT / env.media_root).resolve()),
        "STORAGES": {
            "default": media,
            "private": for_one,
            "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
        },
        "YOUTUBE_OEMBED_URL": env.youtube_oembed_url,
        "YOUTUBE_PICTURES_URL": env.youtube_pictures_url.rstrip("/"),
        "TRUSTED_PROXIES": env.trusted_proxies,
        "CLIENT_IP_HEADER": env.client_ip_header,
        "ALLAUTH_TRUSTED_PROXY_COUNT": env.trusted_proxies,
        "ALLAUTH_TRUSTED_CLIENT_IP_HEADER": env.client_ip_header or None,
        "GEOIP_DATABASE": env.geoip_database,
        "NETWORK_LIST": env.network_list,
        "STAFF_SECOND_FACTOR": env.staff_second_factor,
        "MINIMUM_AGE": env.minimum_age,
        "REFUSE_DISPOSABLE_MAIL": env.refuse_disposable_mail,
        "DISPOSABLE_MAIL_DOMAINS": env.disposable_mail_domains,
        "OFFLINE_PAGE": env.offline_page,
        "PAGE_CACHE_MB": env.page_cache_mb,
        "RATE_LIMIT_SCALE": env.rate_limit_scale,
        "CORS_ALLOWED_ORIGINS": env.cors_allowed_origins,
        "DEFAULT_FROM_EMAIL": env.default_from_email,
        "SERVER_EMAIL": env.default_from_email,
        "WORKER_THREADS": env.worker_threads,
        "METRICS_TOKEN": env.metrics_token,
        "WAGTAIL_HEADLESS_PREVIEW": {
            "CLIENT_URLS": {"default": env.headless_client_url or env.public_url},
            "ENFORCE_TRAILING_SLASH": False,
        },
        **passwords(env),
        **email(env),
        **identities(env),
    }


def email(env: environment.Environment) -> dict[str, Any]:
    """Mail by the servers of EMAIL_URL and EMAIL_URLS; without any, it is kept in files for /dev/mail/."""
    urls = [url for url in (env.email_url, *env.email_urls) if url]
    if urls:
        backend = {"EMAIL_BACKEND": "community.core.mail.transport.Backend"}
    else:
        backend = {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str((ROOT / env.sparkle_var / "mail").resolve()),
        }
    return {"EMAIL_URLS": urls, "EMAIL_HOURLY_LIMIT": env.email_hourly_limit, **backend}


ROOT_URLCONF = "sparkle_site.urls"
WSGI_APPLICATION = "sparkle_site.wsgi.application"
ASGI_APPLICATION = "sparkle_site.asgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cms.adapters.site",
            ],
            # `{% icon %}` and the parts that are rendered once stand in nearly every template.
            "builtins": ["community.core.templatetags.core"],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["community.accounts.adapters.PeopleBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "community.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "community.accounts.views.joining.JoinForm"
_VIEWS = "community.accounts.views"
ACCOUNT_FORMS = {"signup": f"{_VIEWS}.sign_up.SignUpForm", "add_email": f"{_VIEWS}.addresses.AddAddressForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 3600
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_USERNAME_VALIDATORS = "community.accounts.validators.username_validators"
ACCOUNT_SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
ACCOUNT_SESSION_REMEMBER = None
#: The code a new device is asked for while an account is being guessed at; nobody can ask for one otherwise.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
# All of these are counted in the database: allauth's own limits shut the door while the cache is away.
ACCOUNT_RATE_LIMITS = dict.fromkeys(
    ["login", "login_failed", "reauthenticate", "signup", "reset_password", "confirm_email"]
)
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "phone_number"
#: Another version asks everybody again.
TERMS_VERSION = "2026-11"
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
MFA_ADAPTER = "community.accounts.second_factor.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_COUNT = 10
USERSESSIONS_TRACK_ACTIVITY = False
HEADLESS_TOKEN_STRATEGY = "community.accounts.api.token_strategy.SessionTokenStrategy"  # noqa: S105
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 15 * 60
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 60 * 60 * 24 * 30
HEADLESS_CLIENTS = ("app", "browser")
HEADLESS_SPECIFICATION_TEMPLATE_NAME = None

SESSION_ENGINE = "community.accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "sparkle_site.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024 * 2
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
WAGTAIL_I18N_ENABLED = False
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = ROOT / "var" / "static"
STATICFILES_DIRS = [ROOT / "sparkle_site" / "static"]
MEDIA_URL = "/media/"
# Python's own table does not know it, and small machines have no other.
mimetypes.add_type("image/webp", ".webp")
WHITENOISE_MAX_AGE = 60 * 60

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FILE_UPLOAD_PERMISSIONS = 0o644

WAGTAIL_SITE_NAME = "Sparkle Universe"
WAGTAILIMAGES_IMAGE_MODEL = "cms.CustomImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.adapters.PictureForm"
WAGTAILDOCS_DOCUMENT_MODEL = "cms.CustomDocument"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 64 * 1024 * 1024
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "key", "odt", "pdf", "pptx", "rtf", "txt", "xlsx", "zip"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "sparkle"}}
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_LOGIN_URL = "/cms/login/"
# Systems list zones besides that browsers refuse, such as "localtime".
WAGTAIL_USER_TIME_ZONES = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
# Wagtail's migrations bring a workflow for a group that has no way into the admin here.
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ALLOW_UNICODE_SLUGS = True
TAGGIT_CASE_INSENSITIVE = True
TAG_SPACES_ALLOWED = True
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
WAGTAILEMBEDS_FINDERS = [{"class": "wagtail.embeds.finders.oembed"}]

REST_FRAMEWORK: dict[str, Any] = {"UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser"}

# The document is made for our own addresses (community/core/api/document.py); this check would read all.
SPECTACULAR_SETTINGS = {
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    # Fields called `state` that say different things.
    "ENUM_NAME_OVERRIDES": {
        "JobState": "community.core.models.Job.State",
        "FollowState": "community.follows.choices.State",
        "FollowStanding": "community.follows.api.serializers.STATES",
        "ReportState": "community.moderation.choices.State",
    },
}

DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None

API_MAX_BODY_BYTES = 1024 * 1024
API_MAX_DEPTH = 32
RATE_LIMITS = limits.RATE_LIMITS
TRUST_RAISES_LIMITS = limits.TRUST_RAISES_LIMITS
