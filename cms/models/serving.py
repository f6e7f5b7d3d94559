"""How a page type gets its view: registered from cms/views.py, so that models import no face."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PageViewRestriction, PreviewableMixin
from wagtail.url_routing import RouteResult

from cms.choices import RESERVED_ROOT_SLUGS, SLUG_MAX
from community.core.generations import SITE
from community.core.remembered import remembered
from community.core.text import has_visible, numbered_slug

View = Callable[..., HttpResponse]
V = TypeVar("V", bound=View)

_views: dict[type, View] = {}


def served_by(page_type: type) -> Callable[[V], V]:
    """Registers `view(request, page)` as what answers for pages, or previews of snippets, of `page_type`."""

    def register(view: V) -> V:
        _views[page_type] = view
        return view

    return register


class SiteWidths:
    """Mixin of what can be previewed: the widths at which the site changes its form."""

    @property
    def preview_sizes(self) -> list[dict[str, Any]]:
        """A phone, a tablet, a desk; in the words and shape of Wagtail."""
        return [
            {"name": "mobile", "icon": "mobile-alt", "device_width": 390, "label": _("Preview on a phone")},
            {"name": "tablet", "icon": "tablet-alt", "device_width": 820, "label": _("Preview on a tablet")},
            {"name": "desktop", "icon": "desktop", "device_width": 1280, "label": _("Preview on a large screen")},
        ]


class PreviewedSnippet(SiteWidths, PreviewableMixin):
    """Mixin of snippets: the preview in the editor, through the registered view."""

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """What is in the form, as readers will see it."""
        request.is_preview = True  # type: ignore[attr-defined]
        return _views[type(self)](request, self)


class ServedPage(SiteWidths):
    """Mixin of our page types: serve and preview through the registered view."""

    #: The icon of the type in the admin, from Wagtail's set.
    admin_icon = "doc-empty"
    #: What is said to somebody who has left its title empty.
    title_missing = _("A page needs a title.")

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """As Wagtail's, with the short cut of `page_below` for a type that has one."""
        page = self.page_below(path_components) if path_components else None
        if page is not None:
            return RouteResult(page)
        return super().route(request, path_components)  # type: ignore[misc]

    def page_below(self, path_components: list[str]) -> Page | None:
        """The live page at this path below, where it can be told without walking there; else None."""
        return None

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The registered view's answer."""
        request.is_preview = getattr(request, "is_preview", False)  # type: ignore[attr-defined]
        return _views[type(self)](request, self)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The same view, for the draft in the editor."""
        request.is_preview = True  # type: ignore[attr-defined]
        return _views[type(self)](request, self)

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        """As Wagtail's, in one query instead of one more for the ancestors: this site has no alias pages."""
        path, steplen = self.path, Page.steplen  # type: ignore[attr-defined]
        above = [path[:end] for end in range(steplen, len(path) + 1, steplen)]
        found = PageViewRestriction.objects.filter(page__path__in=above)
        # Nearly no page has one, and nearly every request asks.
        return found if remembered(("restricted", path), (SITE,), found.exists, otherwise=True) else found.none()

    def clean(self) -> None:
        """Refuses titles of which nothing is seen, and top-level addresses that the site itself uses."""
        super().clean()  # type: ignore[misc]
        title = getattr(self, "title", "")
        # That one is needed at all is said by the field.
        if title and not has_visible(title):
            raise ValidationError({"title": self.title_missing})
        if getattr(self, "slug", "") in RESERVED_ROOT_SLUGS and self._is_top_level():
            raise ValidationError({"slug": _("The site uses this address itself.")})

    def add_child(self, **kwargs: Any) -> Any:
        """As treebeard's, which locks this row; a slug that a sibling took since it was checked is numbered.

        Two people, or an autosave on its way and a press on "Publish", can add pages of one name at once.
        """
        page = kwargs.get("instance")
        with transaction.atomic():
            locked = Page.objects.select_for_update().get(pk=self.pk)  # type: ignore[attr-defined] # of the page beside
            if isinstance(page, Page) and page.slug:
                page.slug = unique_slug(parent=locked, slug=page.slug)
            return super().add_child(**kwargs)  # type: ignore[misc] # of the page beside

    def _is_top_level(self) -> bool:
        depth = getattr(self, "depth", None)
        return depth is None or depth == 3


def unique_slug(*, parent: Page, slug: str) -> str:
    """`slug` if no child of `parent` has it, else the first free of `slug-2`, `slug-3` …; lock the parent before."""
    # Numbered slugs may be shortened, so siblings are compared by a beginning that all candidates share.
    beginning = slug[: SLUG_MAX - 12]
    taken = set(parent.get_children().filter(slug__startswith=beginning).values_list("slug", flat=True))
    number = 1
    while (candidate := numbered_slug(slug, number, max_length=SLUG_MAX)) in taken:
        number += 1
    return candidate
