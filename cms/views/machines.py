"""What machines ask: robots.txt, the sitemap, the icon of a page that names none."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.contrib.sitemaps import Sitemap
from wagtail.contrib.sitemaps.views import sitemap as wagtail_sitemap
from wagtail.models import Page
from wagtail.query import PageQuerySet

from cms import selectors


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt (RFC 9309)."""
    lines = [
        "User-agent: *",
        "Disallow: /cms/",
        "Disallow: /django-admin/",
        "Disallow: /account/",
        "Disallow: /api/",
        f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """All public pages (https://www.sitemaps.org/protocol.html)."""
    return wagtail_sitemap(request, {"pages": _Pages})


class _Pages(Sitemap):
    """Wagtail's, without the pages of people whom nobody sees."""

    def items(self) -> PageQuerySet[Page]:
        """The pages that guests may read."""
        return super().items().exclude(pk__in=selectors.list_author_pages_out_of_sight())


@require_safe
@cache_control(public=True, max_age=86400)
def favicon(request: HttpRequest) -> HttpResponse:
    """To the icon: browsers ask here for pictures and JSON, which name none."""
    return HttpResponseRedirect(static("icons/favicon.ico"))
