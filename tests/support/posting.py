"""The settings of tests, with mail that goes to the servers of EMAIL_URLS."""

from sparkle_site.settings.test import *  # noqa: F403

EMAIL_BACKEND = "community.core.mail.transport.Backend"
