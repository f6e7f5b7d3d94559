"""What the demonstration is made of, read from the files in `content/`."""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from cms.demo import markup
from community.accounts.choices import Role

CONTENT = Path(__file__).parent / "content"
#: Who writes in the sections.
EDITOR = "editor"
#: Whose account is made first.
ADMIN = "admin"


@dataclasses.dataclass(frozen=True)
class Motif:
    """What a picture shows, and in which colours."""

    name: str
    palette: str


@dataclasses.dataclass(frozen=True)
class AuthorPage:
    """The words and the banner of somebody's page."""

    headline: str
    about: str
    banner: Motif


@dataclasses.dataclass(frozen=True)
class Person:
    """Somebody with an account; `joined` is how long before the day of loading."""

    username: str
    display_name: str
    role: Role
    profile: dict[str, str]
    joined: timedelta | None
    avatar: Motif | None
    page: AuthorPage | None

    @property
    def email(self) -> str:
        """Their address at the demonstration's domain."""
        return f"{self.username.replace('_', '-')}@sparkle.example"


@dataclasses.dataclass(frozen=True)
class Post:
    """A post, `ago` before the loading; without `section` it is on its author's page."""

    slug: str
    author: str
    section: str
    title: str
    ago: timedelta
    category: str
    tags: tuple[str, ...]
    excerpt: str
    video: str
    cover: Motif | None
    cover_alt: str
    featured: bool
    pinned: bool
    series: str
    body: tuple[markup.Part, ...]


@dataclasses.dataclass(frozen=True)
class Series:
    """Posts of one author in their order."""

    slug: str
    author: str
    title: str
    introduction: str
    cover: Motif


@dataclasses.dataclass(frozen=True)
class Document:
    """A standard page."""

    slug: str
    title: str
    body: tuple[markup.Part, ...]


@dataclasses.dataclass(frozen=True)
class Draft:
    """A post an editor has begun in a section; with `goes_out` it comes out by itself, so long after the loading."""

    section: str
    title: str
    body: tuple[markup.Part, ...]
    goes_out: timedelta | None


@dataclasses.dataclass(frozen=True)
class Reusable:
    """Words that several pages show."""

    slug: str
    name: str
    html: str


@dataclasses.dataclass(frozen=True)
class Material:
    """Everything."""

    people: tuple[Person, ...]
    categories: tuple[dict[str, str], ...]
    sections: tuple[dict[str, str], ...]
    documents: tuple[Document, ...]
    series: tuple[Series, ...]
    posts: tuple[Post, ...]
    home: dict[str, Any]
    announcements: tuple[dict[str, str], ...]
    drafts: tuple[Draft, ...]
    reusable: tuple[Reusable, ...]


@functools.cache
def read_material() -> Material:
    """All content; posts from the oldest on. Raises ValueError or KeyError when a file is wrong."""
    site = _toml("site.toml")
    people = tuple(_person(entry) for entry in _toml("people.toml")["people"])
    posts = [_post(path, author=path.parent.name) for path in CONTENT.glob("posts/*/*.md")]
    posts += [_post(path, author=EDITOR, section=path.parent.name) for path in CONTENT.glob("sections/*/*.md")]
    series = [
        Series(author=path.stem, cover=_motif(entry.pop("cover")), **entry)
        for path in sorted(CONTENT.glob("series/*.toml"))
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["series"]
    ]
    known = {(each.author, each.slug) for each in series}
    lost = [post.slug for post in posts if post.series and (post.author, post.series) not in known]
    if lost:
        raise ValueError(f"These posts name a series that is not there: {', '.join(lost)}")
    return Material(
        series=tuple(series),
        people=people,
        categories=tuple(site["categories"]),
        sections=tuple(site["sections"]),
        documents=tuple(_document(CONTENT / "pages" / f"{slug}.md") for slug in ("about", "rules", "privacy")),
        posts=tuple(sorted(posts, key=lambda post: post.ago, reverse=True)),
        home=site["home"],
        announcements=tuple(site["announcements"]),
        drafts=tuple(_draft(entry) for entry in site["drafts"]),
        reusable=tuple(
            Reusable(entry["slug"], entry["name"], markup.rich_text(entry["text"])) for entry in site["reusable"]
        ),
    )


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


def _person(entry: dict[str, Any]) -> Person:
    entry = dict(entry)
    page, joined, avatar = entry.pop("page", None), entry.pop("joined", None), entry.pop("avatar", None)
    return Person(
        username=entry.pop("username"),
        display_name=entry["display_name"],
        role=Role(entry.pop("role", Role.USER)),
        joined=_duration(joined) if joined else None,
        avatar=_motif(avatar) if avatar else None,
        page=page and AuthorPage(page["headline"], markup.rich_text(page["about"]), _motif(page["banner"])),
        profile=entry,
    )


def _post(path: Path, *, author: str, section: str = "") -> Post:
    head, body = _front_matter(path)
    minutes = zlib.crc32(path.stem.encode()) % 50
    return Post(
        slug=path.stem,
        author=author,
        section=section,
        title=head["title"],
        ago=_duration(head["ago"]) + timedelta(minutes=minutes),
        category=head["category"],
        tags=tuple(head["tags"]),
        excerpt=head.get("excerpt", ""),
        video=head.get("video", ""),
        cover=_motif(head["cover"]) if "cover" in head else None,
        cover_alt=head.get("cover_alt", ""),
        featured=head.get("featured", False),
        pinned=head.get("pinned", False),
        series=head.get("series", ""),
        body=tuple(markup.parts(body)),
    )


def _draft(entry: dict[str, str]) -> Draft:
    goes_out = entry.get("goes_out")
    return Draft(
        section=entry["section"],
        title=entry["title"],
        body=tuple(markup.parts(entry["text"])),
        goes_out=_duration(goes_out) if goes_out else None,
    )


def _document(path: Path) -> Document:
    head, body = _front_matter(path)
    return Document(slug=path.stem, title=head["title"], body=tuple(markup.parts(body)))


def _front_matter(path: Path) -> tuple[dict[str, Any], str]:
    """The TOML between the two lines `+++`, and the text after it."""
    _, head, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    return tomllib.loads(head), body


def _motif(text: str) -> Motif:
    name, palette = text.split()
    return Motif(name, palette)


def _duration(text: str) -> timedelta:
    """`3d 4h`, `3d` or `4h`."""
    match = re.fullmatch(r"(?:(?P<days>\d+)d)? ?(?:(?P<hours>\d+)h)?", text)
    if not text or match is None:
        raise ValueError(f"Not a duration: {text!r}")
    return timedelta(days=int(match["days"] or 0), hours=int(match["hours"] or 0))
