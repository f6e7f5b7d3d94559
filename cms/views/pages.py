"""Pages of the tree: one view for each page type."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.models import Site
from wagtail.views import serve as wagtail_serve

from cms import permissions, selectors
from cms.choices import POST
from cms.models import HomePage, PostPage, SectionPage, SeriesPage, StandardPage
from cms.models.serving import served_by
from cms.rules import address, poll_in, table_of_contents, videos_in
from cms.selectors.cards import PostCard, post_with_related
from cms.selectors.pictures import picture
from cms.selectors.videos import previews_of
from cms.views import structured_data
from cms.views.feed import home_of
from cms.views.paging import for_machines, page_of_posts
from community.accounts import selectors as accounts
from community.accounts.permissions import is_moderator, is_person
from community.comments import selectors as comments
from community.comments.choices import COMMENT
from community.core import marks, sight
from community.core.caching import for_guests, for_readers, keep, kept, viewed
from community.core.counts import numbers
from community.core.generations import SITE
from community.core.languages import localized
from community.moderation.permissions import can_report
from community.polls import selectors as polls
from community.youtube.selectors import Preview, previews

SERIES, PARTS = 6, 50


def serve_page(request: HttpRequest, path: str) -> HttpResponse:
    """Wagtail's own way to a page of the tree, with the site and home page it begins at remembered."""
    request._wagtail_site = selectors.remember_site(  # type: ignore[attr-defined]
        request.get_host(), lambda: Site.find_for_request(request)
    )
    return wagtail_serve(request, path)


@served_by(HomePage)
@kept(SITE)
def home(request: HttpRequest, page: HomePage) -> HttpResponse:
    """Hero, featured posts chosen by editors and filled up with the newest, latest posts, rows, creators.

    Who is signed in and follows something gets that instead, and what editors chose after it.
    """
    own = home_of(request, page) if is_person(request.user) and not getattr(request, "is_preview", False) else {}
    if own.get("feed"):
        shown = _beside(viewer=request.user)
    else:
        shown = for_guests(request, (SITE,), lambda: _first_page(page, viewer=request.user))
    return render(request, page.get_template(request), {"page": page, **own, **shown})


def _first_page(page: HomePage, *, viewer: Any) -> dict[str, Any]:
    return {
        "first": selectors.first_page(page, viewer=viewer),
        "structured_data": structured_data.as_script(structured_data.website()),
        **_beside(viewer=viewer),
    }


def _beside(*, viewer: Any) -> dict[str, Any]:
    return {"creators": selectors.list_featured_creators(viewer=viewer), "talked_about": selectors.talked_about()}


@served_by(SectionPage)
@kept(SITE)
def section(request: HttpRequest, page: SectionPage) -> HttpResponse:
    """Parts of the section, its series and its posts."""
    shown = for_guests(request, (SITE,), lambda: _section(request, page))
    return render(request, page.get_template(request), {"page": page, **shown})


def _section(request: HttpRequest, page: SectionPage) -> dict[str, Any]:
    parts = SectionPage.objects.child_of(page).live().order_by("path")
    series = list(selectors.list_series(viewer=request.user, below=page)[:SERIES])
    posts = page_of_posts(request, selectors.list_posts_of_section(page, viewer=request.user))
    things = structured_data.collection(
        page.title, address(page.url_path), description=page.introduction, posts=posts.items, first=posts.first_number
    )
    return {
        "cover": picture(page.cover_image, "banner") if page.cover_image else None,
        "subsections": [
            {"title": part.title, "url": localized(address(part.url_path)), "colour": part.colour} for part in parts
        ],
        "series": selectors.series_cards(series, viewer=request.user, below=page),
        "posts": posts,
        "structured_data": structured_data.as_script(things),
        **for_machines(request, posts),
        "noindex": not (posts.total or series or parts),
    }


@served_by(SeriesPage)
@kept(SITE)
def series(request: HttpRequest, page: SeriesPage) -> HttpResponse:
    """The parts of a series in their order. To whom a block parts from its author it is as if not there."""
    if permissions.is_parted_from_owner(request.user, page):
        raise Http404
    shown = for_guests(request, (SITE,), lambda: _series(request, page))
    return render(request, page.get_template(request), {"page": page, **shown})


def _series(request: HttpRequest, page: SeriesPage) -> dict[str, Any]:
    card = selectors.series_cards([page], viewer=request.user)[0]
    parts = page_of_posts(request, selectors.list_parts(page, viewer=request.user), size=PARTS)
    return {
        "series": card,
        "parts": parts,
        "numbered": list(enumerate(parts.items, parts.first_number)),
        **for_machines(request, parts),
        "structured_data": structured_data.as_script(
            structured_data.series(card, address(page.url_path), posts=parts.items, first=parts.first_number)
        ),
    }


@served_by(PostPage)
def post(request: HttpRequest, page: PostPage) -> HttpResponse:
    """The post to read."""
    if page.deleted_at is not None:
        raise Http404
    tags = (SITE, f"post:{page.pk}")
    eye = sight.glance(request.user, page.author_id)
    if eye.parted:
        raise Http404
    about = _about_author(page, viewer=request.user)
    if request.user == page.author or is_moderator(request.user) or not eye.sees_all:
        shown = _post(page, viewer=request.user)  # they see more than others, or less
    else:
        shown = for_readers(request, ("post", page.pk, about is None), tags, lambda: _post(page, viewer=None))
    talk = _talk(request, shown["comments"])
    there = _marks(request, page, talk["comments"])
    more = {
        "about_author": about,
        "engagement": _engagement(request, page, shown["post"], there),
        "marks_there": there,
        **talk,
        **_poll(request, page),
    }
    if not is_person(request.user):
        more["structured_data"] = shown["discussed"]  # machines are guests, and see what all guests see
    response = render(request, page.get_template(request), {"page": page, **shown, **more})
    if request.user != page.author and not getattr(request, "is_preview", False):
        viewed(response, f"post:{page.pk}", reader=_reader(request, page))
    return keep(response, *tags)


