"""Pages of reactions: who reacted to a thing, and the form that gives one or takes it back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community.core import targets
from community.reactions import selectors, services
from community.reactions.choices import CODE_MAX

PAGE_SIZE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def reactions(request: HttpRequest, kind: str, target_id: int) -> HttpResponse:
    """Who reacted, the newest first, by `type`, below the one with the id `before`; `add` and `remove` take a code."""
    selectors.find_target(kind, target_id, viewer=request.user)
    card = targets.cards(kind, [target_id], request.user).get(target_id)
    url = card.url if card else "/"
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(url)
        change = services.remove_reaction if "remove" in request.POST else services.add_reaction
        code = request.POST.get("remove") or request.POST.get("add") or ""
        change(actor=request.user, kind=kind, target_id=target_id, code=code[: CODE_MAX + 1].replace("\0", ""))
        return HttpResponseRedirect(f"{url}#reactions")
    types = {each.code: each for each in selectors.list_types()}
    asked = request.GET.get("type", "")
    only = asked if asked in types else None
    standing = selectors.standing(kind, target_id, viewer=request.user)
    rows = selectors.list_reactions(kind, target_id, viewer=request.user, code=only)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) <= 18:
        rows = rows.filter(pk__lt=int(before))
    found = selectors.reaction_cards(rows[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    context = {
        "card": card,
        "url": url,
        "kind": kind,
        "target_id": target_id,
        "by_type": standing.by_type,
        "marks": {"reactions": standing.own} if request.user.is_authenticated else None,
        "here": request.path,
        "tabs": _tabs(types, standing, only),
        "people": [(each, types[each.type].label) for each in shown],
        "older": f"?{f'type={only}&' if only else ''}before={shown[-1].id}" if len(found) > PAGE_SIZE else "",
        "hidden": not shown and not before and standing.total > 0,
    }
    return render(request, "reactions/who.html", context)


def _tabs(
    types: dict[str, selectors.TypeCard], standing: selectors.Standing, current: str | None
) -> list[dict[str, Any]]:
    """All, then each type that the thing has."""
    tabs = [{"label": _("All"), "url": "?", "current": current is None, "total": standing.total}]
    for code, each in types.items():
        if number := standing.by_type.get(code):
            tabs.append({"label": each.label, "url": f"?type={code}", "current": code == current, "total": number})
    return tabs
