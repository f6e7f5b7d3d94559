"""Categories and tags of another site."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from taggit.models import Tag

from cms.choices import SLUG_MAX, TAG_MAX
from cms.importers.wordpress import CATEGORY, TAG, TermRecord
from cms.models import Category
from cms.models.imports import ImportedObject
from cms.services.importing.ledger import Ledger, digest
from cms.services.importing.report import ImportReport
from community.core.text import make_slug, numbered_slug, truncate

_KIND = ImportedObject.Kind.CATEGORY
#: The report's row of tags.
_TAG_KIND = "tag"
_NAME_MAX = 100
_DESCRIPTION_MAX = 500


class Terms:
    """Finds or makes categories and tags; categories get their places in the hierarchy when all are known."""

    def __init__(self, ledger: Ledger, report: ImportReport) -> None:
        self.ledger = ledger
        self.report = report
        self._waiting: dict[str, TermRecord] = {}
        self._categories: dict[str, Category | None] = {}
        self._described: set[str] = set()
        self._tags: dict[str, Tag] = {}
        self._tags_by_name: dict[str, Tag] = {}

    def add(self, term: TermRecord) -> None:
        """Takes a term of the export's head; a category waits for `settle`."""
        self._described.add(term.taxonomy)
        if term.taxonomy == TAG:
            self.tag(term)
        elif term.slug in self._categories or term.slug in self._waiting:
            # The newer form of the format repeats categories as general terms.
            return
        else:
            self._waiting[term.slug] = term

    def settle(self) -> None:
        """Makes the categories that wait, then puts each below its parent. Doing it twice changes nothing."""
        waiting, self._waiting = self._waiting, {}
        fresh = [term for term in waiting.values() if self._make(term)]
        by_name = {term.name.lower(): slug for slug, term in reversed(waiting.items())}
        parents = {
            slug: term.parent if term.parent in waiting else by_name.get(term.parent, term.parent)
            for slug, term in waiting.items()
        }
        for slug in _in_circles(parents):
            self.report.warn("categories in a circle were put at the top", waiting[slug].name)
            parents[slug] = ""
        for term in fresh:
            self._place(term, parents[term.slug])

    def category(self, term: TermRecord) -> Category | None:
        """The category a post names; None when it was deleted here."""
        if term.slug not in self._categories:
            self._make(term, described=False)
        return self._categories[term.slug]

    def _exists(self, term: TermRecord) -> bool:
        known = self._tags if term.taxonomy == TAG else self._categories
        if term.taxonomy not in self._described or term.slug in known:
            return True
        if term.taxonomy == TAG and truncate(term.name, TAG_MAX).lower() in self._tags_by_name:
            return True
        self.report.warn("terms that only a post names, and not the list of the site, were left out", term.name)
        return False

    def _make(self, term: TermRecord, *, described: bool = True) -> bool:
        """Finds or makes a category; True when its row was made or changed, so that its place may be new.

        A category that only a post names is not described: it changes nothing that is there.
        """
        content_hash = digest(term.name, term.description, term.parent)
        row = self.ledger.find(_KIND, term.slug)
        if row is not None:
            self._categories[term.slug] = row.category
            if row.category is None:
                self.report.left_out[_KIND] += 1
                self.report.warn("what was deleted here is not made again", f"category {term.slug}")
            elif row.content_hash == content_hash or not described:
                self.report.unchanged[_KIND] += 1
            else:
                row.category.name = truncate(term.name, _NAME_MAX)
                row.category.description = truncate(term.description, _DESCRIPTION_MAX)
                row.category.save()
                self.ledger.remember(_KIND, term.slug, content_hash)
                self.report.changed[_KIND] += 1
                return True
            return False
        found = self._same(term)
        if found is None:
            found = Category.objects.create(
                name=truncate(term.name, _NAME_MAX),
                slug=_free_slug(Category.objects.all(), term.slug, "category"),
                description=truncate(term.description, _DESCRIPTION_MAX),
            )
            self.report.created[_KIND] += 1
            made = True
        else:
            self.report.unchanged[_KIND] += 1
            made = False
        self.ledger.remember(_KIND, term.slug, content_hash, category=found)
        self._categories[term.slug] = found
        return made

    def _same(self, term: TermRecord) -> Category | None:
        """The site's own category of that slug and name, unless it stands for another one of the export."""
        slug = make_slug(term.slug, fallback="category", max_length=SLUG_MAX)
        found = Category.objects.filter(slug=slug, name__iexact=truncate(term.name, _NAME_MAX)).first()
        return None if found in self._categories.values() else found

    def _place(self, term: TermRecord, parent_slug: str) -> None:
        category = self._categories[term.slug]
        row = self.ledger.find(_KIND, parent_slug) if parent_slug else None
        parent = self._categories.get(parent_slug) or (row.category if row is not None else None)
        if category is None or (parent is None and parent_slug):
            self.report.warn("categories whose parent is not there were put at the top", term.name)
        elif (parent.pk if parent else None) != category.parent_id and not _is_below(parent, category):
            category.parent = parent
            category.save()

    def tag(self, term: TermRecord) -> Tag:
        """The tag a term stands for; tags are one by their name, in whatever letter case."""
        name = truncate(term.name, TAG_MAX)
        tag = self._tags.get(term.slug) or self._tags_by_name.get(name.lower())
        if tag is None:
            tag = Tag.objects.filter(name__iexact=name).first()
            if tag is None:
                tag = Tag.objects.create(name=name, slug=_free_slug(Tag.objects.all(), term.slug, "tag"))
                self.report.created[_TAG_KIND] += 1
            else:
                self.report.unchanged[_TAG_KIND] += 1
        self._tags[term.slug] = self._tags_by_name[name.lower()] = tag
        return tag

    def of_post(self, terms: Iterable[TermRecord]) -> tuple[Category | None, list[Tag]]:
        """A post's category and tags. It has one category here: the first that says something.

        An export of a whole site lists all its terms: what only a post names there was deleted. An export of a
        part lists none, and the posts' own words count.
        """
        terms = [term for term in terms if self._exists(term)]
        categories = [term for term in terms if term.taxonomy == CATEGORY]
        chosen = next((term for term in categories if term.slug != "uncategorized"), next(iter(categories), None))
        found = {term.slug: self.category(term) for term in categories}
        for _term in categories[1:]:
            self.report.warn("further categories of posts were left out: a post has one")
        tags = {tag.pk: tag for tag in (self.tag(term) for term in terms if term.taxonomy == TAG)}
        return (found[chosen.slug] if chosen else None), list(tags.values())


