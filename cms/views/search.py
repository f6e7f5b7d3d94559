"""The search page: everything at once or one kind, with filters, in addresses that can be kept."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cms import selectors
from cms.forms import SearchForm
from cms.selectors.guesses import guess, list_promoted
from cms.selectors.hits import Finder, Found
from cms.selectors.search import KINDS, Search, list_categories
from cms.selectors.words import Words
from cms.services.search import count_search
from community.core.errors import NotFound
from community.core.lists import Paginated

PAGE_SIZE = 20
#: How many of each kind stand beside the posts in a search for everything.
BESIDE = {"person": 3, "series": 2, "tag": 6, "category": 3}
LABELS = {
    "": _("Everything"),
    "post": _("Posts"),
    "person": _("People"),
    "series": _("Series"),
    "tag": _("Tags"),
    "category": _("Categories"),
}


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was found for `q`: in all kinds, or in the one of `type`."""
    categories = list_categories()
    form = SearchForm(request.GET, categories=categories)
    asked = form.search()
    kind = request.GET.get("type", "") if request.GET.get("type") in KINDS else ""
    number = _page_number(request)
    groups, corrected = _find(asked, kind, number, request, categories)
    first = asked.words and number == 1 and not kind and not asked.filters
    if first and request.method == "GET":
        found = corrected is None and _any(groups)
        count_search(text=asked.words.text, found=found, agent=request.headers.get("User-Agent", ""))
    shown = groups[kind or "post"]
    page = Paginated(items=shown.hits, number=number, total=shown.total, size=PAGE_SIZE, query=_kept(request))
    if not 1 <= number <= page.total_pages:
        raise NotFound()
    return render(
        request,
        "cms/search.html",
        {
            "q": asked.words.text,
            "unfiltered": f"?{urlencode({'q': asked.words.text})}",
            "asked": asked,
            "form": form,
            "kind": kind,
            "tabs": _tabs(asked, kind, groups),
            "beside": {name: groups[name].hits for name in BESIDE} if first else {},
            "page_of_hits": page,
            "found_nothing": not _any(groups),
            "corrected": corrected,
            "promoted": list_promoted(asked.words.text, viewer=request.user) if first else [],
            "talked_about": selectors.talked_about(),
            "categories": categories,
        },
    )


def _any(groups: dict[str, Found]) -> bool:
    return any(group.total for group in groups.values())


def _page_number(request: HttpRequest) -> int:
    """The number of the page; raises NotFound for what is none."""
    text = request.GET.get("page", "1")
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise NotFound()
    return int(text)


def _find(
    asked: Search, kind: str, number: int, request: HttpRequest, categories: list[Any]
) -> tuple[dict[str, Found], Words | None]:
    """What is shown of each kind, and the words that were searched for instead when nothing holds those of `asked`.

    What is to be shown is looked for first: without any, one query tells whether the rest is worth looking for.
    """
    finder = Finder(asked, viewer=request.user, categories=categories)
    main, start = kind or "post", max(0, number - 1) * PAGE_SIZE
    shown = finder.find(main, start=start, size=PAGE_SIZE)
    if shown.total or not asked.words or finder.find("category").total:
        return {main: shown, **_find_beside(finder, kind)}, None
    guessed = guess(asked, viewer=request.user, unless={*KINDS} - {main, "category"})
    if guessed.found:
        return {main: shown, **_find_beside(finder, kind)}, None
    if guessed.words:
        other = dataclasses.replace(asked, words=guessed.words)
        finder = Finder(other, viewer=request.user, categories=categories)
        groups = {main: finder.find(main, start=start, size=PAGE_SIZE), **_find_beside(finder, kind)}
        if _any(groups):
            return groups, guessed.words
    return {name: Found([], 0) for name in KINDS}, None


def _find_beside(finder: Finder, kind: str) -> dict[str, Found]:
    """A few of each kind but the one shown, and how many there are; the filters concern posts only."""
    others = [name for name in KINDS if name != (kind or "post")]
    return {name: finder.find(name, size=0 if kind else BESIDE.get(name, 0)) for name in others}


def _tabs(asked: Search, kind: str, groups: dict[str, Found]) -> list[dict[str, Any]]:
    """One tab for everything and one for each kind in which something was found."""
    names = ["", *(name for name in KINDS if name == kind or groups[name].total)]
    return [
        {
            "label": LABELS[name],
            "total": groups[name].total if name else None,
            "query": urlencode({"q": asked.words.text, **({"type": name} if name else {})}),
            "current": name == kind,
        }
        for name in names
    ]


def _kept(request: HttpRequest) -> str:
    """The parameters that links to other pages of the list keep."""
    kept = [(name, value) for name, value in request.GET.items() if name != "page" and value]
    return f"{urlencode(kept)}&" if kept else ""
