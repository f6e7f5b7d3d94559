"""What search engines read of a page: JSON-LD in the words of schema.org (https://schema.org/docs/jsonld.html)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from cms.models import PostPage
from cms.selectors import PostCard, SeriesCard
from community.accounts.selectors import AuthorCard
from community.comments.selectors import CommentCard, ThreadPage
from community.core import text
from community.core.languages import without_language
from community.core.pictures import Picture

Thing = dict[str, Any]
#: So many characters of a comment.
COMMENT_WORDS = 500
_HIDDEN_PART = re.compile(r'<span class="spoiler"[^>]*>.*?</span>', re.DOTALL)
#: Inside a script element only these could end it or begin markup.
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def as_script(things: Iterable[Thing]) -> SafeString:
    """The things as one graph, in a form that no text in it can break out of."""
    graph = {"@context": "https://schema.org", "@graph": list(things)}
    return mark_safe(json.dumps(graph, ensure_ascii=False).translate(_ESCAPES))  # noqa: S308 - escaped above


def address(path: str) -> str:
    """The one full address of a page or picture of this site."""
    return f"{settings.PUBLIC_URL}{without_language(path)}" if path.startswith("/") else path


def website() -> list[Thing]:
    """The site, who makes it, and how it is searched."""
    maker = {"@type": "Organization", "@id": address("/#organization"), "name": settings.WAGTAIL_SITE_NAME,
             "url": address("/"), "logo": address(f"{settings.STATIC_URL}icons/icon-512.png")}  # fmt: skip
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": address("/search/?q={words}")},
        "query-input": "required name=words",
    }
    site = {"@type": "WebSite", "@id": address("/#website"), "name": settings.WAGTAIL_SITE_NAME, "url": address("/"),
            "inLanguage": [code for code, _name in settings.LANGUAGES], "publisher": {"@id": maker["@id"]},
            "potentialAction": search}  # fmt: skip
    return [site, maker]


def breadcrumbs(*steps: tuple[str, str]) -> Thing:
    """The way to a page from the start: name and path of each step."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": address(path)}
            for place, (name, path) in enumerate([(settings.WAGTAIL_SITE_NAME, "/"), *steps], start=1)
        ],
    }


def person(author: AuthorCard, *, picture: Picture | None = None, about: str = "") -> Thing:
    """Somebody who publishes."""
    shown = picture or author.avatar
    found: Thing = {"@type": "Person", "name": author.display_name, "alternateName": author.username}
    if author.url:
        found["url"] = address(author.url)
    if shown:
        found["image"] = address(shown.src)
    if about:
        found["description"] = about
    return found


def profile_page(author: AuthorCard, *, about: str, links: Sequence[str], posts: int) -> list[Thing]:
    """Somebody's page."""
    who = person(author, about=about)
    if links:
        who["sameAs"] = list(links)
    who["interactionStatistic"] = {
        "@type": "InteractionCounter",
        "interactionType": "https://schema.org/WriteAction",
        "userInteractionCount": posts,
    }
    page = {"@type": "ProfilePage", "url": address(author.url), "mainEntity": who}
    return [page, breadcrumbs((author.display_name, author.url))]


def posting(
    page: PostPage, card: PostCard, *, picture: Picture | None, place: Any = None, video_title: str = ""
) -> list[Thing]:
    """A post, the way to it, and its video, where it has the picture that search engines require."""
    article: Thing = {
        "@type": "BlogPosting",
        "@id": address(card.url) + "#article",
        "mainEntityOfPage": address(card.url),
        "headline": card.title[:110],
        "description": card.excerpt,
        "inLanguage": page.language,
        "wordCount": page.word_count,
        "publisher": {"@type": "Organization", "name": settings.WAGTAIL_SITE_NAME, "url": address("/")},
    }
    if card.author is not None:
        article["author"] = person(card.author)
    if card.published_at is not None:
        article["datePublished"] = card.published_at.isoformat()
        article["dateModified"] = (page.edited_at or card.published_at).isoformat()
    if picture is not None:
        article["image"] = [address(picture.src)]
    if card.category is not None:
        article["articleSection"] = card.category.name
    if card.tags:
        article["keywords"] = [tag.name for tag in card.tags]
    steps = [(card.author.display_name, card.author.url)] if card.author is not None and card.author.url else []
    if place is not None:
        article["isPartOf"] = {"@type": "CreativeWorkSeries", "name": place.title, "url": address(place.url)}
        article["position"] = place.position
        steps.append((place.title, place.url))
    things = [article, breadcrumbs(*steps, (card.title, card.url))]
    if page.video_id and card.published_at is not None and picture is not None:
        things.append({
            "@type": "VideoObject",
            "name": video_title or card.title,
            "description": card.excerpt or card.title,
            "thumbnailUrl": [address(picture.src)],
            "uploadDate": card.published_at.isoformat(),
            "embedUrl": f"https://www.youtube-nocookie.com/embed/{page.video_id}",
            "contentUrl": f"https://www.youtube.com/watch?v={page.video_id}",
        })  # fmt: skip
    return things


def discussion(card: PostCard, talk: ThreadPage) -> list[Thing]:
    """What is said below a post, as the page shows it first: nothing while nobody has said anything.

    What other sites say of themselves is left out, and of what is hidden in a text only that it is there.
    """
    said = [thread for thread in talk.threads if not thread.first.ping]
    if not said:
        return []
    posting: Thing = {
        "@type": "DiscussionForumPosting",
        "@id": address(card.url) + "#discussion",
        "mainEntityOfPage": address(card.url),
        "url": address(card.url),
        "headline": card.title[:110],
        "text": card.excerpt or card.title,
        "commentCount": talk.total,
        "comment": [_comment(thread.first, thread.replies) for thread in said if not thread.first.state],
    }
    if card.author is not None:
        posting["author"] = person(card.author)
    if card.published_at is not None:
        posting["datePublished"] = card.published_at.isoformat()
    return [posting] if posting["comment"] else []


def _comment(card: CommentCard, replies: Sequence[CommentCard] = ()) -> Thing:
    words = text.plain_text(_HIDDEN_PART.sub("…", card.html))
    found: Thing = {
        "@type": "Comment",
        "url": address(reverse("comment", args=[card.id])),
        "text": text.truncate(words, COMMENT_WORDS),
        "datePublished": card.created_at.isoformat(),
        "upvoteCount": card.reactions,
        "author": person(card.author)
        if card.author is not None
        else {"@type": "Person", "name": card.guest_name or "?"},
    }
    if answers := [_comment(reply) for reply in replies if not reply.state]:
        found["comment"] = answers
    return found


def collection(name: str, path: str, *, description: str, posts: Iterable[PostCard], first: int = 1) -> list[Thing]:
    """A list of posts with a page of its own: a section, a category, a series."""
    page = {
        "@type": "CollectionPage",
        "name": name,
        "url": address(path),
        "mainEntity": {
            "@type": "ItemList",
            "itemListElement": [
                {"@type": "ListItem", "position": place, "url": address(post.url), "name": post.title}
                for place, post in enumerate(posts, start=first)
            ],
        },
    }
    if description:
        page["description"] = description
    return [page, breadcrumbs((name, path))]


def series(card: SeriesCard, path: str, *, posts: Iterable[PostCard], first: int = 1) -> list[Thing]:
    """A series with its parts in their order."""
    return collection(card.title, path, description=card.introduction, posts=posts, first=first)