def _free_slug(rows: QuerySet[Category] | QuerySet[Tag], source: str, fallback: str) -> str:
    """A slug that none of `rows` has, made from `source`."""
    slug = make_slug(source, fallback=fallback, max_length=SLUG_MAX)
    taken = set(rows.filter(slug__startswith=slug[: SLUG_MAX - 12]).values_list("slug", flat=True))
    number = 1
    while (candidate := numbered_slug(slug, number, max_length=SLUG_MAX)) in taken:
        number += 1
    return candidate


def _in_circles(parents: dict[str, str]) -> list[str]:
    """One slug of each circle of parents, the first that leads back to itself."""
    found: list[str] = []
    done: set[str] = set()
    for start in parents:
        way: list[str] = []
        on_way: set[str] = set()
        slug = start
        while slug in parents and slug not in done and slug not in on_way:
            way.append(slug)
            on_way.add(slug)
            slug = parents[slug]
        if slug in on_way:
            found.append(slug)
        done.update(way)
    return found


def _is_below(category: Category | None, other: Category) -> bool:
    """Is `category` the `other`, or somewhere below it?"""
    seen: set[int] = set()
    while category is not None and category.pk not in seen:
        if category.pk == other.pk:
            return True
        seen.add(category.pk)
        category = category.parent
    return False
