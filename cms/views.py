"""Pages of the site: one view for each page type, lists by category and tag, profiles, robots and sitemap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.contrib.sitemaps.views import sitemap as wagtail_sitemap
from wagtail.models import Site
from wagtail.views import serve as wagtail_serve

from cms import selectors
from cms.models import (
    CreatorIndexPage,
    CreatorPage,
    HomePage,
    PostPage,
    SectionPage,
    StandardPage,
)
from cms.models.serving import served_by
from cms.rules import address, table_of_contents
from cms.selectors.cards import card_of_author, post_with_related
from cms.selectors.pages import creator_cards
from cms.selectors.pictures import picture
from community.accounts import selectors as accounts
from community.core import statistics

PAGE_SIZE = 20
FEATURED = 2
LATEST = 12


def _cards(posts: list[PostPage]) -> list[selectors.PostCard]:
    cards = selectors.post_cards([post.pk for post in posts])
    return [cards[post.pk] for post in posts if post.pk in cards]


def _posts(
    request: HttpRequest, rows: Any, *, load: Callable[[list[PostPage]], list[selectors.PostCard]] = _cards
) -> selectors.Paginated[selectors.PostCard]:
    return selectors.paginate(rows.only("pk"), request.GET.get("page"), size=PAGE_SIZE, load=load)


def serve_page(request: HttpRequest, path: str) -> HttpResponse:
    """Wagtail's own way to a page of the tree, with the site and home page it begins at remembered."""
    request._wagtail_site = selectors.remember_site(  # type: ignore[attr-defined]
        request.get_host(), lambda: Site.find_for_request(request)
    )
    return wagtail_serve(request, path)


@served_by(HomePage)
def home(request: HttpRequest, page: HomePage) -> HttpResponse:
    """Hero, featured posts chosen by editors and filled up with the newest, latest posts, creators."""
    chosen = [page.hero_post_id] if page.hero_post_id else []
    chosen += list(page.featured_posts.values_list("post_id", flat=True)[: FEATURED + 1])
    newest = selectors.list_posts(viewer=request.user).values_list("pk", flat=True)[: LATEST + FEATURED + 1]
    order = list(dict.fromkeys([*chosen, *newest]))
    found = selectors.post_cards(order, large=order[:1])
    cards = [found[pk] for pk in order if pk in found][: LATEST + FEATURED + 1]
    return render(
        request,
        page.get_template(request),
        {
            "page": page,
            "hero": cards[0] if cards else None,
            "featured": cards[1 : 1 + FEATURED],
            "latest": cards[1 + FEATURED :],
            "creators": [card.author for card in selectors.list_featured_creators()],
            "talked_about": selectors.talked_about(),
        },
    )


@served_by(SectionPage)
def section(request: HttpRequest, page: SectionPage) -> HttpResponse:
    """Parts of the section and its posts."""
    parts = SectionPage.objects.child_of(page).live().order_by("path")
    posts = selectors.list_posts(viewer=request.user).filter(path__startswith=page.path, depth=page.depth + 1)
    return render(
        request,
        page.get_template(request),
        {
            "page": page,
            "subsections": [
                {"title": part.title, "url": address(part.url_path), "introduction": part.introduction}
                for part in parts
            ],
            "posts": _posts(request, posts),
        },
    )


@served_by(CreatorIndexPage)
def creator_index(request: HttpRequest, page: CreatorIndexPage) -> HttpResponse:
    """The directory, searched by `q`."""
    search = request.GET.get("q", "")[:100]
    query = urlencode({"q": search}) + "&" if search else ""
    creators = selectors.paginate(
        selectors.list_creators(search=search),
        request.GET.get("page"),
        size=24,
        load=creator_cards,
        query=query,
    )
    return render(request, page.get_template(request), {"page": page, "creators": creators, "q": search})


@served_by(CreatorPage)
def creator(request: HttpRequest, page: CreatorPage) -> HttpResponse:
    """An author with their posts. The page of somebody banned or deleted is as if not there."""
    person = page.person
    if not accounts.is_visible(person, viewer=request.user):
        raise Http404
    rows = selectors.list_posts(viewer=request.user).filter(author_id=person.pk).exclude(pk=page.pinned_post_id)
    wanted = [page.pinned_post_id] if page.pinned_post_id else []
    pinned: dict[int, selectors.PostCard] = {}

    def load(posts: list[PostPage]) -> list[selectors.PostCard]:
        cards = selectors.post_cards([*wanted, *(post.pk for post in posts)], large=wanted)
        pinned.update({pk: cards.pop(pk) for pk in wanted if pk in cards})
        return [cards[post.pk] for post in posts if post.pk in cards]

    posts = _posts(request, rows, load=load)
    return render(
        request,
        page.get_template(request),
        {
            "page": page,
            "author": card_of_author(person),
            "about": page.about,
            "banner": picture(page.banner, "banner") if page.banner else None,
            "links": accounts.profile_links(person),
            "stats": {"posts": posts.total + len(pinned)},
            "pinned": next(iter(pinned.values()), None) if posts.number == 1 else None,
            "posts": posts,
        },
    )


@served_by(PostPage)
def post(request: HttpRequest, page: PostPage) -> HttpResponse:
    """The post to read."""
    if page.deleted_at is not None:
        raise Http404
    related = selectors.list_related(page, viewer=request.user)
    card, more = post_with_related(page, related)
    video = None
    if page.video_id:
        video = {"id": page.video_id, "title": page.title, "start": 0, "thumbnail": card.cover}
    return render(
        request,
        page.get_template(request),
        {
            "page": page,
            "post": card,
            "category": card.category,
            "tags": card.tags,
            "author": card.author,
            "co_authors": [],
            "video": video,
            "related": more,
            "edited": page.edited_at is not None,
        },
    )


@served_by(StandardPage)
def standard(request: HttpRequest, page: StandardPage) -> HttpResponse:
    """A page for itself, with its table of contents."""
    children = StandardPage.objects.child_of(page).live().order_by("path").values_list("title", "url_path")
    return render(
        request,
        page.get_template(request),
        {
            "page": page,
            "toc": table_of_contents(page.body),
            "children": [{"title": title, "url": address(url_path)} for title, url_path in children],
        },
    )


def _listing(request: HttpRequest, rows: Any, **context: Any) -> HttpResponse:
    return render(request, "cms/pages/listing.html", {**context, "posts": _posts(request, rows)})


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """Posts of a category."""
    found = selectors.get_category(slug)
    rows = selectors.list_posts(viewer=request.user, category=slug)
    return _listing(request, rows, heading=found.name, kicker=_("Category"), description=found.description)


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    """Posts with a tag."""
    found = selectors.get_tag(slug)
    rows = selectors.list_posts(viewer=request.user, tag=slug)
    return _listing(request, rows, heading=found.name, kicker=_("Tag"), description="")


@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse:
    """A person's profile; who publishes has an author page, and this address leads there."""
    person = accounts.get_person(username, viewer=request.user)
    page = selectors.find_author_page(person)
    if page is not None:
        return HttpResponseRedirect(address(page.url_path))
    details = person.profile
    return render(
        request,
        "accounts/profile.html",
        {
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
            "posts": None,
            "author_page_url": "",
        },
    )


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
    return wagtail_sitemap(request)
