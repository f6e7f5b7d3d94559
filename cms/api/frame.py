"""What other frontends put around their pages: the site's name and colours, menus, announcements."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.request import Request
from wagtail.models import Site

from cms import selectors
from cms.choices import MENU_ICONS, THEME_COLOURS
from cms.models import Announcement
from community.core.api.fields import IdField, InstantField, StrictChoiceField
from community.core.api.links import absolute
from community.core.api.operations import operation
from community.core.api.serializers import Query, Shape
from community.core.api.views import ApiView
from community.core.generations import SITE
from community.core.languages import codes, in_language


class AddressField(serializers.CharField):
    """An address: absolute, without a language in its path."""

    def to_representation(self, value: str) -> str:
        """The absolute address; nothing stays nothing."""
        return absolute(value)


class MenuLinkShape(Shape):
    """An entry of a menu."""

    label = serializers.CharField()  # type: ignore[assignment] # a column here; of a field it is the name
    url = AddressField()
    external = serializers.BooleanField(help_text="It leads to another site.")


class MainLinkShape(MenuLinkShape):
    """An entry of the main menu."""

    icon = serializers.CharField(help_text=f"One of {', '.join(name for name, _label in MENU_ICONS)}.")


class MenuColumnShape(Shape):
    """A column of the footer."""

    title = serializers.CharField()
    links = MenuLinkShape(many=True)


class MenusShape(Shape):
    """The menus of the site."""

    main = MainLinkShape(many=True)
    footer = MenuColumnShape(many=True)


class MenusQuery(Query):
    """For readers of which language."""

    language = StrictChoiceField(
        choices=codes(), required=False, help_text="A language of the site; else the one of Accept-Language."
    )


class LanguageShape(Shape):
    """A language of the interface."""

    code = serializers.CharField()
    name = serializers.CharField(help_text="Its own name for itself.")
    url = serializers.URLField(help_text="The first page in this language.")


class ThemeColoursShape(Shape):
    """The ground of a page in each theme, as #rrggbb."""

    dark = serializers.CharField()
    light = serializers.CharField()


class SiteShape(Shape):
    """What the site is called and how it looks."""

    name = serializers.CharField()
    tagline = serializers.CharField()
    url = serializers.URLField()
    language = serializers.CharField(help_text="The language of addresses without one.")
    languages = LanguageShape(many=True)
    theme_colours = ThemeColoursShape()
    registration = serializers.ChoiceField(choices=["open", "closed"], help_text="Whether new people may join.")


class AnnouncementShape(Shape):
    """A banner above every page; its words are plain text."""

    id = IdField()
    key = serializers.CharField(help_text="Changes with the words: remember this when somebody closes the banner.")
    text = serializers.CharField()
    link_text = serializers.CharField(allow_blank=True)
    url = AddressField(allow_blank=True, help_text="Where the link leads; empty without one.")
    external = serializers.BooleanField(help_text="The link leads to another site.")
    level = serializers.ChoiceField(choices=Announcement.Level.values)
    dismissible = serializers.BooleanField(help_text="Readers may close it.")
    starts_at = InstantField(allow_null=True)
    ends_at = InstantField(allow_null=True)


class AnnouncementsShape(Shape):
    """The banners above a page."""

    items = AnnouncementShape(many=True, source="announcements")


class MenusView(ApiView):
    """Menus."""

    page_tags = (SITE,)

    @operation("getMenus", tag="Site", access="all", query=MenusQuery, answer=MenusShape)
    def get(self, request: Request, query: dict[str, Any]) -> selectors.Frame:
        """Get the menus

        Main menu and footer for readers of one language. What leads to pages that are not for everybody is
        left out.
        """
        with translation.override(query.get("language") or get_language()):
            return _frame(request)


class SiteView(ApiView):
    """The site itself."""

    @operation("getSite", tag="Site", access="all", answer=SiteShape)
    def get(self, request: Request) -> dict[str, Any]:
        """Get the site

        Name, languages, colours, and whether new people may join.
        """
        is_open = get_adapter().is_open_for_signup(request._request)
        return {
            "name": settings.WAGTAIL_SITE_NAME,
            "tagline": _frame(request).tagline,
            "url": absolute("/"),
            "language": settings.LANGUAGE_CODE,
            "languages": [
                {"code": code, "name": name, "url": f"{settings.PUBLIC_URL}{in_language('/', code)}"}
                for code, name in settings.LANGUAGES
            ],
            "theme_colours": THEME_COLOURS,
            "registration": "open" if is_open else "closed",
        }


class AnnouncementListView(ApiView):
    """Banners."""

    page_tags = (SITE,)

    @operation("listAnnouncements", tag="Site", access="optional", answer=AnnouncementsShape)
    def get(self, request: Request) -> selectors.Frame:
        """List announcements

        The banners for whoever asks, at this moment and in their language; at most two, the newest first.
        """
        return _frame(request)


def _frame(request: Request) -> selectors.Frame:
    site = selectors.remember_site(request.get_host(), lambda: Site.find_for_request(request._request))
    return selectors.get_frame(site=site, viewer=request.user)
