"""WordPress exports for tests, as small as they can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

NAMESPACES = (
    'xmlns:excerpt="http://wordpress.org/export/{version}/excerpt/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/{version}/"'
)
DEFAULTS: dict[str, Any] = {
    "title": "A post",
    "dc:creator": "anna",
    "content:encoded": "Some words.",
    "excerpt:encoded": "",
    "wp:post_date": "2020-02-03 05:05:05",
    "wp:post_date_gmt": "2020-02-03 04:05:05",
    "wp:comment_status": "open",
    "wp:post_name": "",
    "wp:status": "publish",
    "wp:post_parent": "0",
    "wp:menu_order": "0",
    "wp:post_type": "post",
    "wp:post_password": "",
}


def element(name: str, text: Any) -> str:
    """One element; its text is escaped, not put into CDATA."""
    return f"<{name}>{escape(str(text))}</{name}>"


def item(number: int, *, terms: str = "", without: tuple[str, ...] = (), **parts: Any) -> str:
    """An item; `parts` name elements with `__` for the colon, such as `wp__status="draft"`."""
    values = {**DEFAULTS, "wp:post_id": number} | {name.replace("__", ":"): value for name, value in parts.items()}
    return "<item>" + "".join(element(k, v) for k, v in values.items() if k not in without) + terms + "</item>"


def page(number: int, title: str, *, parent: int = 0, order: int = 0, **parts: Any) -> str:
    """An item that is a page."""
    return item(number, title=title, wp__post_type="page", wp__post_parent=parent, wp__menu_order=order, **parts)


def comment(number: Any, content: str = "Well said.", *, parent: Any = 0, name: str = "Gus", **parts: Any) -> str:
    """A comment, approved, by a guest; `parts` as `approved="0"`, `user_id=3`, `type="pingback"`, `author_url=…`."""
    values = {
        "id": number, "author": name, "author_email": "", "author_url": "", "date_gmt": "2020-02-04 10:00:00",
        "content": content, "approved": "1", "type": "", "parent": parent, "user_id": 0,
    } | parts  # fmt: skip
    return element_of("wp:comment", "".join(element(f"wp:comment_{name}", value) for name, value in values.items()))


def author(login: str, name: str = "", *, number: int = 0, mail: str = "") -> str:
    """A described author."""
    inside = element("wp:author_login", login) + element("wp:author_display_name", name or login)
    inside += element("wp:author_id", number) + element("wp:author_email", mail) if number or mail else ""
    return element_of("wp:author", inside)


def category(slug: str, name: str = "", parent: str = "") -> str:
    """A category of the site."""
    inside = element("wp:category_nicename", slug) + element("wp:category_parent", parent)
    return element_of("wp:category", inside + element("wp:cat_name", name or slug))


def tag(slug: str, name: str = "") -> str:
    """A tag of the site."""
    return element_of("wp:tag", element("wp:tag_slug", slug) + element("wp:tag_name", name or slug))


def element_of(name: str, inside: str) -> str:
    """An element around others."""
    return f"<{name}>{inside}</{name}>"


def use(slug: str, name: str = "", domain: str = "category") -> str:
    """A post's mention of a term."""
    return f'<category domain="{domain}" nicename="{slug}">{escape(name or slug)}</category>'


def export(*inside: str, version: str = "1.2", site: str = "https://old.example", declaration: str = "") -> str:
    """A whole export around items, authors and terms."""
    return (
        (declaration or '<?xml version="1.0" encoding="UTF-8"?>')
        + f'<rss version="2.0" {NAMESPACES.format(version=version)}><channel><title>Old site</title>'
        + element("link", site)
        + "<language>en-US</language>"
        + element("wp:wxr_version", version)
        + (element("wp:base_blog_url", site) if version != "1.0" else "")
        + "".join(inside)
        + "</channel></rss>"
    )


def write(folder: Path, *inside: str, **options: str) -> Path:
    """An export as a file."""
    path = folder / "export.xml"
    path.write_text(export(*inside, **options), encoding="utf-8")
    return path
