"""What the demonstration is made of: texts and pictures, without a database."""

from __future__ import annotations

import io
import typing
from datetime import timedelta

import pytest
from PIL import Image

from cms.demo import demo_accounts, markup, pictures
from cms.demo.material import read_material
from cms.demo.pictures.motifs import EMBLEMS, MOTIFS
from cms.demo.pictures.palettes import PALETTES
from cms.demo.talk import read_talks
from community.accounts.choices import Role
from community.core.text import count_words, make_slug, youtube_id

POSTS = 200
SMALL = 0.1


def test_content_is_what_the_specification_promises():
    material = read_material()
    assert len([person for person in material.people if person.role in {Role.CREATOR, Role.VERIFIED_CREATOR}]) == 12
    assert len(material.posts) == POSTS
    assert len(material.categories) == 8
    assert 20 <= len({tag for post in material.posts for tag in post.tags}) <= 90


def test_slugs_are_those_the_titles_make():
    for post in read_material().posts:
        assert post.slug == make_slug(post.title)


def test_everything_that_is_named_exists():
    material = read_material()
    names = {person.username for person in material.people}
    categories = {entry["slug"] for entry in material.categories}
    slugs = {post.slug for post in material.posts}
    assert {account["username"] for account in demo_accounts()} <= names
    assert {material.home["hero_post"], *material.home["featured"]} <= slugs
    for post in material.posts:
        assert post.author in names
        assert post.category in categories | {""}
        drawings = [part for part in post.body if isinstance(part, markup.Drawing)]
        drawings += [each for part in post.body if isinstance(part, markup.Gallery) for each in part.drawings]
        assert all(drawing.motif in MOTIFS and drawing.palette in PALETTES for drawing in drawings)
        assert post.cover is None or (post.cover.name in MOTIFS and post.cover.palette in PALETTES and post.cover_alt)
        videos = [post.video] if post.video else []
        videos += [part.address for part in post.body if isinstance(part, markup.Video)]
        assert all(youtube_id(address) for address in videos)
    for person in material.people:
        assert person.avatar is None or person.avatar.name in EMBLEMS


def test_no_paragraph_is_there_twice():
    seen: set[str] = set()
    for post in read_material().posts:
        for part in post.body:
            if isinstance(part, markup.Text):
                for paragraph in part.html.split("</p>"):
                    assert len(paragraph) < 40 or paragraph not in seen
                    seen.add(paragraph)


def test_people_talk_below_posts_that_are_there_and_after_they_joined():
    material = read_material()
    people, posts = (
        {person.username: person for person in material.people},
        {post.slug: post for post in material.posts},
    )
    said: set[str] = set()
    for talk in read_talks():
        post = posts[talk.slug]
        for line in talk.lines:
            joined = people[line.who].joined
            assert joined is not None
            assert timedelta(minutes=1) < post.ago - line.after < joined, (talk.slug, line.who)
            assert len(line.content) > 8
            assert line.content not in said
            said.add(line.content)


def test_posts_are_of_many_kinds():
    posts = read_material().posts
    kinds = {type(part) for post in posts for part in post.body}
    assert kinds == set(typing.get_args(markup.Part))
    lengths = [count_words(" ".join(p.html for p in post.body if isinstance(p, markup.Text))) for post in posts]
    assert len([length for length in lengths if length >= 500]) >= 20
    assert len([length for length in lengths if length < 150]) >= 30
    assert [post for post in posts if post.video]
    assert [post for post in posts if post.cover is None]


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("One\nline.\n\nAnother *soft*.", "<p>One line.</p><p>Another <i>soft</i>.</p>"),
        ("## A < B", "<h2>A &lt; B</h2>"),
        ("- **a**\n- `b*c*`", "<ul><li><b>a</b></li><li><code>b*c*</code></li></ul>"),
        ("1. [x](/y/)", '<ol><li><a href="/y/">x</a></li></ol>'),
    ],
)
def test_little_markdown_becomes_rich_text(source, html):
    assert markup.rich_text(source) == html


@pytest.mark.parametrize(
    "source", ["#### Too deep", '!!! loud "A"\nB', "![no motif](picture.jpg)", "<b>HTML</b>", "---\nx"]
)
def test_other_markup_is_refused(source):
    with pytest.raises(ValueError, match="Unknown markup"):
        markup.parts(source)


def test_special_parts_become_what_they_say():
    source = """!!! tip "Cold hands"
Warm the **pan** first.
- One
- Two

??? "The solution"
Rook to c4.

| Move | Why |
|---|---|
| `Rc4` | *roof* |
Table: The bridge

@video https://www.youtube.com/watch?v=aqz-KE-bpKQ "The film"
0:00 Start
1:30 The end

@poll "Which one?"
- This
- That

---

![a](dunes amber "b")
![c](tide moss)"""
    assert markup.parts(source) == [
        markup.Callout("tip", "Cold hands", "<p>Warm the <b>pan</b> first.</p><ul><li>One</li><li>Two</li></ul>"),
        markup.Spoiler("The solution", "<p>Rook to c4.</p>"),
        markup.Table((("Move", "Why"), ("Rc4", "roof")), "The bridge"),
        markup.Video("https://www.youtube.com/watch?v=aqz-KE-bpKQ", "The film", "0:00 Start\n1:30 The end"),
        markup.Poll("Which one?", ("This", "That")),
        markup.Divider(),
        markup.Gallery((markup.Drawing("dunes", "amber", "a", "b"), markup.Drawing("tide", "moss", "c", ""))),
    ]


@pytest.mark.parametrize("source", ["| a | table |", "| a | b |\n|---|---|\n| c |"])
def test_a_table_that_is_none_is_refused(source):
    with pytest.raises(ValueError, match=r"Not a table|Rows of different length"):
        markup.parts(source)


# The pictures


@pytest.mark.parametrize("motif", sorted(MOTIFS))
def test_the_same_seed_draws_the_same_bytes(motif):
    first = pictures.draw(motif, "ember", seed="a", scale=SMALL)
    assert first == pictures.draw(motif, "ember", seed="a", scale=SMALL)
    assert first != pictures.draw(motif, "lagoon", seed="a", scale=SMALL)


def test_covers_have_their_size_and_are_light_enough():
    for motif in ("canyon", "weave"):
        data = pictures.draw(motif, "ember", seed="a")
        assert len(data) <= pictures.MAX_BYTES
        assert Image.open(io.BytesIO(data)).size == (1600, 900)


def test_banners_are_four_to_one():
    assert Image.open(io.BytesIO(pictures.draw("dunes", "amber", seed="a", banner=True, scale=SMALL))).size == (160, 40)
