"""What Django and Wagtail call by dotted path: the context around every page, and the admin's form of pictures."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import get_language
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.models import Site

from cms import selectors
from community.accounts.selectors import author_card, may_open_admin
from community.core import images, languages

THEMES = ("dark", "light", "system")
ADMIN_PATHS = ("/cms/", "/django-admin/", "/api")


def site(request: HttpRequest) -> dict[str, Any]:
    """Names, theme, menus and the signed-in viewer. The admins need none of it and pay nothing."""
    if request.path.startswith(ADMIN_PATHS):
        return {}
    viewer = getattr(request, "user", None)
    frame = selectors.get_frame(site=site_of(request), viewer=viewer)
    theme = request.COOKIES.get("theme", "dark")
    may_write = may_open_admin(viewer)
    return {
        "site_name": settings.WAGTAIL_SITE_NAME,
        "theme": theme if theme in THEMES else "dark",
        "nav": {"main": with_current(frame.main, request.path), "footer": frame.footer},
        "tagline": frame.tagline,
        "announcements": frame.announcements,
        "demo": settings.DEMO,
        "kept_mail": settings.KEPT_MAIL,
        "viewer": viewer_card(request),
        "studio_url": "/cms/" if may_write else "",
        "write_url": "/cms/write/" if may_write else "",
        "start_url": languages.localized("/"),
        "public_url": settings.PUBLIC_URL,
        "canonical_url": canonical_url(request),
        "languages": [
            {
                "code": code,
                "name": name,
                "url": languages.in_language(languages.without_language(request.path), code),
                "current": code == get_language(),
            }
            for code, name in settings.LANGUAGES
        ],
        **demo_accounts(request),
    }


def canonical_url(request: HttpRequest) -> str:
    """The one address of this page: without a language, and of a list's later pages with their number."""
    number = request.GET.get("page", "")
    later = f"?page={int(number)}" if number.isdecimal() and len(number) < 6 and int(number) > 1 else ""
    return f"{settings.PUBLIC_URL}{languages.without_language(request.path)}{later}"


def site_of(request: HttpRequest) -> Site | None:
    """The site that answers `request`; pages of the tree have found it already."""
    if hasattr(request, "_wagtail_site"):
        found: Site | None = request._wagtail_site
        return found
    return selectors.remember_site(request.get_host(), lambda: Site.find_for_request(request))


def with_current(links: Iterable[selectors.MenuLink], path: str) -> list[dict[str, Any]]:
    """The links as a menu shows them: the one that leads nearest to `path` is marked."""
    start = languages.localized("/")
    entries = [dataclasses.asdict(link) for link in links]
    near = [
        entry["url"]
        for entry in entries
        if path == entry["url"]
        or (path.startswith(entry["url"]) and entry["url"].endswith("/") and entry["url"] != start)
    ]
    current = max(near, key=len, default="")
    return [{**entry, "current": bool(current) and entry["url"] == current} for entry in entries]


def viewer_card(request: HttpRequest) -> Any:
    """The card of the signed-in person; a guest without session costs no query."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return author_card(user)


def demo_accounts(request: HttpRequest) -> dict[str, Any]:
    """The accounts of the demonstration, for the sign-in page."""
    if not settings.DEMO or not languages.without_language(request.path).startswith("/account/"):
        return {}
    from cms import demo

    return {"demo_accounts": demo.demo_accounts(), "demo_password": demo.DEMO_PASSWORD}


class PictureField(WagtailImageField):
    """A picture by its content. Wagtail's own check comes after: some broken files make it fail, not refuse."""

    def to_python(self, data: Any) -> Any:
        """The uploaded file. Raises ValidationError for anything that core.images does not let in."""
        if data in self.empty_values:
            return None
        try:
            images.check(data)
        except images.Refused as error:
            raise ValidationError(str(error.message), code="invalid_image") from error
        return super().to_python(data)


class PictureForm(BaseImageForm):
    """Wagtail's form of pictures, for one and for many at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("file")
        if field is not None:
            self.fields["file"] = PictureField(label=field.label, required=field.required, widget=field.widget)
