"""What search engines and other programs read of a page: JSON-LD, Open Graph, canonical addresses."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.conf import settings

from cms.models import PostPage
from cms.views import structured_data
from community.comments.services import add_comment, hide_comment
from tests.browser.world import make_picture
from tests.factories import Cast, copy_posts, make_category, make_post, make_section, make_series
from tests.support.openapi import CheckedClient

pytestmark = pytest.mark.django_db

HOSTILE = 'A </script><script>alert(1)</script> & "quotes" \u2028 \u05e9\u05dc\u05d5\u05dd 🎆'


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    settings.RATE_LIMIT_SCALE = 1000


def graph(client: CheckedClient, path: str) -> dict[str, dict[str, Any]]:
    """The things a page tells of, by their type."""
    html = client.get(path).content.decode()
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert len(scripts) == 1, path
    data = json.loads(scripts[0])
    assert data["@context"] == "https://schema.org"
    return {thing["@type"]: thing for thing in data["@graph"]}


def metas(client: CheckedClient, path: str) -> dict[str, str]:
    """Content by name or property."""
    html = client.get(path).content.decode()
    return dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', html))


def full(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def test_a_post_tells_of_itself_its_author_the_way_to_it_and_its_video(client: CheckedClient, cast: Cast) -> None:
    image = make_picture("Lamp", ("#2b1055", "#d53369"), (1600, 900))
    category = make_category("Films", slug="films")
    series = make_series(cast.creator, "Night walks")
    post = make_post(
        cast.creator, "Lamps", parent=series, cover_image=image, video="dQw4w9WgXcQ", category=category, tags=["Night"]
    )
    things = graph(client, post.url)
    article = things["BlogPosting"]
    assert article["headline"] == "Lamps"
    assert article["mainEntityOfPage"] == full(post.url)
    assert article["author"]["name"] == cast.creator.profile.display_name
    assert article["author"]["url"] == full(f"/creators/{cast.creator.username.lower()}/")
    assert article["articleSection"] == "Films"
    assert article["keywords"] == ["Night"]
    assert article["isPartOf"]["name"] == "Night walks"
    assert article["wordCount"] == PostPage.objects.get(pk=post.pk).word_count
    assert article["datePublished"] <= article["dateModified"]
    assert [step["name"] for step in things["BreadcrumbList"]["itemListElement"]] == [
        settings.WAGTAIL_SITE_NAME, cast.creator.profile.display_name, "Night walks", "Lamps",
    ]  # fmt: skip
    assert things["VideoObject"]["embedUrl"].endswith("/embed/dQw4w9WgXcQ")
    shared = metas(client, post.url)
    assert article["image"] == [shared["og:image"]] == things["VideoObject"]["thumbnailUrl"]
    assert shared["og:image"].startswith(full("/media/"))
    assert (shared["og:image:width"], shared["og:image:height"]) == ("1200", "630")
    assert shared["twitter:card"] == "summary_large_image"
    assert shared["article:section"] == "Films"
    assert shared["article:tag"] == "Night"


def test_what_is_said_below_a_post_is_told_to_machines(client: CheckedClient, client_for: Any, cast: Cast) -> None:
    post = make_post(cast.creator, "Lamps")
    assert "DiscussionForumPosting" not in graph(client, post.url)

    def say(person: Any, words: str, parent: int | None = None) -> Any:
        about = {"target_kind": "post", "target_id": post.pk}
        return add_comment(actor=person, content=words, parent_id=parent, **about)

    first = say(cast.fan, f"**Bright** {HOSTILE} and ||the end||")
    say(cast.creator, "Thank you", first.pk)
    hidden = say(cast.other_fan, "Buy lamps")
    hide_comment(actor=cast.moderator, comment=hidden, reason="Spam")
    talk = graph(client, post.url)["DiscussionForumPosting"]
    assert talk["mainEntityOfPage"] == full(post.url)
    assert talk["commentCount"] == 2
    (told,) = talk["comment"]
    assert told["text"].startswith("Bright")
    assert "the end" not in told["text"]
    assert told["author"]["name"] == cast.fan.profile.display_name
    assert told["url"] == full(f"/comments/{first.pk}/")
    assert (told["upvoteCount"], [each["text"] for each in told["comment"]]) == (0, ["Thank you"])
    assert "Buy lamps" not in str(talk)
    assert "DiscussionForumPosting" not in graph(client_for(cast.other_fan), post.url)


def test_no_text_breaks_out_of_the_data(client: CheckedClient, cast: Cast) -> None:
    post = make_post(cast.fan, HOSTILE, tags=["</script>"])
    html = client.get(post.url).content.decode()
    assert "<script>alert" not in html
    assert graph(client, post.url)["BlogPosting"]["headline"] == " ".join(HOSTILE.split())


def test_the_first_page_says_how_the_site_is_searched(client: CheckedClient, home: Any) -> None:
    things = graph(client, "/")
    assert things["WebSite"]["potentialAction"]["target"]["urlTemplate"] == full("/search/?q={words}")
    assert things["Organization"]["name"] == settings.WAGTAIL_SITE_NAME


def test_an_authors_page_is_a_profile(client: CheckedClient, cast: Cast) -> None:
    make_post(cast.creator, "Lamps")
    path = f"/creators/{cast.creator.username.lower()}/"
    page = graph(client, path)["ProfilePage"]
    assert page["mainEntity"]["alternateName"] == cast.creator.username
    assert page["mainEntity"]["interactionStatistic"]["userInteractionCount"] == 1
    assert metas(client, path)["og:type"] == "profile"


def test_lists_name_their_posts_in_order(client: CheckedClient, cast: Cast) -> None:
    series = make_series(cast.creator, "Night walks", introduction="Ten of them.")
    first = make_post(cast.creator, "One", parent=series)
    second = make_post(cast.creator, "Two", parent=series)
    page = graph(client, series.url)["CollectionPage"]
    assert page["description"] == "Ten of them."
    listed = [(item["position"], item["url"]) for item in page["mainEntity"]["itemListElement"]]
    assert listed == [(1, full(first.url)), (2, full(second.url))]
    section = make_section("News")
    note = make_post(cast.editor, "Soon", parent=section)
    listed = graph(client, section.url)["CollectionPage"]["mainEntity"]["itemListElement"]
    assert [item["url"] for item in listed] == [full(note.url)]
    assert len(graph(client, "/latest/")["CollectionPage"]["mainEntity"]["itemListElement"]) == 3


def test_a_german_page_names_the_one_address_of_the_post(client: CheckedClient, cast: Cast) -> None:
    path = make_post(cast.fan, "Lamps").url
    html = client.get(f"/de{path}").content.decode()
    assert f'<link rel="canonical" href="{full(path)}">' in html
    assert metas(client, f"/de{path}")["og:locale"] == "de_DE"
    assert graph(client, f"/de{path}")["BlogPosting"]["mainEntityOfPage"] == full(path)


@pytest.mark.parametrize(
    ("query", "canonical"),
    [("", ""), ("?page=1", ""), ("?page=2", "?page=2"), ("?utm_source=x", ""), ("?page=2&sort=popular", "?page=2")],
)
def test_later_pages_of_a_list_are_addresses_of_their_own(
    query: str, canonical: str, client: CheckedClient, cast: Cast
) -> None:
    copy_posts(make_post(cast.fan, "Lamp"), 20)
    html = client.get(f"/latest/{query}").content.decode()
    assert f'<link rel="canonical" href="{full("/latest/" + canonical)}">' in html


def test_the_host_that_somebody_sends_is_in_no_address(client: CheckedClient, cast: Cast, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    image = make_picture("Lamp", ("#2b1055", "#d53369"), (1600, 900))
    post = make_post(cast.fan, "Lamps", cover_image=image)
    assert "evil.example" not in client.get(post.url, headers={"Host": "evil.example"}).content.decode()


def test_a_missing_page_leads_to_the_search_in_its_language(client: CheckedClient, home: Any) -> None:
    assert 'href="/search/"' in client.get("/nothing/here/").content.decode()
    german = client.get("/de/nothing/here/").content.decode()
    assert 'href="/de/search/"' in german
    assert 'href="/de/"' in german


def test_addresses_elsewhere_stay_as_they_are() -> None:
    assert structured_data.address("https://cdn.example/a.jpg") == "https://cdn.example/a.jpg"
    assert structured_data.address("/de/tags/x/") == full("/tags/x/")
