"""What the forms of the follow button and its menu do."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from community.accounts.models import User
from community.core import targets
from community.core.addresses import page_of_form
from community.core.errors import Invalid, NotFound
from community.follows import selectors, services
from community.follows.choices import Kind, State

#: Asked by js/follow.js, which wants the button anew and no other page.
PIECE = "fetch"


def back(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """To the page of this site that the form stood on."""
    return HttpResponseRedirect(page_of_form(request, otherwise))


def _viewer(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - these pages are for signed-in people
    return request.user


def _target(kind: str, target_id: int, viewer: User) -> tuple[str, str, str]:
    """Name, address and (of a person) user name of what is followed. Raises NotFound."""
    if kind not in Kind.values:
        raise NotFound()
    if kind == Kind.USER:
        person = selectors.list_to_meet(viewer=viewer).filter(pk=target_id).first()
        if person is None:
            raise NotFound()
        return person.profile.display_name, f"/@{person.username}/", person.username
    targets.get(kind, target_id, viewer)
    card = targets.cards(kind, [target_id], viewer).get(target_id)
    if card is None:
        raise NotFound()
    return card.title, card.url, ""


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """Follows a target or ends it; asked for without a form (by who had to sign in first), a page with the button."""
    viewer, target_id = _viewer(request), int(number)
    if request.method != "POST":
        name, url, username = _target(kind, target_id, viewer)
        context = {"kind": kind, "target_id": target_id, "name": name, "url": url, "username": username}
        return render(request, "follows/ask.html", context)
    act = request.POST.get("act")
    if act == "follow":
        state = services.follow(actor=viewer, kind=kind, target_id=target_id)
        told = _("Your request is on its way.") if state == State.REQUESTED else _("You follow now.")
    elif act == "unfollow":
        services.unfollow(actor=viewer, kind=kind, target_id=target_id)
        told = _("You do not follow any more.")
    else:
        raise Invalid(fields={"act": _("This is not one of the possible values.")})
    if request.headers.get("X-Requested-With") == PIECE:
        name, _url, username = _target(kind, target_id, viewer)
        piece = {"kind": kind, "target_id": target_id, "name": name, "username": username, "told": told}
        piece["next"] = request.POST.get("next", "")
        return render(request, "follows/answer.html", piece)
    messages.info(request, told)
    return back(request, reverse("following", args=[viewer.username]))


@never_cache
@require_POST
@login_required
def hide_person(request: HttpRequest, username: str) -> HttpResponse:
    """Mutes, blocks, removes as a follower, or takes one of the first two back."""
    viewer, act = _viewer(request), request.POST.get("act")
    hidden = reverse("account_blocked")
    if act == "block":
        person = services.block(actor=viewer, username=username)
        messages.info(request, _("%(name)s is blocked. You will not see each other.") % {"name": _name(person)})
        return HttpResponseRedirect(hidden)
    if act == "unblock":
        person = services.unblock(actor=viewer, username=username)
        messages.info(request, _("%(name)s is no longer blocked.") % {"name": _name(person)})
    elif act == "mute":
        person = services.mute(actor=viewer, username=username)
        messages.info(request, _("Posts by %(name)s are gone from your lists.") % {"name": _name(person)})
    elif act == "unmute":
        person = services.unmute(actor=viewer, username=username)
        messages.info(request, _("Posts by %(name)s are back in your lists.") % {"name": _name(person)})
    elif act == "remove":
        person = selectors.get_person_to_meet(username, viewer=viewer)
        services.remove_follower(actor=viewer, follower_id=person.pk)
        messages.info(request, _("%(name)s does not follow you any more.") % {"name": _name(person)})
    else:
        raise Invalid(fields={"act": _("This is not one of the possible values.")})
    return back(request, hidden)


def _name(person: User) -> str:
    return person.profile.display_name
