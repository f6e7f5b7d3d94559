"""The content that the browser looks at: a small site with everything on it, made once."""

from __future__ import annotations

import dataclasses
import io
import itertools
import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.core.mail import EmailMessage
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone
from PIL import Image
from wagtail.models import PageViewRestriction
from wagtail.rich_text import RichText

from cms import services
from cms.models import CustomImage, PostPage, SeriesPage, StandardPage
from community.accounts.choices import EDITORS, Role
from community.accounts.models import User
from tests.factories import PASSWORD, make_category, make_post, make_section, make_series, make_user

_numbers = itertools.count(1)
VIDEO = "dQw4w9WgXcQ"

PROSE = """
<p>The light goes out, and for a moment nobody breathes. <b>That moment</b> is why
<a href="https://example.org/">we keep coming back</a>, says <i>everybody</i> who was there.</p>
<h2>What happened first</h2>
<p>A very long word such as Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft
must not push anything aside.</p>
<ul><li>A curtain</li><li>A lamp, with <code>inline code</code></li></ul>
<h3>And then</h3>
<ol><li>One</li><li>Two</li></ol>
<blockquote>Words somebody once wrote down.</blockquote>
<hr/>
<p>The end of the text.</p>
"""
TABLE = """
<table><caption>Who came</caption><thead><tr><th scope="col">Evening</th><th scope="col">Guests</th>
<th scope="col">Of them for the first time</th><th scope="col">Weather</th><th scope="col">Light</th></tr></thead>
<tbody><tr><td>Friday</td><td>1,204</td><td>380</td><td>Thunderstorms</td><td>Violet</td></tr></tbody></table>
<dl><dt>Stage</dt><dd>Where it happens</dd></dl>
"""
CODE = """def shine(lamp):
    # A line that is longer than a phone is wide, so that it scrolls by itself.
    return lamp.on(brightness=0.75, colour="violet", for_seconds=60, quietly=True)
"""


@dataclasses.dataclass(frozen=True)
class World:
    """Where things are: address by what a reader would call it."""

    pages: dict[str, str]
    section_id: int


def make_picture(title: str, colours: tuple[str, str], size: tuple[int, int] = (1600, 900)) -> CustomImage:
    """A stored picture that goes from one colour to another."""
    mask = Image.linear_gradient("L").rotate(90).resize(size)
    data = io.BytesIO()
    Image.composite(Image.new("RGB", size, colours[0]), Image.new("RGB", size, colours[1]), mask).save(data, "JPEG")
    data.seek(0)
    return CustomImage.objects.create(title=title, file=ImageFile(data, name="picture.jpg"))


def build() -> World:
    """Makes the content in the current database, and two kept mails."""
    with override_settings(RATE_LIMIT_SCALE=1000):
        return _build()


def _build() -> World:
    services.ensure_site_structure()
    pictures = [make_picture(f"Picture {n}", pair) for n, pair in enumerate([
        ("#2b1055", "#d53369"), ("#0f2027", "#2c5364"), ("#42275a", "#734b6d"),
    ])]  # fmt: skip
    category = make_category("Films", slug="films", colour="#7c4df0", description="Moving pictures.")
    mira = make_user("mira_kay", role=Role.VERIFIED_CREATOR, display_name="Mira Kay", bio="Films lamps.",
                     youtube="https://www.youtube.com/@mirakay", website="https://mira.example/")  # fmt: skip
    jonas = make_user("jonas_w", role=Role.CREATOR, display_name="Jonas Wild")
    make_user("fan", display_name="Ada Fan", bio="Here for the lamps.\nAnd for the cat.", location="Vienna",
              website="https://ada.example/", interests=["Film", "Chess"])  # fmt: skip
    editor = make_user("editor", display_name="Edda Tor")
    editor.groups.add(Group.objects.get(name=EDITORS))
    section = make_section("News", introduction="What is on, and what was.", colour="#0f766e", cover_image=pictures[1])
    make_section("Guides")

    series, part = _series(mira, pictures)
    for number in range(14):
        make_post(
            [mira, jonas][number % 2],
            f"Evening {number + 1} under the old lamps",
            content=f"<p>What we saw on evening {number + 1}, and what came after it, in a few words.</p>",
            cover_image=pictures[number % 3] if number % 4 != 3 else None,
            category=category if number % 2 else None,
            tags=["Lamps", "Night shots"],
        )
    for number in range(4):
        services.create_post(
            actor=editor, parent=section, title=f"Note {number + 1} from the editors", content="<p>Soon.</p>",
            excerpt="A short note.", cover_image=pictures[number % 3], published=True,
        )  # fmt: skip
    post = _great_post(mira, pictures, category)
    plain_video = make_post(jonas, "Only a video", video=VIDEO, cover_image=pictures[1])
    locked = make_post(jonas, "Only with the word")
    PageViewRestriction.objects.create(page=locked, restriction_type=PageViewRestriction.PASSWORD, password="lamp")
    _spread_over_time()

    author_page = services.ensure_author_page(person=mira)
    author_page.headline = "One lamp, many evenings"
    author_page.about = "<p>I film <b>lamps</b>. <a href='https://mira.example/'>More of them</a></p>"
    author_page.banner, author_page.pinned_post = pictures[2], post
    author_page.save()
    home = services.site_root()
    home.hero_title, home.hero_text = "A home for lamp lovers", "Stories, videos and the people behind them."
    home.hero_post = post
    home.rows = home.rows.stream_block.to_python([
        {"type": "posts", "value": {"category": category.pk, "rhythm": "trio", "count": 3}},
        {"type": "posts", "value": {"page": series.pk, "title": "Slowly", "rhythm": "lines", "count": 2}},
        {"type": "people", "value": {"title": "Voices", "people": [author_page.pk]}},
    ])  # fmt: skip
    home.save()
    about = StandardPage(title="About", slug="about", show_in_menus=True, body=[
        ("rich_text", RichText("<h2>Who we are</h2><p>Fans.</p><h2>What we want</h2><h3>Light</h3><p>More of it.</p>")),
        ("html", TABLE),
    ])  # fmt: skip
    services.add_page(parent=home, page=about)
    services.add_page(parent=about, page=StandardPage(title="Rules", slug="rules"))
    _keep_mails()
    return World(
        pages={
            "home": "/",
            "post": post.url,
            "post with a video on top": plain_video.url,
            "author page": author_page.url,
            "author's series": f"{author_page.url}?tab=series",
            "author's words": f"{author_page.url}?tab=about",
            "series": series.url,
            "part of a series": part.url,
            "latest": "/latest/",
            "section": section.url,
            "directory": "/creators/",
            "category": "/categories/films/",
            "tag": "/tags/lamps/",
            "standard page": "/about/",
            "search": "/search/?q=lamps",
            "profile": "/@fan/",
            "sign-in": "/account/login/",
            "sign-up": "/account/signup/",
            "password reset": "/account/password/reset/",
            "locked page": locked.url,
            "e-mail addresses": "/account/email/",
            "new password": "/account/password/change/",
            "sessions": "/account/sessions/",
            "second factor": "/account/2fa/",
            "sign-out": "/account/logout/",
            "code entry": "/account/confirm-email/",
            "missing page": "/nothing/here/",
            "offline page": "/offline/",
            "kept mail": "/dev/mail/",
        },
        section_id=section.pk,
    )


