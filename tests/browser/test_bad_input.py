"""Whatever people put in, pages stay whole: nothing overflows, overlaps, turns around, breaks or runs."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from playwright.sync_api import Page as Tab
from wagtail.models import Page
from wagtail.rich_text import RichText
from wagtail.test.utils.form_data import rich_text, streamfield

from cms import services
from cms.models import Announcement, Category, CreatorPage, CustomDocument, CustomImage, PostPage, SeriesPage
from community.accounts import services as services_of_people
from community.accounts.choices import Role
from community.accounts.models import User
from community.core.errors import Invalid
from tests.browser import world
from tests.browser.conftest import Visitor
from tests.browser.test_hostile_texts import HOSTILE
from tests.cms.test_admin import post_form
from tests.cms.wxr import builder
from tests.cms.wxr.running import run_file
from tests.conftest import PROJECT
from tests.factories import make_category, make_image, make_post, make_series, make_user
from tests.support.bad_input import CODE, DIRECTIONS, EVIL, ODD_CONTENT, WORD, Words, document, every_block
from tests.support.frames import column, link, set_frame
from tests.support.invisible import INVISIBLE
from tests.support.layout import breaks, nothing_breaks, turned_around

pytestmark = pytest.mark.browser

BOTH = (390, 1280)
ALL = (320, *BOTH)


@pytest.fixture(autouse=True)
def _no_limits() -> Iterator[None]:
    """One person writes more here than one may in a minute."""
    with override_settings(RATE_LIMIT_SCALE=1000):
        yield


@pytest.fixture(autouse=True)
def _off_the_site_again(visitor: Visitor) -> Iterator[None]:
    """What was published here is off the site afterwards."""
    newest = PostPage.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yield
    for kind in (PostPage, SeriesPage):
        kind.objects.filter(pk__gt=newest).update(live=False)
    Category.objects.filter(slug__startswith="bad-").delete()
    Announcement.objects.all().delete()


@pytest.fixture
def image(visitor: Visitor) -> CustomImage:
    """A picture in one colour."""
    return make_image("Slope", size=(1600, 900))


@pytest.fixture
def file(visitor: Visitor) -> CustomDocument:
    """A document."""
    return document()


@contextlib.contextmanager
def framed(say: Words) -> Iterator[None]:
    """These words in menus, footer and a banner."""
    frame = set_frame(
        [link(say(60), address="/about/")] * 9, [column(say(60), *[link(say(60), address="/about/")] * 3)] * 4, say(160)
    )
    banner = Announcement.objects.create(text=say(240), link_text=say(60), link_address="/about/", level="warning")
    try:
        yield
    finally:
        banner.delete()
        frame.delete()


def spoken_about(say: Words, image: CustomImage, file: CustomDocument, code: str = CODE) -> tuple[User, PostPage]:
    """An author, a series and a post in it, with these words in all their places."""
    author = make_user(role=Role.VERIFIED_CREATOR, display_name=say(100), bio=say(500), location=say(100),
                       interests=[say(30)], website=f"https://{'w' * 60}.example/")  # fmt: skip
    page = services.ensure_author_page(person=author)
    CreatorPage.objects.filter(pk=page.pk).update(headline=say(160), about=f"<p>{say(500)}</p><h2>{say(200)}</h2>")
    category = make_category(say(100), slug=f"bad-{author.pk}", description=say(500), colour="#7c4df0")
    series = make_series(author, say(255), introduction=say(500))
    for number in range(3):
        post = make_post(
            author, say(255), parent=series, content=None,
            body=every_block(say, image, file, code) if number == 1 else [],
            excerpt=say(500), category=category, cover_image=image if number else None,
            tags=[say(100), f"{say(90)} {number}"],
        )  # fmt: skip
        PostPage.objects.filter(pk=post.pk).update(content_warning=say(200))
    return author, series.parts()[1]


def walk(page: Tab, paths: Iterable[str], *widths: int) -> list[str]:
    """What breaks on these pages, with all that can be folded in their content opened."""
    found = []
    for path in paths:
        answer = page.goto(path)
        if answer is None or answer.status != 200:
            found.append(f"{path}: {answer and answer.status}")
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        found += breaks(page, *widths)
    return found


def places(author: User, post: PostPage) -> list[str]:
    """Where an author and a post of theirs are shown."""
    own = f"/creators/{author.username}/"
    return [
        post.url, post.get_parent().get_url(), own, f"{own}?tab=series", f"{own}?tab=about",
        f"/categories/bad-{author.pk}/", "/", "/latest/", "/creators/", f"/@{author.username}/",
        f"/search/?q={quote(post.title)}", f"/search/?q={quote(author.profile.display_name)}",
    ]  # fmt: skip


@pytest.mark.long
def test_words_without_an_end_stay_in_their_places(visitor: Visitor, image: CustomImage, file: CustomDocument) -> None:
    author, post = spoken_about(lambda length: WORD[:length], image, file)
    page = visitor.open(width=390)
    with framed(lambda length: WORD[:length]):
        nothing_breaks(walk(page, places(author, post), *ALL))


LONG = pytest.mark.long


@pytest.mark.parametrize(
    "name", ["Hebrew with Latin", *(pytest.param(name, marks=LONG) for name in ("Arabic", "Latin with Arabic"))]
)
def test_every_direction_of_writing_keeps_its_own(
    visitor: Visitor, image: CustomImage, file: CustomDocument, name: str
) -> None:
    words = DIRECTIONS[name]
    author, post = spoken_about(lambda _length: words, image, file, words)
    page, found = visitor.open(), []
    with framed(lambda _length: words):
        for path in places(author, post):
            found += walk(page, [path], *(BOTH if path == post.url else BOTH[1:]))
            found += [f"{path[:60]}: turned around: {each}" for each in turned_around(page)]
    nothing_breaks(found)


@pytest.mark.long
def test_three_hundred_blocks_make_one_long_page(visitor: Visitor, image: CustomImage, file: CustomDocument) -> None:
    blocks = every_block(lambda length: "A lamp, a curtain and a cat under the stage."[:length], image, file)
    author = make_user(role=Role.CREATOR)
    again = [block for block in blocks if block[0] != "poll"]  # of which a post has one
    body = (blocks + again * 25)[:300]
    post = make_post(author, "Three hundred pieces", content=None, body=body, cover_image=image)
    page = visitor.open()
    nothing_breaks(walk(page, [post.url], *BOTH))
    assert page.locator(".body > *:not(script)").count() >= 300
    assert page.evaluate("new Set([...document.querySelectorAll('[id]')].map(each => each.id)).size") == page.evaluate(
        "document.querySelectorAll('[id]').length"
    )


@pytest.mark.long
def test_pictures_of_any_shape_and_forty_tags_fit(visitor: Visitor, image: CustomImage) -> None:
    author = make_user(role=Role.CREATOR)
    category = make_category("Shapes", slug=f"bad-{author.pk}")
    pictures = [None, *(make_image(size=size) for size in ((900, 1600), (4000, 400), (10, 10), (1, 1), (20, 3000)))]
    posts = []
    for number, cover in enumerate(pictures):
        body = [("rich_text", RichText("<p>Words.</p>"))]
        if cover:
            body += [
                ("image", {"image": cover, "alt": "Shape", "caption": "Below it"}),
                (
                    "gallery",
                    {"pictures": [{"image": each, "alt": "Shape"} for each in (cover, image)], "caption": "Two"},
                ),
            ]
        tags = [f"Tag number {each} of {'very ' * (each % 9)}many" for each in range(40)] if number < 2 else []
        posts.append(
            make_post(
                author, f"Shape {number}", content=None, body=body, cover_image=cover, tags=tags, category=category
            )
        )
    own = f"/creators/{author.username}/"
    page = visitor.open()
    nothing_breaks(walk(page, [*(post.url for post in posts), own, "/latest/", category.get_absolute_url()], *BOTH))


def test_wide_tables_and_lines_scroll_by_themselves(visitor: Visitor) -> None:
    author = make_user(role=Role.CREATOR)
    row = [f"Column number {n}" for n in range(60)]
    cells = "".join(f"<td>{cell.replace(' ', '&nbsp;')}</td>" for cell in row)
    body = [
        ("rich_text", RichText("<p>Before.</p>")),
        ("table", {"data": [row, row], "first_row_is_table_header": True}),
        ("html", f"<table><tr>{cells}</tr></table><pre>{'z' * 5000}</pre>"),
        ("code", {"language": "text", "code": CODE}),
        ("callout", {"kind": "note", "title": "", "text": RichText(f"<p><code>{'c' * 900}</code></p>")}),
    ]
    post = make_post(author, "Wide things", content=None, body=body)
    page = visitor.open()
    nothing_breaks(walk(page, [post.url], *ALL))
    wide = page.evaluate(
        "[...document.querySelectorAll('.table-frame, .prose table, pre')].map(each => each.scrollWidth)"
    )
    assert len(wide) == 4
    assert min(wide) > 4000
    assert page.evaluate(
        "[...document.querySelectorAll('.table-frame, .prose table, pre')].every(each => each.tabIndex === 0)"
    )


def told(lines: list[str], category: Category) -> list[PostPage]:
    """A post by an author of its own for each line, which is title, tag and name, as far as those are accepted."""
    posts = []
    for number, line in enumerate(lines):
        author = make_user(role=Role.CREATOR)
        with contextlib.suppress(Invalid):
            services_of_people.update_profile(actor=author, person=author, display_name=line.strip()[:100], bio=line)
        for values in ({"title": line, "tags": [line[:100]]}, {"title": line}, {"title": f"Line {number}"}):
            try:
                posts.append(make_post(author, category=category, excerpt=line, **values))
                break
            except Invalid:
                continue
    return posts


def spread(visitor: Visitor, lines: list[str], every: int) -> list[str]:
    """What breaks where these lines are shown: all in lists, and the pages of some of them."""
    category = make_category("Naughty", slug="bad-naughty")
    posts, found, page = told(lines, category), [], visitor.open()
    assert len(posts) == len(lines)
    for line, post in zip(lines, posts, strict=True):
        for path in (post.url, f"/creators/{post.author.username}/"):
            answer = page.request.get(path)
            if answer.status != 200 or ("<" in line and line in answer.text()):
                found.append(f"{path}: {answer.status}, {line!r} is not escaped")
        answer = page.request.get("/search/", params={"q": line})
        if answer.status != 200 or ("<" in line and line in answer.text()):
            found.append(f"search: {answer.status}, {line!r} is not escaped")
    lists = [f"/categories/bad-naughty/?page={number}" for number in range(1, len(posts) // 24 + 1)]
    found += walk(page, [*lists, "/categories/bad-naughty/", "/latest/", "/", "/creators/"], *BOTH)
    some = zip(lines[::every], posts[::every], strict=True)
    for line, post in some:
        found += walk(page, [post.url, f"/creators/{post.author.username}/", f"/search/?q={quote(line)}"], 390)
    return found


@pytest.mark.long
def test_naughty_strings_are_only_words(visitor: Visitor, shared_data: Callable[[str], Path]) -> None:
    lines = json.loads(shared_data("strings/blns.json").read_text(encoding="utf-8"))
    nothing_breaks(spread(visitor, [line for line in lines if line.strip()][5::40], every=5))


@pytest.mark.long
def test_hostile_strings_are_only_words(visitor: Visitor) -> None:
    nothing_breaks(spread(visitor, HOSTILE, every=4))


@pytest.mark.long
def test_piles_of_marks_and_names_that_nobody_sees_are_only_words(visitor: Visitor) -> None:
    piles = ["ด" + "\u0e49\u0e47" * 44, "a" + "\u0301" * 99, "\u0f40" + "\u0f74" * 99, "👩\u200d" * 60]
    nothing_breaks(spread(visitor, [*piles, *INVISIBLE.values()], every=1))


@pytest.mark.long
@pytest.mark.parametrize("part", range(13))
def test_each_naughty_string_is_only_words(visitor: Visitor, shared_data: Callable[[str], Path], part: int) -> None:
    lines = json.loads(shared_data("strings/blns.json").read_text(encoding="utf-8"))
    nothing_breaks(spread(visitor, [line for line in lines if line.strip()][part::13], every=1))


def walk_imported(visitor: Visitor, path: Path) -> int:
    """Imports an export and looks at every page that came of it; how many these were."""
    newest = Page.objects.order_by("-pk").values_list("pk", flat=True)[0]
    run_file(path)
    made = Page.objects.filter(pk__gt=newest)
    try:
        pages = [page.get_url() for page in made.live().specific()]
        browser = visitor.open()
        nothing_breaks(walk(browser, [*pages, "/latest/", "/creators/", "/categories/odd/"][: len(pages) + 2], *BOTH))
        return len(pages)
    finally:
        made.update(live=False)


@pytest.mark.long
def test_every_imported_page_is_whole(visitor: Visitor, tmp_path: Path) -> None:
    assert walk_imported(visitor, PROJECT / "tests/cms/wxr/version_1_0.xml") == 2
    items = [
        builder.item(number, title=title, content__encoded=content, dc__creator="odd")
        for number, (title, content) in enumerate(ODD_CONTENT.items(), 1)
    ]
    pages = [
        builder.page(90, "P" * 255),
        builder.page(91, "", parent=90, content__encoded="<h2></h2>" + "<h2>X</h2>" * 40),
    ]
    assert walk_imported(visitor, builder.write(tmp_path, *items, *pages)) == len(ODD_CONTENT) + 3


@pytest.mark.data
@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_page_of_a_real_export_is_whole(visitor: Visitor, shared_data: Callable[[str], Path]) -> None:
    assert walk_imported(visitor, shared_data("wordpress/themeunittestdata.wordpress.xml")) > 50


@pytest.mark.long
def test_what_is_typed_into_the_admin_runs_nowhere(visitor: Visitor, image: CustomImage) -> None:
    desk = Client()
    desk.force_login(User.objects.get(username="editor"))
    add = reverse("wagtailadmin_pages:add", args=["cms", "postpage", visitor.site.section_id])
    form = post_form(
        EVIL[:250],
        body=streamfield([
            ("rich_text", rich_text(EVIL)),
            ("html", EVIL),
            ("quote", {"text": EVIL, "attribution": EVIL[:250]}),
            ("callout", {"kind": "tip", "title": EVIL[:120], "text": rich_text(EVIL)}),
            ("spoiler", {"summary": EVIL[:160], "text": rich_text(EVIL)}),
            ("image", {"image": image.pk, "alt": EVIL[:250], "caption": EVIL[:250]}),
        ]),
        excerpt=EVIL, tags=f'"{EVIL[:90]}"', content_warning=EVIL[:200], seo_title=EVIL[:250], search_description=EVIL,
    )  # fmt: skip
    answer = desk.post(add, {**form, "action-publish": "1"})
    assert answer.status_code == 302, answer.content
    post = PostPage.objects.latest("pk")
    assert post.title == EVIL[:250]
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[post.pk])
    assert desk.post(preview, {**form, "slug": post.slug}).json()["is_valid"]
    category = make_category(EVIL[:100], slug="bad-evil", description=EVIL)
    image.title = EVIL[:250]
    image.save()
    Announcement.objects.create(text=EVIL[:240], link_text=EVIL[:60], link_address="/about/")

    page = visitor.context(session=world.cookie_of(desk)).new_page()
    page.on("dialog", lambda dialog: visitor.problems.append(f"dialog: {dialog.message}"))
    for path in (
        "/cms/", f"/cms/pages/{visitor.site.section_id}/", f"/cms/pages/{post.pk}/edit/",
        f"/cms/pages/{post.pk}/history/", f"/cms/pages/{post.pk}/delete/", "/cms/images/",
        f"/cms/images/{image.pk}/", "/cms/snippets/cms/category/",
        f"/cms/snippets/cms/category/edit/{category.pk}/", "/cms/snippets/cms/announcement/",
        "/cms/reports/site-history/",
        f"{preview}?mode=", f"/cms/pages/{post.pk}/view_draft/",
    ):  # fmt: skip
        answer = page.goto(path)
        assert answer, path
        assert answer.status == 200, path
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        assert page.evaluate("window.ran") is None, path
        assert page.locator("iframe[srcdoc], main [onerror], main [onload], main [ontoggle]").count() == 0, path
    nothing_breaks(
        walk(page, [post.url, visitor.site.pages["section"], category.get_absolute_url(), "/latest/"], *BOTH)
    )
    shown = json.dumps(desk.get(f"/api/posts/{post.pk}").json()["data"]["content"])
    assert "Kept" in shown
    assert not re.search(r"<(script|svg|iframe|style|details open)", shown)
