"""What Django calls by dotted path: the context every page of the site has around its content."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cms import selectors
from community.accounts.selectors import author_card, may_open_admin

THEMES = ("dark", "light", "system")
ADMIN_PATHS = ("/cms/", "/django-admin/", "/api")
ICONS = {"creatorindexpage": "star", "sectionpage": "compass", "standardpage": "page"}


def site(request: HttpRequest) -> dict[str, Any]:
    """Names, theme, menus and the signed-in viewer. The admins need none of it and pay nothing."""
    if request.path.startswith(ADMIN_PATHS):
        return {}
    items = selectors.list_navigation()
    main = [{"label": _("Home"), "url": "/", "icon": "home", "current": request.path == "/"}]
    main += [
        {
            "label": item.label,
            "url": item.url,
            "icon": ICONS.get(item.kind, "page"),
            "current": request.path.startswith(item.url),
        }
        for item in items
        if item.kind != "standardpage"
    ]
    about = [{"label": item.label, "url": item.url} for item in items if item.kind == "standardpage"]
    theme = request.COOKIES.get("theme", "dark")
    return {
        "site_name": settings.WAGTAIL_SITE_NAME,
        "theme": theme if theme in THEMES else "dark",
        "nav": {"main": main, "footer": [{"title": _("About"), "links": about}] if about else []},
        "demo": settings.DEMO,
        "kept_mail": settings.KEPT_MAIL,
        "viewer": viewer_card(request),
        "studio_url": "/cms/" if may_open_admin(request.user) else "",
        "canonical_url": f"{settings.PUBLIC_URL}{request.path}",
        **demo_accounts(request),
    }


def viewer_card(request: HttpRequest) -> Any:
    """The card of the signed-in person; a guest without session costs no query."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return author_card(user)


def demo_accounts(request: HttpRequest) -> dict[str, Any]:
    """The accounts of the demonstration, for the sign-in page."""
    if not settings.DEMO or not request.path.startswith("/account/"):
        return {}
    from cms import demo

    return {"demo_accounts": demo.demo_accounts(), "demo_password": demo.DEMO_PASSWORD}
