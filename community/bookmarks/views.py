"""Pages of what people keep and share."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.bookmarks import selectors, services
from community.bookmarks.forms import BookmarkForm, FolderForm, ShareForm
from community.bookmarks.models import Folder
from community.core import targets
from community.core.addresses import page_of_form
from community.core.errors import DomainError, NotFound
from community.core.targets import TargetCard

PAGE_SIZE = 30


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bookmarks(request: HttpRequest) -> HttpResponse:
    """What one keeps: all, or in a `folder`; below the one with the id `before`. Folders are made and changed here."""
    folders = list(selectors.list_folders(viewer=request.user))
    wanted = request.GET.get("folder")
    folder = None if wanted is None else _folder_of(folders, wanted)
    form = FolderForm(request.POST if {"make", "rename"} & set(request.POST) else None)
    if request.method == "POST":
        done = _act(request, form, folder)
        if done is not None:
            return done
    rows = selectors.list_bookmarks(viewer=request.user, folder=folder)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) <= 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE_SIZE + 1])
    kept = f"folder={folder.pk}&" if folder else ""
    context = {
        "form": form,
        "folder": folder,
        "folders": folders,
        "bookmarks": selectors.bookmark_cards(found[:PAGE_SIZE], viewer=request.user),
        "older": f"?{kept}before={found[PAGE_SIZE - 1].pk}" if len(found) > PAGE_SIZE else "",
    }
    return render(request, "bookmarks/bookmarks.html", context, status=400 if form.errors else 200)


def _act(request: HttpRequest, form: Form, folder: Folder | None) -> HttpResponse | None:
    """Does what was asked for and leads back; None for a form that has to be shown again."""
    here = reverse("account_bookmarks")
    inside = f"{here}?folder={folder.pk}" if folder else here
    if "remove" in request.POST:
        services.remove_bookmark(actor=request.user, bookmark_id=_number(request.POST["remove"]))
        messages.info(request, _("That is no longer among your bookmarks."))
        return HttpResponseRedirect(inside)
    if "delete" in request.POST:
        services.delete_folder(actor=request.user, folder_id=_number(request.POST["delete"]))
        messages.info(request, _("The folder is deleted. What was in it is kept."))
        return HttpResponseRedirect(here)
    if not form.is_valid():
        return None
    name = form.cleaned_data["name"]
    try:
        if "rename" in request.POST:
            services.rename_folder(actor=request.user, folder_id=_number(request.POST["rename"]), name=name)
            return HttpResponseRedirect(inside)
        made = services.make_folder(actor=request.user, name=name)
    except NotFound:
        raise
    except DomainError as error:
        form.add_error("name" if "name" in error.fields else None, str(error.fields.get("name", error.message)))
        return None
    return HttpResponseRedirect(f"{here}?folder={made.pk}")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bookmark(request: HttpRequest, kind: str, target_id: int) -> HttpResponse:
    """Keeping one thing: `remove` lets it go, `add` keeps it as it is, anything else that is sent keeps it so."""
    selectors.find_target(kind, target_id, viewer=request.user)
    card = _card(request, kind, target_id)
    found = selectors.find_bookmark(kind, target_id, viewer=request.user)
    folders = list(selectors.list_folders(viewer=request.user))
    known = {"folder": found.folder_id or "", "note": found.note} if found else {}
    filled = request.method == "POST" and "keep" in request.POST
    form = BookmarkForm(request.POST if filled else None, initial=known, folders=folders)
    if request.method == "POST" and not (filled and not form.is_valid()):
        try:
            if "remove" in request.POST:
                services.remove_bookmark(actor=request.user, kind=kind, target_id=target_id)
            else:
                values = form.values() if filled else {}
                services.add_bookmark(actor=request.user, kind=kind, target_id=target_id, **values)
        except DomainError as error:
            if not filled or isinstance(error, NotFound):
                raise
            form.add_error(None, str(error.message))
        else:
            if filled:
                messages.info(request, _("It is among your bookmarks."))
            return HttpResponseRedirect(page_of_form(request, f"{card.url}#reactions"))
    context = {"card": card, "found": found, "form": form}
    return render(request, "bookmarks/bookmark.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, kind: str, target_id: int) -> HttpResponse:
    """The address of a thing to pass on; who is signed in shares it with followers, or takes it back (`remove`)."""
    selectors.find_target(kind, target_id, viewer=request.user)
    card = _card(request, kind, target_id)
    if request.method == "POST" and not request.user.is_authenticated:
        return redirect_to_login(request.path)
    form = ShareForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and "remove" in request.POST:
        services.unshare_target(actor=request.user, kind=kind, target_id=target_id)
        messages.info(request, _("Your followers no longer see it from you."))
        return HttpResponseRedirect(f"{card.url}#reactions")
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        services.share_target(actor=request.user, kind=kind, target_id=target_id, to_followers=True, note=note)
        messages.info(request, _("Your followers will see it."))
        return HttpResponseRedirect(f"{card.url}#reactions")
    context = {
        "card": card,
        "kind": kind,
        "target_id": target_id,
        "form": form,
        "address": request.build_absolute_uri(card.url),
        "shared": selectors.find_share(kind, target_id, viewer=request.user),
    }
    return render(request, "bookmarks/share.html", context, status=400 if form.errors else 200)


def _card(request: HttpRequest, kind: str, target_id: int) -> TargetCard:
    card = targets.cards(kind, [target_id], request.user).get(target_id)
    if card is None:
        raise NotFound()
    return card


def _folder_of(folders: list[Folder], wanted: str) -> Folder:
    for folder in folders:
        if str(folder.pk) == wanted:
            return folder
    raise NotFound()


def _number(text: str) -> int:
    """The number of an id that was sent. Raises NotFound for what cannot be one."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise NotFound()
    return int(text)
