"""Pages about people among each other: followers, followed, suggestions, and the card behind a name."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.accounts.models import User
from community.accounts.selectors import author_card
from community.core import statistics
from community.core.caching import keep
from community.core.generations import SITE
from community.core.languages import localized
from community.follows import selectors
from community.follows.models import Follow

A_PAGE = 24


def cut(request: HttpRequest, rows: QuerySet[Any]) -> tuple[list[Any], str]:
    """The part of ordered rows after `?after=`, and what leads on, "" at the end. Raises Http404 for nonsense."""
    after = request.GET.get("after", "")
    if after and not (after.isascii() and after.isdecimal() and len(after) <= 18):
        raise Http404
    found = list((rows.filter(pk__lt=int(after)) if after else rows)[: A_PAGE + 1])
    return found[:A_PAGE], str(found[A_PAGE - 1].pk) if len(found) > A_PAGE else ""


def _connections(request: HttpRequest, person: User, *, followers: bool) -> HttpResponse:
    list_rows = selectors.list_followers if followers else selectors.list_following
    rows: list[Follow]
    rows, after = cut(request, list_rows(person, viewer=request.user))
    own = request.user == person
    suggested = selectors.suggest_people(viewer=person) if own and not followers and not request.GET else []
    card = author_card(person)
    context = {
        "author": card,
        "own": own,
        "followers": followers,
        "title": _("Followers") if followers else _("Following"),
        "people": selectors.people_of(rows, followers=followers),
        "after": after,
        "numbers": statistics.of([person.pk])[person.pk],
        "suggested": [author_card(each) for each in suggested],
        "noindex": True,
    }
    return render(request, "follows/connections.html", context)


@require_safe
def followers(request: HttpRequest, username: str) -> HttpResponse:
    """Who follows a person, the newest first."""
    return _connections(request, selectors.get_person_to_show(username, viewer=request.user), followers=True)


@require_safe
def following(request: HttpRequest, username: str) -> HttpResponse:
    """Whom a person follows, the newest first; to oneself also whom one may like to follow."""
    return _connections(request, selectors.get_person_to_show(username, viewer=request.user), followers=False)


@require_safe
def card(request: HttpRequest, username: str) -> HttpResponse:
    """What stands behind a name: a piece for js/cards.js, the same for all guests."""
    person = selectors.get_person_to_show(username, viewer=request.user)
    context = {
        "author": author_card(person),
        "bio": person.profile.bio,
        "stats": statistics.of([person.pk])[person.pk],
        "next": localized(f"/@{person.username}/"),
    }
    return keep(render(request, "follows/card.html", context), SITE, f"person:{person.username.lower()}")