def _reader(request: HttpRequest, page: PostPage) -> int | None:
    """For whom it is noted which category they read, as far as they want that; not for who looks as somebody else."""
    noted = page.category_id and is_person(request.user) and getattr(request, "impersonation", None) is None
    return request.user.pk if noted else None


def _marks(request: HttpRequest, page: PostPage, talk: comments.ThreadPage | None) -> dict[marks.Target, Any]:
    """What somebody who is signed in did to the post and to the comments shown below it, asked for at once."""
    things = [(POST, page.pk), *((COMMENT, each) for each in (talk.ids if talk else ()))]
    return marks.of_all(request.user, things) if is_person(request.user) and page.live else {}


def _engagement(
    request: HttpRequest, page: PostPage, card: PostCard, there: dict[marks.Target, Any]
) -> dict[str, Any] | None:
    """The reactions of a post that is live, and for somebody who is signed in the newest, with what they did to it."""
    if not page.live or getattr(request, "is_preview", False):
        return None
    if not is_person(request.user):
        return {"by_type": dict(card.by_type), "marks": None}
    row = numbers(POST, [page.pk]).get(page.pk)
    return {
        "by_type": row.reactions_by_type if row else {},
        "marks": there[POST, page.pk],
        "may_report": can_report(request.user, page),
    }


def _poll(request: HttpRequest, page: PostPage) -> dict[str, Any]:
    """The reader's own view of the poll, where the text of a live post has one; one query then, else none."""
    if not page.live or getattr(request, "is_preview", False) or poll_in(page.body) is None:
        return {"poll_apart": False}
    return {
        "poll_apart": True,
        "poll": polls.card_of(POST, page.pk, viewer=request.user, author_id=page.author_id),
    }


def _talk(request: HttpRequest, shared: comments.ThreadPage | None) -> dict[str, Any]:
    """What others read below the post; made for this reader alone where they do not see everybody who wrote there."""
    if shared is None or comments.seen_by(request.user, shared):
        return {"comments": shared, "apart": False}
    own = comments.first_threads(shared.discussion, viewer=request.user, total=shared.total)
    return {
        "comments": own,
        "moments": comments.list_moments(shared.discussion, viewer=request.user),
        "apart": True,
    }


def _post(page: PostPage, *, viewer: Any) -> dict[str, Any]:
    related = selectors.list_related(page, viewer=viewer)
    card, more = post_with_related(page, related)
    stored = previews_of(page)
    preview = stored.get(page.video_id)
    place = selectors.find_place(page, viewer=viewer)
    stored_picture = preview.picture if preview else None
    discussion = selectors.discussion_of(page) if page.pk and page.live else None
    shared = picture(page.cover_image, "social") if page.cover_image else stored_picture
    things = structured_data.posting(
        page, card, picture=shared, place=place, video_title=preview.title if preview else ""
    )
    talk = comments.first_threads(discussion, viewer=viewer, total=card.comments) if discussion else None
    discussed = structured_data.discussion(card, talk) if talk else []
    return {
        "post": card,
        "category": card.category,
        "tags": card.tags,
        "author": card.author,
        "co_authors": [],
        "place": place,
        "shared_picture": shared,
        "structured_data": structured_data.as_script(things),
        "discussed": structured_data.as_script([*things, *discussed]),
        "video": _video_on_top(page, card, preview),
        "previews": stored,
        "related": more,
        "edited": page.edited_at is not None,
        "comments": talk,
        "moments": comments.list_moments(discussion, viewer=viewer) if discussion else [],
    }


def _video_on_top(page: PostPage, card: PostCard, preview: Preview | None) -> dict[str, Any] | None:
    """The video of a post: the cover before YouTube's picture, YouTube's title before the post's."""
    if not page.video_id:
        return None
    title = preview.title if preview else page.title
    return {"id": page.video_id, "title": title, "start": 0, "thumbnail": card.cover or (preview and preview.picture)}


def _about_author(page: PostPage, *, viewer: Any) -> dict[str, Any] | None:
    """What the box below a post says about its author; nothing of people whose profile the viewer may not see."""
    person = page.author
    if person is None or not person.is_active or not _shows_profile(person, viewer):
        return None
    return {"bio": person.profile.bio, "links": accounts.profile_links(person)}


def _shows_profile(person: Any, viewer: Any) -> bool:
    """The view has made sure that no block parts the two."""
    return viewer == person or is_moderator(viewer) or accounts.is_open(person, viewer=viewer)


@served_by(StandardPage)
@kept(SITE)
def standard(request: HttpRequest, page: StandardPage) -> HttpResponse:
    """A page for itself, with its table of contents."""
    shown = for_guests(request, (SITE,), lambda: _standard(page))
    return render(request, page.get_template(request), {"page": page, **shown})


def _standard(page: StandardPage) -> dict[str, Any]:
    children = StandardPage.objects.child_of(page).live().order_by("path").values_list("title", "url_path")
    return {
        "toc": table_of_contents(page.body),
        "previews": previews(videos_in(page.body)),
        "children": [{"title": title, "url": localized(address(url_path))} for title, url_path in children],
    }
