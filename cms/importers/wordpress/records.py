"""What a WordPress export holds, as records: the site, its authors, its terms, its posts and pages."""

from __future__ import annotations

import dataclasses
from datetime import datetime

CATEGORY = "category"
TAG = "post_tag"
POST = "post"
PAGE = "page"


@dataclasses.dataclass(frozen=True, slots=True)
class SiteRecord:
    """Where the export comes from; `address` has no closing slash, `language` is a code such as "en"."""

    address: str
    title: str
    language: str
    version: str


@dataclasses.dataclass(frozen=True, slots=True)
class AuthorRecord:
    """A person who may have written; `key` is the login as WordPress compares it."""

    key: str
    login: str
    display_name: str


@dataclasses.dataclass(frozen=True, slots=True)
class TermRecord:
    """A category or tag of the site; `slug` is decoded and in lower case, `parent` is a slug or name."""

    taxonomy: str
    slug: str
    name: str
    parent: str = ""
    description: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class EntryRecord:
    """A post or page as it was exported; its texts are still WordPress's."""

    kind: str
    external_id: str
    guid: str
    title: str
    slug: str
    author: str
    status: str
    password: str
    published_at: datetime | None
    modified_at: datetime | None
    content: str
    excerpt: str
    parent_id: str
    menu_order: int
    comments_open: bool
    terms: tuple[TermRecord, ...]

    @property
    def label(self) -> str:
        """How messages call it."""
        return f"{self.kind} {self.external_id}"


@dataclasses.dataclass(frozen=True, slots=True)
class OtherRecord:
    """An item that is not imported: an attachment, a menu entry, a plugin's own type."""

    kind: str


@dataclasses.dataclass(frozen=True, slots=True)
class CommentRecord:
    """A comment as it was exported. `author` is the key of the author who wrote it, empty for a guest."""

    external_id: str
    parent_id: str
    author: str
    name: str
    address: str
    written_at: datetime | None
    content: str
    state: str
    kind: str


@dataclasses.dataclass(frozen=True, slots=True)
class CommentsRecord:
    """The comments of the item before it, in the order of the file."""

    comments: tuple[CommentRecord, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class RemarkRecord:
    """Something about the file that whoever imports should know."""

    text: str


Record = SiteRecord | AuthorRecord | TermRecord | EntryRecord | OtherRecord | CommentsRecord | RemarkRecord
