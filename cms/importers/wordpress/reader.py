"""Reads an export piece by piece, whatever its size, and gives its records in the file's order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.parsers.expat import errors as expat_errors

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, iterparse  # type: ignore[import-untyped]

from cms.importers import UnreadableExport
from cms.importers.characters import clean_characters, one_line
from cms.importers.wordpress.dates import moment
from cms.importers.wordpress.records import (
    CATEGORY,
    PAGE,
    POST,
    TAG,
    AuthorRecord,
    CommentRecord,
    CommentsRecord,
    EntryRecord,
    OtherRecord,
    Record,
    RemarkRecord,
    SiteRecord,
    TermRecord,
)
from cms.importers.wordpress.source import ExportFile

_DEPTH_MAX = 32
_ADDRESS = re.compile(r"^[^\s@]+@[^\s@]+$")
_VERSION = re.compile(r"^\d+\.\d+$")
_KNOWN_VERSIONS = {"1.0", "1.1", "1.2"}
_NAMESPACES = (
    (re.compile(r"^https?://wordpress\.org/export/\d+\.\d+/?$"), "wp"),
    (re.compile(r"^https?://wordpress\.org/export/\d+\.\d+/excerpt/?$"), "excerpt"),
    (re.compile(r"^http://purl\.org/rss/1\.0/modules/content/?$"), "content"),
    (re.compile(r"^http://purl\.org/dc/elements/1\.1/?$"), "dc"),
)
_TAXONOMIES = {"category": CATEGORY, "post_tag": TAG, "tag": TAG}
_HEADER = {"title", "link", "language", "wp:wxr_version", "wp:base_site_url", "wp:base_blog_url"}
_ENDED_EARLY = {
    expat_errors.codes[getattr(expat_errors, name)]
    for name in ("XML_ERROR_NO_ELEMENTS", "XML_ERROR_UNCLOSED_TOKEN", "XML_ERROR_UNCLOSED_CDATA_SECTION")
}
Parts = dict[str, str]


def read_export(path: Path) -> Iterator[Record]:
    """The records of the export at `path`, the site's first; raises UnreadableExport, also in the middle."""
    with ExportFile(path) as source:
        try:
            yield from _Reader().records(source)
        except ParseError as error:
            line, column = error.position
            if error.code in _ENDED_EARLY:
                raise UnreadableExport(f"{path} ends too early, at line {line}: the file is not complete.") from error
            reason = expat_errors.messages.get(error.code, "not well-formed")
            raise UnreadableExport(f"{path} is not sound XML: {reason} (line {line}, column {column}).") from error
        except DefusedXmlException as error:
            raise UnreadableExport(
                f"{path} declares a document type or entities. No WordPress export does; they are refused."
            ) from error
        if source.removed:
            yield RemarkRecord(f"{source.removed} characters that XML forbids were left out")


