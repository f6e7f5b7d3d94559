"""The order in which pages can be made: each after the page above it, siblings as the menu has them."""

from __future__ import annotations

import dataclasses
from collections import defaultdict, deque
from collections.abc import Iterable

from cms.importers.wordpress import EntryRecord

#: Deeper pages are put beside their parents: Wagtail's tree holds some sixty levels, readers far fewer.
DEPTH_MAX = 40


@dataclasses.dataclass(frozen=True)
class Planned:
    """A page with the key of the page above it, empty at the top; `remark` says what was changed there."""

    entry: EntryRecord
    key: str
    parent_key: str
    remark: str = ""


def ordered(pages: Iterable[tuple[str, EntryRecord]], known: Iterable[str]) -> list[Planned]:
    """The pages (key, entry) from the top downwards; `known` are keys of pages that earlier imports made."""
    entries = dict(pages)
    known = set(known)
    children: dict[str, list[str]] = defaultdict(list)
    remarks: dict[str, str] = {}
    for key, entry in entries.items():
        parent = entry.parent_id
        if parent not in entries and parent not in known:
            if parent:
                remarks[key] = "pages whose parent is not there were put at the top"
            parent = ""
        children[parent].append(key)
    for siblings in children.values():
        siblings.sort(key=lambda key: (entries[key].menu_order, entries[key].title))
    planned: list[Planned] = []
    placed: set[str] = set()
    tops = deque((key, "", 1) for key in children.pop("", []))
    tops += [(key, parent, 1) for parent, siblings in children.items() if parent not in entries for key in siblings]
    while True:
        while tops:
            key, parent, depth = tops.popleft()
            placed.add(key)
            planned.append(Planned(entries[key], key, parent, remarks.get(key, "")))
            below = (key, depth + 1) if depth < DEPTH_MAX else (parent, depth)
            for child in children[key]:
                if child not in placed:
                    if depth >= DEPTH_MAX:
                        remarks[child] = "pages nested too deep were put beside their parents"
                    tops.append((child, *below))
        # What is left goes round in circles: the first of them becomes a top.
        left = next((key for key in entries if key not in placed), None)
        if left is None:
            return planned
        remarks[left] = "pages in a circle were put at the top"
        tops.append((left, "", 1))
