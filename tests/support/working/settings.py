"""The settings of tests with one app more."""

from sparkle_site.settings.test import *  # noqa: F403
from sparkle_site.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.support.working"]