def _series(author: User, pictures: list[CustomImage]) -> tuple[SeriesPage, PostPage]:
    """A series, and its middle part, which warns and is written in another language."""
    series = make_series(author, "Lamps, one by one", introduction="Each of them for a whole evening.")
    parts = [
        make_post(author, title, parent=series, cover_image=pictures[number], content=PROSE)
        for number, title in enumerate(["The desk lamp", "Die Stehlampe", "The lantern"])
    ]
    PostPage.objects.filter(pk=parts[1].pk).update(content_warning="Flashing light.", language="de")
    return series, parts[1]


def _great_post(author: User, pictures: list[CustomImage], category: object) -> PostPage:
    """A post with every kind of block."""
    return make_post(
        author,
        "The whole stage in one evening: lamps, curtains and the people behind them",
        content=None,
        body=[
            ("rich_text", RichText(PROSE)),
            ("image", {"image": pictures[1], "alt": "A blue slope", "caption": "The slope, at night."}),
            ("video", {"video": VIDEO, "title": "How the curtain falls", "start": 42}),
            ("video", {"video": VIDEO, "title": "With chapters", "chapters": "0:00 The lamp\n1:02:03 The curtain"}),
            (
                "gallery",
                {
                    "pictures": [{"image": each, "alt": f"View {n}"} for n, each in enumerate(pictures, 1)],
                    "caption": "Three views",
                },
            ),
            ("callout", {"kind": "warning", "title": "Hot", "text": RichText("<p>Lamps are <b>hot</b>.</p>")}),
            ("spoiler", {"summary": "Who turns off the light", "text": RichText("<p>The cat.</p>")}),
            (
                "table",
                {
                    "data": [["Lamp"] + [f"Evening {n}" for n in range(40)], ["Old"] + ["on"] * 40],
                    "first_row_is_table_header": True,
                    "first_col_is_header": True,
                    "table_caption": "Wide",
                },
            ),
            ("divider", None),
            ("poll", {"question": "Which lamp?", "options": ["The old one", "The new one"]}),
            ("quote", {"text": "Light is a habit.", "attribution": "Jonas Wild"}),
            ("code", {"language": "python", "code": CODE}),
            ("html", TABLE),
            ("embed", {"url": "https://vimeo.com/76979871", "title": "The curtain"}),
        ],
        excerpt="Everything that can stand on a page, on one page.",
        cover_image=pictures[0],
        category=category,
        tags=["Lamps", "Curtains", "Night shots"],
    )


def _spread_over_time() -> None:
    """Gives the posts different days, so that their order is always the same."""
    posts = list(PostPage.objects.order_by("-pk"))
    for days, post in enumerate(posts):
        PostPage.objects.filter(pk=post.pk).update(first_published_at=timezone.now() - timedelta(days=days, hours=1))


def _keep_mails() -> None:
    shutil.rmtree(settings.EMAIL_FILE_PATH, ignore_errors=True)
    Path(settings.EMAIL_FILE_PATH).mkdir(parents=True)
    for subject in ("Your code", "A very long subject " * 8):
        EmailMessage(subject, "Hello,\n\nhttps://example.org/", to=["somebody@people.example"]).send()


def session_of(username: str) -> dict[str, str]:
    """The cookie with which `username` is signed in."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    return cookie_of(client)


def session_waiting_for_a_code() -> dict[str, str]:
    """The cookie of somebody who has just signed up."""
    client, username = Client(), f"newcomer_{next(_numbers)}"
    form = {"email": f"{username.replace('_', '-')}@people.example", "username": username, "password1": PASSWORD}
    form["agree_to_terms"] = "on"
    response = client.post("/account/signup/", form)
    assert response.status_code == 302, response.content
    return cookie_of(client)


def cookie_of(client: Client) -> dict[str, str]:
    """The cookie with which a client is signed in."""
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}
