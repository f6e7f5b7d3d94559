"""The Wagtail admin, made the site's own; importing this registers its parts."""

from cms.wagtail_hooks import (
    branding,
    creators,
    dashboard,
    deleting,
    joining,
    listing,
    policy,
    saving,
    searching,
    snippets,
    writing,
)

__all__ = [
    "branding",
    "creators",
    "dashboard",
    "deleting",
    "joining",
    "listing",
    "policy",
    "saving",
    "searching",
    "snippets",
    "writing",
]
