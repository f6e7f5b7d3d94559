"""Pages about people: the directory, authors' pages, profiles."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cms import permissions, selectors
from cms.forms import DirectoryForm
from cms.models import CreatorIndexPage, CreatorPage, PostPage
from cms.models.serving import served_by
from cms.rules import address
from cms.selectors.cards import card_of_author
from cms.selectors.pictures import picture
from cms.selectors.search import list_categories
from cms.views import structured_data
from cms.views.choosing import Choices, choose
from cms.views.paging import for_machines, page_of_posts
from community.accounts import selectors as accounts
from community.core import statistics
from community.core.caching import for_guests, keep, kept
from community.core.errors import NotFound
from community.core.generations import SITE
from community.core.languages import localized
from community.core.lists import paginate
from community.core.remembered import remembered
from community.follows import selectors as follows
from community.follows.permissions import Sees, what_is_seen

#: How many on a page; of posts one is large, two stand beside it, the others three by three.
PEOPLE, POSTS, SERIES, VIDEOS = 24, 21, 12, 12
ORDERS = {"recent": _("Newest"), "popular": _("Popular")}


@served_by(CreatorIndexPage)
@kept(SITE)
def creator_index(request: HttpRequest, page: CreatorIndexPage) -> HttpResponse:
    """The directory, searched by `q` and narrowed by the other fields of its form."""
    form = DirectoryForm(request.GET, categories=remembered(("categories",), (SITE,), lambda: list(list_categories())))
    shown = for_guests(request, (SITE,), lambda: _directory(request, form))
    return render(
        request,
        page.get_template(request),
        {"page": page, "form": form, "narrowed": bool(form.query()), "path": request.path, **shown},
    )


def _directory(request: HttpRequest, form: DirectoryForm) -> dict[str, Any]:
    creators = paginate(
        selectors.list_creators(viewer=request.user, **form.asked()),
        request.GET.get("page"),
        size=PEOPLE,
        load=selectors.creator_cards,
        query=form.query(),
    )
    return {"creators": creators, **for_machines(request, creators)}


@served_by(CreatorPage)
def creator(request: HttpRequest, page: CreatorPage) -> HttpResponse:
    """An author with their posts, series, videos. The page of somebody banned, deleted or parted is as if not there.

    Who is signed in may ask those to follow whose profile is not for everybody.
    """
    person = page.person
    seen = what_is_seen(request.user, person)
    if seen == Sees.NOTHING:
        raise Http404
    if seen == Sees.NAME:
        return _locked(request, person)
    tags = (SITE, f"person:{person.username.lower()}")
    shown = for_guests(request, tags, lambda: _creator(request, page))
    return keep(render(request, page.get_template(request), {"page": page, **shown}), *tags)


def _locked(request: HttpRequest, person: Any) -> HttpResponse:
    """The name and picture of somebody whose profile the viewer does not see, and the way to ask.

    Of what moderators have hidden there is nothing to ask for: Http404.
    """
    if person.profile.hidden_at is not None:
        raise Http404
    return render(request, "follows/locked.html", {"author": accounts.author_card(person)})


def _creator(request: HttpRequest, page: CreatorPage) -> dict[str, Any]:
    person = page.person
    posts = selectors.list_posts(viewer=request.user, with_muted=True).filter(author_id=person.pk)
    series = selectors.list_series(viewer=request.user, below=page)
    numbers = posts.order_by().aggregate(posts=Count("pk"), videos=Count("pk", filter=~Q(video="")))
    numbers["series"] = series.count()
    numbers["followers"] = follows.count_followers([person.pk]).get(person.pk, 0)
    tabs = choose(request, "tab", _tabs(numbers))
    shown = _tab(request, page, tabs, posts, series)
    pages = shown.get("series") or shown.get("posts")
    author, links = card_of_author(person), accounts.profile_links(person)
    things = author and structured_data.profile_page(
        author, about=page.headline, links=[link.url for link in links], posts=numbers["posts"]
    )
    return {
        "author": author,
        "structured_data": structured_data.as_script(things) if things else "",
        "banner": picture(page.banner, "banner") if page.banner else None,
        "links": links,
        "profile": person.profile,
        "joined_at": person.created_at,
        "numbers": numbers,
        "tabs": [*tabs.links, {"label": _("Comments"), "url": reverse("comments_of", args=[person.username])}],
        "tab": tabs.value,
        "may_make_series": request.user.pk == person.pk and permissions.can_create_series(request.user),
        **shown,
        **(for_machines(request, pages, **({"tab": tabs.value} if tabs.query else {})) if pages else {}),
        "noindex": not (numbers["posts"] or numbers["series"]) or not _is_for_everybody(person),
    }


def _is_for_everybody(person: Any) -> bool:
    """May guests see the profile? Otherwise only its owner and moderators meet it, and no search engine should."""
    return accounts.is_visible(person, viewer=None)


def _tabs(numbers: dict[str, int]) -> dict[str, Any]:
    """The tabs with something in them, and what people look for first."""
    labels = {"posts": _("Posts"), "series": _("Series"), "videos": _("Videos"), "about": _("About")}
    return {name: label for name, label in labels.items() if name in ("posts", "about") or numbers[name]}


def _tab(
    request: HttpRequest, page: CreatorPage, tabs: Choices, posts: QuerySet[PostPage], series: Any
) -> dict[str, Any]:
    """What stands in the tab that was chosen."""
    if tabs.value == "about":
        return {"about": page.about}
    if tabs.value == "series":

        def load(rows: list[Any]) -> list[selectors.SeriesCard]:
            return selectors.series_cards(rows, viewer=request.user, below=page)

        number = request.GET.get("page")
        return {"series": paginate(series, number, size=SERIES, load=load, query=tabs.query)}
    if tabs.value == "videos":
        return {"posts": page_of_posts(request, posts.exclude(video=""), size=VIDEOS, query=tabs.query)}
    order = choose(request, "sort", ORDERS)
    if order.value == "popular":
        popular = selectors.order_posts(posts, "popular", window=None)
        return {"posts": page_of_posts(request, popular, size=POSTS, query=order.query), "orders": order.links}
    return {**_with_pinned(request, page, posts), "orders": order.links}


def _with_pinned(request: HttpRequest, page: CreatorPage, posts: QuerySet[PostPage]) -> dict[str, Any]:
    """The newest posts; on the first page after the one that the author pinned."""
    wanted = [page.pinned_post_id] if page.pinned_post_id else []
    pinned: list[selectors.PostCard] = []

    def load(rows: list[PostPage]) -> list[selectors.PostCard]:
        large = wanted or [post.pk for post in rows[:1]]
        cards = selectors.post_cards([*wanted, *(post.pk for post in rows)], large=large)
        own = (card for card in cards.values() if card.author is not None and card.author.id == page.person_id)
        pinned.extend(card for card in own if card.id in wanted)
        return [cards[post.pk] for post in rows if post.pk in cards]

    found = page_of_posts(request, posts.exclude(pk__in=wanted), load=load, size=POSTS)
    if not found.total:
        load([])
    return {"posts": found, "pinned": pinned[0] if pinned and found.number == 1 else None}


@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse:
    """A person's profile; who publishes has an author page, and this address leads there."""
    try:
        person = follows.get_person_to_meet(username, viewer=request.user)
    except NotFound:
        renamed = accounts.get_person_by_former_name(username, viewer=request.user)
        return HttpResponsePermanentRedirect(localized(f"/@{renamed.username}/"))
    if what_is_seen(request.user, person) == Sees.NAME:
        return _locked(request, person)
    page = selectors.find_author_page(person)
    if page is not None:
        return HttpResponseRedirect(localized(address(page.url_path)))
    details = person.profile
    shown = render(
        request,
        "accounts/profile.html",
        {
            "noindex": not _is_for_everybody(person),
            "profile": {
                "author": accounts.author_card(person),
                "bio": details.bio,
                "location": details.location,
                "website": details.website,
                "links": accounts.profile_links(person),
                "joined_at": person.created_at,
                "interests": details.interests,
                "stats": statistics.of([person.pk])[person.pk],
            },
        },
    )
    return keep(shown, SITE, f"person:{person.username.lower()}")
