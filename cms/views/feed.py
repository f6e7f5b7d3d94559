"""Pages of feeds: the home page of who is signed in, each feed under its own address, and what one wants of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms import selectors, services
from cms.models import HomePage
from cms.rules import READ_HALF_LIFE_DAYS
from cms.selectors import Feed, PostCard, Shared, Why
from cms.views.choosing import choose
from community.accounts.models import User
from community.accounts.selectors import author_card
from community.core.errors import Invalid
from community.follows import selectors as follows

A_PART = 20
LABELS = {
    Feed.FOLLOWING: gettext_lazy("Following"),
    Feed.FOR_YOU: gettext_lazy("For you"),
    Feed.TRENDING: gettext_lazy("Trending"),
    Feed.LATEST: gettext_lazy("Latest"),
}
ORDERS = {"newest": gettext_lazy("Newest"), "ranked": gettext_lazy("Most talked about")}


@dataclasses.dataclass(frozen=True)
class Item:
    """A post in a feed, with what brought it there."""

    card: PostCard
    why: Why
    shared: Shared | None


@dataclasses.dataclass(frozen=True)
class Shown:
    """A part of a feed as a page shows it."""

    items: Sequence[Item]
    is_first: bool
    #: Addresses: of the next part, of what is new, of the feed from its beginning; empty where there is none.
    more_url: str
    news_url: str
    top_url: str


def home_of(request: HttpRequest, page: HomePage) -> dict[str, Any]:
    """What the first page shows somebody who is signed in: what they follow first, as far as there is anything.

    Empty for who follows nothing of which there is a post: they get the page of everybody.
    """
    viewer = _viewer(request)
    part = selectors.read_feed(Feed.FOLLOWING, viewer=viewer, limit=A_PART)
    tabs = _tabs(request, Feed.FOLLOWING, viewer)
    if not part.entries:
        return {"tabs": tabs, "feed": None, "suggested": _suggested(viewer)}
    chosen = selectors.list_chosen(page, viewer=viewer)
    items, cards = _items(part, Feed.FOLLOWING, viewer, also=chosen)
    top = request.path
    return {
        "tabs": tabs,
        "feed": _shown(part, items, Feed.FOLLOWING, is_first=True, top=top),
        "chosen": [cards[pk] for pk in chosen if pk in cards],
    }


@login_required
@require_safe
def feed(request: HttpRequest, kind: str) -> HttpResponse:
    """One feed, from its beginning or on from `cursor`; what one follows also in another `order`."""
    wanted, viewer = _feed(kind), _viewer(request)
    if wanted is Feed.FOR_YOU and not selectors.wants_for_you(viewer):
        return HttpResponseRedirect(reverse("account_feed"))
    orders = choose(request, "order", ORDERS) if wanted is Feed.FOLLOWING else None
    order = orders.value if orders else "newest"
    cursor = request.GET.get("cursor")
    try:
        part = selectors.read_feed(wanted, viewer=viewer, order=order, cursor=cursor, limit=A_PART)
    except Invalid as error:
        raise Http404 from error
    items, _cards = _items(part, wanted, viewer)
    top = f"{request.path}?order={order}" if order != "newest" else request.path
    shown = _shown(part, items, wanted, is_first=cursor is None, top=top)
    context: dict[str, Any] = {
        "kind": wanted,
        "title": LABELS[wanted],
        "tabs": _tabs(request, wanted, viewer),
        "feed": shown,
        "orders": orders.links if orders else (),
    }
    if not shown.items and shown.is_first:
        follows_none = wanted in (Feed.FOLLOWING, Feed.FOR_YOU) and not selectors.follows_anything(viewer)
        context |= {"follows_none": follows_none, "suggested": _suggested(viewer) if follows_none else []}
    return render(request, "cms/feed/page.html", context)


@login_required
@require_safe
def news(request: HttpRequest, kind: str) -> HttpResponse:
    """How much is new in a feed since it was read, in words; nothing when nothing is."""
    wanted = _feed(kind)
    if wanted not in selectors.WITH_NEWS:
        raise Http404
    try:
        count = selectors.count_new(wanted, viewer=_viewer(request), since=request.GET.get("since", ""))
    except Invalid as error:
        raise Http404 from error
    shown = {"count": min(count, selectors.NEW_MAX), "more": count > selectors.NEW_MAX}
    return render(request, "cms/feed/news.html", shown)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """How “For you” is made, what is noted for it, and a way to turn it `off` and `on`."""
    viewer = _viewer(request)
    if request.method == "POST":
        wanted = request.POST.get("for_you") == "on"
        services.set_for_you(actor=viewer, wanted=wanted)
        messages.info(request, _("“For you” is on.") if wanted else _("“For you” is off. What was noted is deleted."))
        return HttpResponseRedirect(request.path)
    context = {
        "wanted": selectors.wants_for_you(viewer),
        "reads": [(name, round(100 * part)) for name, part in selectors.list_read_categories(viewer)],
        "days": READ_HALF_LIFE_DAYS,
    }
    return render(request, "cms/feed/preferences.html", context)


def _feed(kind: str) -> Feed:
    try:
        return Feed(kind)
    except ValueError as error:
        raise Http404 from error


def _viewer(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - these pages are for who is signed in
    return request.user


def _tabs(request: HttpRequest, current: Feed, viewer: User) -> list[dict[str, Any]]:
    wanted = [each for each in Feed if each is not Feed.FOR_YOU or selectors.wants_for_you(viewer)]
    return [{"label": LABELS[each], "url": reverse("feed", args=[each]), "current": each is current} for each in wanted]


def _items(
    part: selectors.FeedPart, feed: Feed, viewer: User, *, also: Sequence[int] = ()
) -> tuple[list[Item], dict[int, PostCard]]:
    """The items of a part, and the cards by id, those of `also` among them."""
    ids = [entry.post_id for entry in part.entries]
    cards = selectors.post_cards([*ids, *also], large=ids[:1], viewer=viewer)
    why = selectors.reasons(part.entries, feed)
    return [Item(cards[pk], *why[pk]) for pk in ids if pk in cards], cards


def _shown(part: selectors.FeedPart, items: list[Item], feed: Feed, *, is_first: bool, top: str) -> Shown:
    _path, _question, query = top.partition("?")
    address = reverse("feed", args=[feed])
    more = f"{address}?{query}&" if query else f"{address}?"
    news = f"{reverse('feed_news', args=[feed])}?{urlencode({'since': part.since})}"
    return Shown(
        items,
        is_first,
        f"{more}{urlencode({'cursor': part.next_cursor})}" if part.next_cursor else "",
        news if is_first and feed in selectors.WITH_NEWS else "",
        top,
    )


def _suggested(viewer: User) -> list[Any]:
    return [author_card(each) for each in follows.suggest_people(viewer=viewer)]
