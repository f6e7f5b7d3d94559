"""Which jobs there are: queues with their caps, and functions that apps declare with `@job`."""

from __future__ import annotations

import dataclasses
import math
import re
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.core.errors import Invalid
from community.core.jobs.schedule import Cron

#: How many jobs of a queue run side by side at most, over all workers.
QUEUES: dict[str, int] = {
    "email": 5,
    "notification": 10,
    "media": 2,
    "analytics": 20,
    "cleanup": 1,
    "achievement": 5,
    "leaderboard": 3,
    "youtube-sync": 2,
    "moderation": 5,
    "publishing": 1,
}
#: Names of before that are understood as well.
ALIASES = {"image-processing": "media", "video-processing": "media", "content-moderation": "moderation"}

_NAME = re.compile(r"[a-z][a-z0-9-]{0,58}")
_WORDS: dict[Any, str | Promise] = {
    int: gettext_lazy("This must be a whole number."),
    float: gettext_lazy("This must be a number."),
    str: gettext_lazy("This must be a text."),
    bool: gettext_lazy("This must be true or false."),
}

Work = Callable[..., object]
W = TypeVar("W", bound=Work)


@dataclasses.dataclass(frozen=True)
class Declared:
    """A job as its app declares it."""

    queue: str
    name: str
    work: Work
    every: Cron | None
    data: type[Any] | None
    tries: int
    atomic: bool
    startable: bool

    @property
    def key(self) -> str:
        """`queue/name`."""
        return f"{self.queue}/{self.name}"

    @property
    def schedule(self) -> str:
        """When it comes by itself, in words; empty when it does not."""
        return str(self.every) if self.every else ""

    @property
    def schema(self) -> dict[str, str]:
        """Its data: a name to a type such as `int`, `list[int]`, `str = ''`."""
        if self.data is None:
            return {}
        kinds = typing.get_type_hints(self.data)
        return {field.name: _kind(kinds[field.name]) + _default(field) for field in dataclasses.fields(self.data)}

    @property
    def summary(self) -> str:
        """What it does: the first line of the function's docstring."""
        return (self.work.__doc__ or "").strip().partition("\n")[0]

    def run(self, values: Mapping[str, Any]) -> object:
        """Does the work. The function gets its data when it has declared some."""
        return self.work() if self.data is None else self.work(self.read(values))

    def read(self, values: object) -> Any:
        """The data as the declared dataclass, None without one. Raises Invalid with a message for each field."""
        if values is not None and not isinstance(values, Mapping):
            raise Invalid(fields={"data": _("This must be an object.")})
        given = dict(values or {})
        known = {field.name: field for field in dataclasses.fields(self.data)} if self.data else {}
        kinds = typing.get_type_hints(self.data) if self.data else {}
        problems = {str(name): _("There is no such field.") for name in given if name not in known}
        for name, field in known.items():
            if name in given:
                if not _fits(given[name], kinds[name]):
                    problems[name] = _problem(kinds[name])
            elif not _default(field):
                problems[name] = _("This field is required.")
        if problems:
            raise Invalid(fields=problems)
        try:
            return self.data(**given) if self.data else None
        except ValueError as error:  # the dataclass's own __post_init__ may look closer
            raise Invalid(str(error)) from error


_declared: dict[str, Declared] = {}


def job(
    *,
    queue: str,
    name: str,
    every: Cron | None = None,
    data: type[Any] | None = None,
    tries: int = 3,
    atomic: bool = False,
    startable: bool = True,
) -> Callable[[W], W]:
    """Declares a function as a job. It may run twice for one row of the ledger, and must bear that.

    With `atomic`, the function and the mark that it is done share a transaction: what it does to the database
    happens exactly once. Without, it may take transactions of its own. `tries` is how often it may fail.
    """
    if queue not in QUEUES or not _NAME.fullmatch(name):
        raise ValueError(f"{queue}/{name} is no name of a job.")
    if data is not None and any(not field.default_factory and not field.init for field in dataclasses.fields(data)):
        raise ValueError(f"{data.__name__} has fields that cannot be given.")
    if every is not None and data is not None and any(not _default(field) for field in dataclasses.fields(data)):
        raise ValueError(f"{queue}/{name} comes by itself, so its data needs defaults.")

    def register(function: W) -> W:
        declared = Declared(queue, name, function, every, data, tries, atomic, startable)
        there = _declared.get(declared.key)
        if there is not None and there.work.__module__ != function.__module__:
            raise ValueError(f"Two jobs are named {declared.key}.")
        _declared[declared.key] = declared
        return function

    return register


def registered() -> list[Declared]:
    """All declared jobs, sorted by queue and name."""
    return [_declared[key] for key in sorted(_declared)]


def find(queue: str, name: str) -> Declared:
    """The declared job. Raises Invalid, with the names there are, when the queue or the job is unknown."""
    queue = find_queue(queue)
    there = _declared.get(f"{queue}/{name}")
    if there is None:
        names = ", ".join(declared.name for declared in registered() if declared.queue == queue) or "-"
        raise Invalid(fields={"job": _("There is no such job. There are: %(names)s") % {"names": names}})
    return there


def find_queue(name: str) -> str:
    """The name of the queue, which may be given by an alias. Raises Invalid with the names there are."""
    queue = ALIASES.get(name, name)
    if queue not in QUEUES:
        names = ", ".join([*QUEUES, *ALIASES])
        raise Invalid(fields={"queue": _("There is no such queue. There are: %(names)s") % {"names": names}})
    return queue


def _default(field: dataclasses.Field[Any]) -> str:
    """` = value` when the field has a default, else nothing."""
    if field.default is not dataclasses.MISSING:
        return f" = {field.default!r}"
    return " = []" if field.default_factory is not dataclasses.MISSING else ""


def _kind(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) and not typing.get_args(hint) else str(hint)


def _fits(value: object, hint: Any) -> bool:
    """Whether the value is exactly of the type: a truth is no number, a text no list."""
    options = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if origin in {types.UnionType, typing.Union}:
        return any(_fits(value, option) for option in options)
    if origin is list:
        return isinstance(value, list) and all(_fits(each, options[0]) for each in value)
    if hint is float:
        return type(value) in {int, float} and math.isfinite(value)  # type: ignore[arg-type]
    if hint is str:
        return isinstance(value, str) and _storable(value)
    return type(value) is hint


def _storable(value: str) -> bool:
    """Whether PostgreSQL takes the text: no zero, no half of a character."""
    return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _problem(hint: Any) -> str:
    return str(_WORDS.get(hint) or _("This must be: %(kind)s") % {"kind": _kind(hint)})
