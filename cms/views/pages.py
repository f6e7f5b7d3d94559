"""Pages of the tree: one view for each page type."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.models import Site
from wagtail.views import serve as wagtail_serve

from cms import selectors
from cms.models import HomePage, PostPage, SectionPage, SeriesPage, StandardPage
from cms.models.serving import served_by
from cms.rules import address, table_of_contents, videos_in
from cms.selectors.cards import PostCard, post_with_related
from cms.selectors.pictures import picture
from cms.selectors.videos import previews_of
from cms.views import structured_data
from cms.views.paging import for_machines, page_of_posts
from community.accounts import selectors as accounts
from community.core.languages import localized
from community.youtube.selectors import Preview, previews

SERIES, PARTS = 6, 50


def serve_page(request: HttpRequest, path: str) -> HttpResponse:
    """Wagtail's own way to a page of the tree, with the site and home page it begins at remembered."""
    request._wagtail_site = selectors.remember_site(  # type: ignore[attr-defined]
        request.get_host(), lambda: Site.find_for_request(request)
    )
    return wagtail_serve(request, path)


@served_by(HomePage)
def home(request: HttpRequest, page: HomePage) -> HttpResponse:
    """Hero, featured posts chosen by editors and filled up with the newest, latest posts, rows, creators."""
    return render(
        request,
        page.get_template(request),
        {
            "page": page,
            "first": selectors.first_page(page, viewer=request.user),
            "creators": selectors.list_featured_creators(),
            "talked_about": selectors.talked_about(),
            "structured_data": structured_data.as_script(structured_data.website()),
        },
    )


@served_by(SectionPage)
def section(request: HttpRequest, page: SectionPage) -> HttpResponse:
    """Parts of the section, its series and its posts."""
    parts = SectionPage.objects.child_of(page).live().order_by("path")
    series = list(selectors.list_series(viewer=request.user, below=page)[:SERIES])
    posts = page_of_posts(request, selectors.list_posts_of_section(page, viewer=request.user))
    things = structured_data.collection(
        page.title, address(page.url_path), description=page.introduction, posts=posts.items, first=posts.first_number
    )
    return render(
        request,
        page.get_template(request),
        {
            "page": page,
            "cover": picture(page.cover_image, "banner") if page.cover_image else None,
            "subsections": [
                {"title": part.title, "url": localized(address(part.url_path)), "colour": part.colour} for part in parts
            ],
            "series": selectors.series_cards(series, viewer=request.user, below=page),
            "posts": posts,
            "structured_data": structured_data.as_script(things),
            **for_machines(request, posts),
            "noindex": not (posts.total or series or parts),
        },
    )


@served_by(SeriesPage)
def series(request: HttpRequest, page: SeriesPage) -> HttpResponse:
    """The parts of a series in their order."""
    card = selectors.series_cards([page], viewer=request.user)[0]
    parts = page_of_posts(request, selectors.list_parts(page, viewer=request.user), size=PARTS)
    return render(
        request,
        page.get_template(request),
        {
            "page": page,
            "series": card,
            "parts": parts,
            "numbered": list(enumerate(parts.items, parts.first_number)),
            **for_machines(request, parts),
            "structured_data": structured_data.as_script(
                structured_data.series(card, address(page.url_path), posts=parts.items, first=parts.first_number)
            ),
        },
    )


@served_by(PostPage)
def post(request: HttpRequest, page: PostPage) -> HttpResponse:
    """The post to read."""
    if page.deleted_at is not None:
        raise Http404
    related = selectors.list_related(page, viewer=request.user)
    card, more = post_with_related(page, related)
    stored = previews_of(page)
    preview = stored.get(page.video_id)
    place = selectors.find_place(page, viewer=request.user)
    stored_picture = preview.picture if preview else None
    shared = picture(page.cover_image, "social") if page.cover_image else stored_picture
    things = structured_data.posting(
        page, card, picture=shared, place=place, video_title=preview.title if preview else ""
    )
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
            "about_author": _about_author(page, viewer=request.user),
            "place": place,
            "shared_picture": shared,
            "structured_data": structured_data.as_script(things),
            "video": _video_on_top(page, card, preview),
            "previews": stored,
            "related": more,
            "edited": page.edited_at is not None,
        },
    )


def _video_on_top(page: PostPage, card: PostCard, preview: Preview | None) -> dict[str, Any] | None:
    """The video of a post: the cover before YouTube's picture, YouTube's title before the post's."""
    if not page.video_id:
        return None
    title = preview.title if preview else page.title
    return {"id": page.video_id, "title": title, "start": 0, "thumbnail": card.cover or (preview and preview.picture)}


def _about_author(page: PostPage, *, viewer: Any) -> dict[str, Any] | None:
    """What the box below a post says about its author; nothing of people whose profile the viewer may not see."""
    person = page.author
    if person is None or not person.is_active or not accounts.is_visible(person, viewer=viewer):
        return None
    return {"bio": person.profile.bio, "links": accounts.profile_links(person)}


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
            "previews": previews(videos_in(page.body)),
            "children": [{"title": title, "url": localized(address(url_path))} for title, url_path in children],
        },
    )
