"""What the site holds about people: each app registers its tables, what a person gets of them, and how they go."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from community.core.errors import Text

#: Rows are read so many at a time.
CHUNK = 500


class Leaves(enum.StrEnum):
    """What becomes of rows when their person goes."""

    DELETED = "deleted"
    ANONYMISED = "anonymised"
    KEPT = "kept"


@dataclasses.dataclass(frozen=True)
class Subject:
    """Somebody whose data is asked for, or is to go: all that rows may name them by."""

    id: int
    username: str
    addresses: tuple[str, ...]
    #: What they published goes as well.
    with_content: bool = False


Rows = Callable[[Subject], Iterable[Mapping[str, Any]]]
Files = Callable[[Subject], Iterable[FieldFile]]


class Forget(Protocol):
    """Makes what is held about `subject` go; bears being called again."""

    def __call__(self, *, subject: Subject) -> object: ...


@dataclasses.dataclass(frozen=True)
class Holding:
    """A table with something about people. `links` are its columns (and relations) that lead to a person.

    `rows` and `files` are what the person gets; `forget` makes it go, in transactions of its own, and bears being
    called again. Without `forget`, the rows go with those of another table. Holdings of a lower `order` go first.
    """

    model: str
    links: tuple[str, ...]
    leaves: Leaves
    #: What it is, for people; empty for what is no news to them.
    title: Text = ""
    #: How long it is kept while the account is there; empty: as long as the account.
    lasts: Text = ""
    #: Why something stays, and how long.
    because: Text = ""
    rows: Rows | None = None
    files: Files | None = None
    forget: Forget | None = None
    goes_with: str = ""
    order: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError for a table of which nobody says what becomes of it."""
        if self.leaves == Leaves.KEPT and not self.because:
            raise ValueError(f"{self.model} is kept: why?")
        if self.leaves != Leaves.KEPT and not (self.forget or self.goes_with):
            raise ValueError(f"{self.model} is {self.leaves}: by what?")
        if (self.rows or self.files) and not self.title:
            raise ValueError(f"{self.model} is given to people: under which title?")

    @property
    def fate(self) -> Text:
        """What becomes of it when the account goes, for people."""
        return self.because or _FATES[self.leaves]


_FATES: dict[str, Text] = {
    Leaves.DELETED: _("It is deleted."),
    Leaves.ANONYMISED: _("It no longer says who you were."),
}
_registered: dict[str, Holding] = {}


def register(*holdings: Holding) -> None:
    """Says what tables hold about people; called when an app is ready. Raises ValueError for one that is known."""
    for holding in holdings:
        there = _registered.get(holding.model)
        if there is not None and there.links != holding.links:
            raise ValueError(f"Two apps answer for {holding.model}.")
        _registered[holding.model] = holding


def registered() -> list[Holding]:
    """All holdings, in the order in which they go."""
    return sorted(_registered.values(), key=lambda holding: (holding.order, holding.model))


def listed() -> list[Holding]:
    """Those that people are told of: who they are first, the rest by title in the language of the moment."""
    return sorted((each for each in registered() if each.title), key=lambda each: (-each.order, str(each.title)))


def owned(
    model: str, *links: str, title: Text, hide: Iterable[str] = (), also: Iterable[str] = (), **more: Any
) -> Holding:
    """Rows that are a person's own: given with all columns but `hide`, and deleted with the account.

    They are found by `links`; `also` are other columns that say who it is.
    """
    hidden = frozenset(hide)

    def rows(subject: Subject) -> Iterator[Mapping[str, Any]]:
        return rows_of(find(model, links, subject), hide=hidden | set(links))

    def forget(*, subject: Subject) -> None:
        with transaction.atomic():
            find(model, links, subject).delete()

    values = {"rows": rows, "forget": forget, **more}
    return Holding(model, (*links, *also), Leaves.DELETED, title=title, **values)


def pointers(model: str, *links: str, also: Iterable[str] = (), **more: Any) -> Holding:
    """Columns that say who did something to a thing that stays: emptied. `also` are columns that say of what thing."""

    def forget(*, subject: Subject) -> None:
        with transaction.atomic():
            for link in links:
                find(model, [link], subject).update(**{link: None})

    return Holding(model, (*links, *also), Leaves.ANONYMISED, **{"forget": forget, **more})


def kept(model: str, *links: str, because: Text, **more: Any) -> Holding:
    """Rows that stay, for a reason."""
    return Holding(model, links, Leaves.KEPT, because=because, **more)


def goes_with(model: str, *links: str, owner: str) -> Holding:
    """Rows that go when those of `owner` do."""
    return Holding(model, links, Leaves.DELETED, goes_with=owner)


def find(model: str, links: Iterable[str], subject: Subject) -> models.QuerySet[Any]:
    """The rows of `model` of which one of `links` leads to the person."""
    found = Q(pk__in=[])
    for link in links:
        found |= Q(**{link: subject.id})
    return apps.get_model(model)._default_manager.filter(found)


def rows_of(found: models.QuerySet[Any], *, hide: Iterable[str] = ()) -> Iterator[Mapping[str, Any]]:
    """Each row as a mapping of its columns but `hide`; read in chunks."""
    hidden = frozenset(hide)
    for instance in found.order_by("pk").iterator(chunk_size=CHUNK):
        yield row_of(instance, hide=hidden)


def row_of(instance: models.Model, *, hide: Iterable[str] = ()) -> dict[str, Any]:
    """The columns of a row but `hide`: names to what JSON can hold; files by their names."""
    hidden = frozenset(hide)
    values = {}
    for field in instance._meta.concrete_fields:
        if field.name not in hidden and not (field.primary_key and field.is_relation):
            value = field.value_from_object(instance)
            values[field.name] = value.name if isinstance(value, FieldFile) else value
    return values
