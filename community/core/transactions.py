"""Transactions that collided are run again; what the database refuses becomes an error that people may read."""

from __future__ import annotations

import contextlib
import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import structlog
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.utils.translation import gettext_lazy as _

from community.core import limits
from community.core.errors import Conflict, DomainError, Invalid, NotFound, Text, Unavailable

log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

RETRIES = 3
#: Seconds before the first retry; doubled before each further one.
FIRST_WAIT = 0.1
#: serialization_failure and deadlock_detected: PostgreSQL has undone the one so that the other could go on.
COLLISIONS = frozenset({"40001", "40P01"})
#: The transaction was idle or lasted too long: PostgreSQL has ended the connection.
TOO_LONG = frozenset({"25P03", "25P04"})


def retried(function: Callable[P, R]) -> Callable[P, R]:
    """Makes a function one transaction, which is run again, up to RETRIES times, when it collided with another.

    The function must read what it decides upon itself, bear that its arguments are used again, and have no effects
    outside the database: whatever else is to happen hangs on a fact. Inside another transaction it is a savepoint and
    runs once, because only the outermost can begin again. Limits count the first run only.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        tries = 1 if connection.in_atomic_block else RETRIES + 1
        for number in range(1, tries):
            try:
                return _run(number, function, *args, **kwargs)
            except OperationalError as error:
                if sqlstate(error) not in COLLISIONS:
                    raise
                log.warning("transaction_again", what=function.__qualname__, sqlstate=sqlstate(error), run=number)
            time.sleep(FIRST_WAIT * 2 ** (number - 1) * random.uniform(1.0, 1.5))  # noqa: S311 - jitter, not a secret
        return _run(tries, function, *args, **kwargs)

    return run


def _run(number: int, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    with limits.lifted() if number > 1 else contextlib.nullcontext(), transaction.atomic():
        return function(*args, **kwargs)


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code of an error (https://www.postgresql.org/docs/current/errcodes-appendix.html), or nothing."""
    cause: BaseException | None = error
    while cause is not None:
        if found := getattr(cause, "sqlstate", None):
            return str(found)
        cause = cause.__cause__
    return ""


_COLLIDES: Text = _("This collides with something that exists already.")
_GONE: Text = _("Something this belongs to is no longer there.")
_UNSTORABLE: Text = _("A value cannot be stored.")
#: What people are told by the code of an error, where its class says too little.
_BY_CODE: dict[str, Callable[[], DomainError]] = {
    "23502": lambda: Invalid(_UNSTORABLE),  # not_null_violation
    "23503": lambda: NotFound(_GONE),  # foreign_key_violation
    "23514": lambda: Invalid(_UNSTORABLE),  # check_violation
    **dict.fromkeys(TOO_LONG, Unavailable),
}


def refusal(error: BaseException | None) -> DomainError | None:
    """What people are told in place of an error of the database, which goes into the log; None for all else.

    None also for what only a fault of ours can cause, such as a statement that is wrong.
    """
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    if told := _by_code_or_class(error):
        if told.status >= 500:
            log.error("database_away", exc_info=error)
        else:
            log.warning("database_refused", exc_info=error)
    return told


def _by_code_or_class(error: DatabaseError | InterfaceError) -> DomainError | None:
    if known := _BY_CODE.get(sqlstate(error)):
        return known()
    if isinstance(error, IntegrityError):
        return Conflict(_COLLIDES)
    if isinstance(error, DataError):
        return Invalid(_UNSTORABLE)
    if isinstance(error, OperationalError | InterfaceError):
        return Unavailable()
    return None
