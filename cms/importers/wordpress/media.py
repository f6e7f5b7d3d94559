"""Pictures, players and frames: YouTube becomes a video, everything else a link to where it lies.

The site loads nothing from other hosts (its Content-Security-Policy says so), and the files themselves are
not imported yet. A link keeps the reader's way to the picture, and its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from cms.importers import Notes
from cms.importers.characters import one_line
from cms.importers.markup import Element, Node
from cms.importers.wordpress import videos
from cms.importers.wordpress.shortcode_html import file_name
from community.core.text import has_visible, is_web_address, youtube_id

_PLAYERS = {"iframe", "video", "audio", "object", "embed"}
_SHOWN = _PLAYERS | {"img"}
_GONE = {"area", "base", "col", "input", "link", "map", "meta", "param", "source", "track", "wbr"}
_FILE_PARAMETERS = {"movie", "src"}
_PICTURE_SOURCES = ("src", "data-src", "data-lazy-src", "data-orig-file")


class MediaRewriter:
    """Rewrites trees: addresses become absolute, media links or videos; `notes` counts what changed."""

    def __init__(self, site: str, notes: Notes) -> None:
        self.site = site
        self.notes = notes

    def rewrite(self, nodes: Sequence[Node], *, in_link: bool = False) -> list[Node]:
        """The nodes with their media replaced."""
        result: list[Node] = []
        for node in nodes:
            if isinstance(node, str):
                result.append(node)
            elif node.tag == "img":
                result.extend(self._picture(node, in_link=in_link))
            elif node.tag in _PLAYERS:
                result.extend(self._player(node, in_link=in_link))
            elif node.tag == "a":
                result.extend(self._link(node, in_link=in_link))
            elif node.tag == videos.TAG:
                found = videos.element(node.get("data-id"))
                if found is not None:
                    found.attributes["data-start"] = str(int(node.get("data-start") or 0))
                    result.append(found)
            elif node.tag not in _GONE:
                result.append(node.like(self.rewrite(node.children, in_link=in_link)))
        return result

    def _absolute(self, address: str) -> str:
        """The address as seen from the old site; empty when it is none of the web."""
        try:
            found = urljoin(f"{self.site}/", address.strip())
        except ValueError:
            return ""
        return found if is_web_address(found) else ""

    def _link(self, node: Element, *, in_link: bool) -> list[Node]:
        children = self.rewrite(node.children, in_link=True)
        address = node.get("href")
        # Anchors inside a text lead nowhere: the cleaning policy keeps no ids.
        if not address or address.startswith("#") or in_link:
            return children
        if not address.lower().startswith("mailto:"):
            address = self._absolute(address)
            if not address:
                return children
        inside = Element("a", children)
        has_video = any(isinstance(child, Element) and child.tag == videos.TAG for child in inside.descendants())
        if not has_video and not has_visible(inside.words()):
            # A named anchor has no text and no use; a picture that went leaves the link's own address.
            if not any(isinstance(child, Element) and child.tag in _SHOWN for child in node.descendants()):
                return children
            children = [file_name(address)]
        attributes = {"href": address}
        pictures = [child for child in node.children if isinstance(child, Element) and child.tag == "img"]
        if pictures and len(children) == 1:
            attributes["data-picture"] = "named" if pictures[0].get("alt") else "bare"
        if node.get("title"):
            attributes["title"] = one_line(node.get("title"))
        return [Element("a", children, attributes)]

    def _picture(self, node: Element, *, in_link: bool) -> list[Node]:
        words = one_line(node.get("alt")) or one_line(node.get("title"))
        if node.get("width") in {"0", "1"} or node.get("height") in {"0", "1"}:
            return []
        sources = [self._absolute(node.get(name)) for name in _PICTURE_SOURCES if node.get(name)]
        source = next((found for found in sources if found), "")
        if "wp-smiley" in node.get("class") or not source:
            return [words] if words else []
        if in_link:
            return [words or file_name(source)]
        self.notes["pictures became links to where they lie", ""] += 1
        attributes = {"href": source, "data-picture": "named" if words else "bare"}
        return [Element("a", [words or file_name(source)], attributes)]

    def _player(self, node: Element, *, in_link: bool) -> list[Node]:
        inside = [child for child in node.descendants() if isinstance(child, Element)]
        candidates = [node.get(name) for name in ("src", "data", "data-src", "href")]
        candidates += [child.get("src") for child in inside if child.tag in {"source", "embed"}]
        candidates += [child.get("value") for child in inside if child.get("name").lower() in _FILE_PARAMETERS]
        addresses = [found for address in candidates if address and (found := self._absolute(address))]
        for address in addresses:
            if youtube_id(address):
                video = videos.element(address, one_line(node.get("title")))
                return [video] if video is not None else []
        if not addresses:
            self.notes["players without an address were left out", f"<{node.tag}>"] += 1
            return self.rewrite(node.children, in_link=in_link) if node.tag == "object" else []
        self.notes["sound and film became links to where they lie", f"<{node.tag}>"] += 1
        host = urlsplit(addresses[0]).hostname or ""
        words = one_line(node.get("title")) or (host if node.tag == "iframe" else file_name(addresses[0]))
        return [words] if in_link else [Element("a", [words], {"href": addresses[0]})]
