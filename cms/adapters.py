"""What Django and Wagtail call by dotted path: the context around every page, and the admin's form of pictures."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.models import Site

from cms import selectors
from community.accounts.selectors import AuthorCard, author_card, may_open_admin
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
    studio_url = "/cms/" if may_open_admin(viewer) else ""
    write_url = "/cms/write/" if studio_url and selectors.may_add_pages(viewer) else ""
    menu = with_current(frame.main, request.path)
    card = viewer_card(request)
    return {
        "site_name": settings.WAGTAIL_SITE_NAME,
        "theme": theme if theme in THEMES else "dark",
        "nav": {
            "main": menu,
            "below": links_below(menu, viewer=card, write_url=write_url, path=request.path),
            "footer": frame.footer,
        },
        "tagline": frame.tagline,
        "announcements": frame.announcements,
        "demo": settings.DEMO,
        "kept_mail": settings.KEPT_MAIL,
        "viewer": card,
        "impersonation": getattr(request, "impersonation", None),
        "studio_url": studio_url,
        "write_url": write_url,
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


def with_current(links: Sequence[selectors.MenuLink], path: str) -> list[dict[str, Any]]:
    """The links as a menu shows them: the one that leads nearest to `path` is marked."""
    start = languages.localized("/")
    near = [
        link.url
        for link in links
        if path == link.url or (path.startswith(link.url) and link.url.endswith("/") and link.url != start)
    ]
    current = max(near, key=len, default="")
    return [
        {
            "label": link.label,
            "url": link.url,
            "icon": link.icon,
            "external": link.external,
            "current": bool(current) and link.url == current,
        }
        for link in links
    ]


@dataclasses.dataclass(frozen=True)
class LinkBelow:
    """A link of the bar at the bottom of a small screen; `turns`: its icon has a direction."""

    label: str
    url: str
    icon: str
    current: bool
    turns: bool = False


def links_below(
    menu: list[dict[str, Any]], *, viewer: AuthorCard | None, write_url: str, path: str
) -> tuple[LinkBelow, ...]:
    """The five links that a thumb reaches: two of the menu, search, writing or a third, and the reader's own place."""

    def own(label: str, address: str, icon: str, *, turns: bool = False) -> LinkBelow:
        return LinkBelow(label, address, icon, address == path, turns)

    first = [LinkBelow(link["label"], link["url"], link["icon"] or "spark", link["current"]) for link in menu[:3]]
    if viewer:
        place = own(_("You"), viewer.url, "user")
    else:
        place = own(_("Sign in"), reverse("account_login"), "sign-in", turns=True)
    third = [own(_("Write"), write_url, "pencil")] if write_url else first[2:]
    return (*first[:2], own(_("Search"), reverse("search"), "search"), *third, place)


def viewer_card(request: HttpRequest) -> AuthorCard | None:
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
