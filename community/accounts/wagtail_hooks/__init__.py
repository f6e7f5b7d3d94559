"""People and the audit log in the Wagtail admin; importing this registers its parts."""

from community.accounts.wagtail_hooks import audit, people

__all__ = ["audit", "people"]