class _Reader:
    """Follows the elements of the file; what was read is forgotten at once."""

    def __init__(self) -> None:
        self.header: Parts = {}
        self.site_sent = False
        self.items = 0
        self.path: list[str] = []
        #: The keys of authors by their number and by their address, to know them again below comments.
        self.authors: dict[str, str] = {}

    def records(self, source: ExportFile) -> Iterator[Record]:
        channel: Any = None
        for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
            name = _name(element.tag)
            if event == "start":
                self.path.append(name)
                self._check_place(name)
                if len(self.path) == 2 and name == "channel":
                    channel = element
                continue
            self.path.pop()
            if len(self.path) == 2 and channel is not None:
                yield from self._child(name, element)
                # Without this, the whole file would stay in memory.
                channel.clear()
        if channel is None:
            raise UnreadableExport("The file has no <channel>: it is not a WordPress export.")
        yield from self._site()

    def _check_place(self, name: str) -> None:
        if len(self.path) == 1 and name != "rss":
            raise UnreadableExport(f"The file's first element is <{name}>: a WordPress export begins with <rss>.")
        if len(self.path) > _DEPTH_MAX:
            raise UnreadableExport("The file's elements are nested deeper than any WordPress export.")

    def _child(self, name: str, element: Any) -> Iterator[Record]:
        if name in _HEADER:
            self.header.setdefault(name, (element.text or "").strip())
        elif name == "wp:author":
            yield from self._site()
            parts = _parts(element)
            author = _author(parts)
            if author is not None:
                for name in ("wp:author_id", "wp:author_email"):
                    if known := parts.get(name, "").strip().lower():
                        self.authors.setdefault(known, author.key)
                yield author
        elif name in {"wp:category", "wp:tag", "wp:term"}:
            yield from self._site()
            term = _term(name, _parts(element))
            if term is not None:
                yield term
        elif name == "item":
            yield from self._site()
            self.items += 1
            yield from self._item(element)

    def _site(self) -> Iterator[Record]:
        """The site's record, once, when its elements have passed."""
        if self.site_sent:
            return
        self.site_sent = True
        version = self.header.get("wp:wxr_version", "")
        if not _VERSION.match(version):
            raise UnreadableExport(
                "This is no WordPress export: it does not say which version of the format it has (wp:wxr_version)."
            )
        address = next(
            (self.header[name] for name in ("wp:base_blog_url", "link", "wp:base_site_url") if self.header.get(name)),
            "",
        )
        yield SiteRecord(
            address=clean_characters(address).rstrip("/"),
            title=one_line(self.header.get("title", "")),
            language=self.header.get("language", "").lower().replace("_", "-").split("-")[0],
            version=version,
        )
        if version not in _KNOWN_VERSIONS:
            yield RemarkRecord(f"the format's version {version} is unknown: read like 1.2")

    def _item(self, element: Any) -> Iterator[Record]:
        parts = _parts(element)
        kind = parts.get("wp:post_type", "").strip()
        if not kind:
            raise self._lacks(parts, "wp:post_type")
        comments = tuple(self._comment(child) for child in element if _name(child.tag) == "wp:comment")
        if kind not in {POST, PAGE}:
            yield OtherRecord(kind[:40])
            if comments:
                yield CommentsRecord(comments)
            return
        for required in ("wp:post_id", "wp:status"):
            if not parts.get(required, "").strip():
                raise self._lacks(parts, required)
        if "content:encoded" not in parts:
            raise self._lacks(parts, "content:encoded")
        yield _entry(kind, parts, _item_terms(element))
        if comments:
            yield CommentsRecord(comments)

    def _comment(self, element: Any) -> CommentRecord:
        """A comment; the address of who wrote it is only compared with those of the authors."""
        parts = {name.removeprefix("wp:comment_"): text for name, text in _parts(element).items()}
        number, mail = parts.get("user_id", "").strip(), parts.get("author_email", "").strip().lower()
        member = number not in {"", "0"}
        parent = parts.get("parent", "").strip()
        name = one_line(parts.get("author", ""))
        return CommentRecord(
            external_id=clean_characters(parts.get("id", "")).strip()[:100],
            parent_id="" if parent == "0" else parent[:100],
            author=(self.authors.get(number) or self.authors.get(mail, "")) if member else "",
            name=name.partition("@")[0] if _ADDRESS.match(name) else name,
            address=clean_characters(parts.get("author_url", "")).strip(),
            written_at=moment(parts.get("date_gmt", ""), parts.get("date", "")),
            content=clean_characters(parts.get("content", "")),
            state=parts.get("approved", "").strip().lower(),
            kind=parts.get("type", "").strip().lower(),
        )

    def _lacks(self, parts: Parts, name: str) -> UnreadableExport:
        title = one_line(parts.get("title", ""))[:60]
        called = f" (“{title}”)" if title else ""
        return UnreadableExport(f"Item {self.items}{called} has no <{name}>: the export is damaged.")


def _name(tag: str) -> str:
    """An element's name with the usual prefix, whatever prefix and version of the namespace the file uses."""
    namespace, closing, local = tag.rpartition("}")
    if not closing:
        return local
    for pattern, prefix in _NAMESPACES:
        if pattern.match(namespace[1:]):
            return f"{prefix}:{local}"
    return tag


def _parts(element: Any) -> Parts:
    """Child elements by name, the first of each."""
    parts: Parts = {}
    for child in element:
        parts.setdefault(_name(child.tag), child.text or "")
    return parts


def _author(parts: Parts) -> AuthorRecord | None:
    login = parts.get("wp:author_login", "").strip()
    key = author_key(login)
    if not key:
        return None
    both = f"{parts.get('wp:author_first_name', '')} {parts.get('wp:author_last_name', '')}"
    return AuthorRecord(
        key=key,
        login=one_line(login),
        display_name=one_line(parts.get("wp:author_display_name", "")) or one_line(both),
    )


