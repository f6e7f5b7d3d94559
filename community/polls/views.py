"""The form of a poll: voting, and taking the vote back."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community.core import targets
from community.core.errors import Conflict, Invalid
from community.polls import selectors, services
from community.polls.choices import OPTIONS_MAX
from community.polls.selectors import PollCard

#: Asks for the poll alone instead of the way back to its page, and says that it is what was asked for.
PART = "X-Part"


@require_http_methods(["GET", "HEAD", "POST"])
def poll(request: HttpRequest, kind: str, target_id: int) -> HttpResponse:
    """`option` (ids) becomes one's vote, `withdraw` takes it back; then, or when only looked at, to the poll."""
    card = selectors.get_poll(kind, target_id, viewer=request.user)
    target = targets.cards(kind, [target_id], request.user).get(target_id)
    url = f"{target.url if target else '/'}#poll"
    if request.method != "POST":
        return HttpResponseRedirect(url)
    if not request.user.is_authenticated:
        return redirect_to_login(url)
    told, problem = "", ""
    try:
        card, told = _act(request, kind, target_id)
    except (Invalid, Conflict) as error:
        problem = str(next(iter(error.fields.values()), error.message))
        card = selectors.get_poll(kind, target_id, viewer=request.user)
    if request.headers.get(PART) != "poll":
        if problem:
            messages.error(request, problem)
        return HttpResponseRedirect(url)
    context = {"poll": card, "kind": kind, "target_id": target_id, "signed_in": True, "told": told, "problem": problem}
    answer = render(request, "polls/poll.html", context, status=400 if problem else 200)
    answer[PART] = "poll"
    return answer


def _act(request: HttpRequest, kind: str, target_id: int) -> tuple[PollCard, str]:
    """How the poll stands after what was asked for, and what is to be said of it."""
    if "withdraw" in request.POST:
        return services.withdraw_vote(actor=request.user, kind=kind, target_id=target_id), _("Your vote is taken back.")
    sent = request.POST.getlist("option")[: OPTIONS_MAX + 1]
    # What is no id is no answer of this poll either.
    ids = [int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0 for text in sent]
    card = services.set_vote(actor=request.user, kind=kind, target_id=target_id, option_ids=ids)
    return card, _("Your vote counts.")
