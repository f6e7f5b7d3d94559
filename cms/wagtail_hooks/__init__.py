"""The Wagtail admin, made the site's own; importing this registers its parts."""

from cms.wagtail_hooks import branding, dashboard, deleting, listing, policy, saving, searching, snippets, writing

__all__ = ["branding", "dashboard", "deleting", "listing", "policy", "saving", "searching", "snippets", "writing"]