def author_key(login: str) -> str:
    """A login in the form in which two spellings are one person (as in WordPress's `sanitize_user`)."""
    plain = one_line(login).lower()
    return re.sub(r"[^\w .@-]", "", plain).strip() or plain


def term_slug(slug: str) -> str:
    """A term's slug as people read it: percent signs decoded, lower case."""
    return clean_characters(unquote(slug.strip())).lower().strip()


def _term(element: str, parts: Parts) -> TermRecord | None:
    """A term of the header, from any of the three elements that WordPress has for them."""
    if element == "wp:term":
        taxonomy = _TAXONOMIES.get(parts.get("wp:term_taxonomy", "").strip(), "")
        slug, name, parent = (parts.get(f"wp:term_{part}", "") for part in ("slug", "name", "parent"))
        description = parts.get("wp:term_description", "")
    elif element == "wp:tag":
        taxonomy = TAG
        slug, name, parent = parts.get("wp:tag_slug", ""), parts.get("wp:tag_name", ""), ""
        description = parts.get("wp:tag_description", "")
    else:
        taxonomy = CATEGORY
        slug, parent = parts.get("wp:category_nicename", ""), parts.get("wp:category_parent", "")
        name, description = parts.get("wp:cat_name", ""), parts.get("wp:category_description", "")
    return _made_term(taxonomy, slug, name, parent, description) if taxonomy else None


def _made_term(taxonomy: str, slug: str, name: str, parent: str = "", description: str = "") -> TermRecord | None:
    name = one_line(name)
    slug = term_slug(slug) or name.lower()
    shown = name or one_line(slug)
    if not shown:
        return None
    return TermRecord(taxonomy, slug, shown, term_slug(parent), one_line(description))


def _item_terms(element: Any) -> tuple[TermRecord, ...]:
    """The terms of a post; the first versions of the format wrote each twice, once without its slug."""
    found: dict[tuple[str, str], TermRecord] = {}
    nameless: list[TermRecord] = []
    for child in element:
        if _name(child.tag) != "category":
            continue
        taxonomy = _TAXONOMIES.get(child.get("domain", "category"))
        term = _made_term(taxonomy, child.get("nicename", ""), child.text or "") if taxonomy else None
        if term is None:
            continue
        if child.get("nicename"):
            found.setdefault((term.taxonomy, term.slug), term)
        else:
            nameless.append(term)
    known = {(term.taxonomy, term.name.lower()) for term in found.values()}
    for term in nameless:
        if (term.taxonomy, term.name.lower()) not in known:
            found.setdefault((term.taxonomy, term.slug), term)
    # Version 1.0 also wrote tags without a domain: what is a tag already is no category.
    tags = {name for taxonomy, name in known if taxonomy == TAG}
    return tuple(
        term for term in found.values()
        if term.taxonomy == TAG or term not in nameless or term.name.lower() not in tags
    )  # fmt: skip


def _entry(kind: str, parts: Parts, terms: tuple[TermRecord, ...]) -> EntryRecord:
    published = moment(parts.get("wp:post_date_gmt", ""), parts.get("wp:post_date", ""), parts.get("pubDate", ""))
    order = parts.get("wp:menu_order", "").strip()
    parent = parts.get("wp:post_parent", "").strip()
    return EntryRecord(
        kind=kind,
        external_id=clean_characters(parts["wp:post_id"]).strip()[:200],
        guid=clean_characters(parts.get("guid", "")).strip(),
        title=one_line(parts.get("title", "")),
        slug=unquote(clean_characters(parts.get("wp:post_name", "")).strip()),
        author=author_key(parts.get("dc:creator", "")),
        status=parts["wp:status"].strip().lower(),
        password=clean_characters(parts.get("wp:post_password", "")),
        published_at=published,
        modified_at=moment(parts.get("wp:post_modified_gmt", ""), parts.get("wp:post_modified", "")),
        content=clean_characters(parts["content:encoded"]),
        excerpt=one_line(parts.get("excerpt:encoded", "")),
        parent_id="" if parent == "0" else parent,
        menu_order=int(order) if re.fullmatch(r"-?\d{1,9}", order) else 0,
        comments_open=parts.get("wp:comment_status", "open").strip() != "closed",
        terms=terms,
    )
