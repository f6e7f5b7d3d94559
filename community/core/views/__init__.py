"""Pages of a development or demonstration site: its kept mail, and every piece the site is made of."""

from community.core.views.mail import kept_mail, kept_message
from community.core.views.styleguide import styleguide

__all__ = ["kept_mail", "kept_message", "styleguide"]
