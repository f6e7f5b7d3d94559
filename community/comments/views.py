"""Pages of comments. With `part` they answer only the piece that the page's script puts in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.accounts.selectors import author_card, get_person
from community.comments import permissions, selectors, services
from community.comments.choices import Sort
from community.comments.forms import CommentForm, ReasonForm
from community.comments.models import Comment
from community.core.caching import for_guests, keep
from community.core.counts import numbers
from community.core.errors import DomainError, NotFound
from community.core.generations import SITE
from community.core.languages import localized
from community.core.targets import Discussion


def _after(request: HttpRequest) -> int:
    said = request.GET.get("after", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else 0


def _is_part(request: HttpRequest) -> bool:
    return "part" in request.GET


@require_http_methods(["GET", "HEAD", "POST"])
def discussion(request: HttpRequest, kind: str, target_id: int) -> HttpResponse:
    """All comments on a target, in an order, a part at a time; a POST adds one."""
    found = selectors.get_discussion(kind, target_id, viewer=request.user)
    if request.method == "POST":
        return _add(request, found)
    asked = request.GET.get("sort", "")
    sort = asked if asked in Sort.values else Sort.BEST

    def make() -> dict[str, Any]:
        counts = numbers(kind, [target_id]).get(target_id)
        total = counts.comments if counts else 0
        page = selectors.page_of_threads(found, viewer=request.user, total=total, sort=sort, after=_after(request))
        return {"comments": page}

    shown = for_guests(request, (SITE, found.tag), make)
    template = "comments/threads.html" if _is_part(request) else "comments/discussion.html"
    return keep(render(request, template, {**shown, "discussion": found}), SITE, found.tag)


@login_required
def _add(request: HttpRequest, found: Discussion) -> HttpResponse:
    return _written(
        request,
        CommentForm(request.POST, auto_id="comment-%s"),
        lambda content: services.add_comment(
            actor=request.user, target_kind=found.kind, target_id=found.id, content=content
        ),
        discussion=found,
        action=reverse("comments", args=[found.kind, found.id]),
        heading=_("Your comment"),
    )


def _written(
    request: HttpRequest,
    form: CommentForm,
    write: Callable[[str], Comment],
    *,
    discussion: Discussion,
    **context: Any,
) -> HttpResponse:
    """Writes what the form holds and leads there, or shows the form with what is wrong."""
    status = 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            made = write(form.cleaned_data["content"])
        except DomainError as error:
            status = error.status
            form.add_error("content" if "content" in form.fields else None, _words_of(error))
        else:
            if _is_part(request):
                return _one(request, made, discussion)
            return HttpResponseRedirect(made.get_absolute_url())
    template = "comments/form.html" if _is_part(request) else "comments/write.html"
    return render(request, template, {"form": form, "discussion": discussion, **context}, status=status)


def _words_of(error: DomainError) -> str:
    return str(next(iter(error.fields.values()), error.message))


def _one(request: HttpRequest, comment: Comment, discussion: Discussion) -> HttpResponse:
    """The comment alone, as it stands in its place."""
    fresh, _discussion = selectors.get_comment(comment.pk, viewer=request.user)
    card = selectors.cards_of([fresh], discussion=discussion)[0]
    return render(request, "comments/one.html", {"card": card}, status=201)


@require_safe
def find(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Leads to the place of a comment: on the page of its target, else in its thread."""
    comment, found = selectors.get_comment(comment_id, viewer=request.user)
    after = selectors.find_place(comment, viewer=request.user)
    if after is None:
        address = localized(found.url)
    else:
        address = reverse("comment_thread", args=[comment.thread_id]) + (f"?after={after}" if after else "")
    return HttpResponseRedirect(f"{address}#comment-{comment.pk}")


@require_safe
def of_person(request: HttpRequest, username: str) -> HttpResponse:
    """What somebody said, the newest first, on whatever the viewer may see; a part at a time."""
    person = get_person(username, viewer=request.user)
    said, after = selectors.page_by_person(person, viewer=request.user, after=_after(request))
    context = {"author": author_card(person), "said": said, "after": after, "own": request.user == person}
    return render(request, "comments/person.html", {**context, "noindex": True})


@require_safe
def thread(request: HttpRequest, comment_id: int) -> HttpResponse:
    """One thread with its answers, a part at a time."""
    comment = selectors.get_place(comment_id, viewer=request.user)
    found = selectors.get_discussion(comment.target_kind, comment.target_id, viewer=request.user)
    if comment.root_id is not None:
        return HttpResponseRedirect(reverse("comment_thread", args=[comment.root_id]))
    part = selectors.page_of_replies(comment, discussion=found, viewer=request.user, after=_after(request))
    template = "comments/replies.html" if _is_part(request) else "comments/thread_page.html"
    context = {"thread": part, "discussion": found, "after": _after(request)}
    return keep(render(request, template, context), SITE, found.tag)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Answers a comment."""
    comment, found = selectors.get_comment(comment_id, viewer=request.user)
    return _written(
        request,
        CommentForm(request.POST or None, label=_("Your answer"), auto_id=f"reply-{comment_id}-%s"),
        lambda content: services.add_comment(
            actor=request.user,
            target_kind=found.kind,
            target_id=found.id,
            content=content,
            parent_id=comment.pk,
        ),
        discussion=found,
        card=selectors.cards_of([comment], discussion=found)[0],
        action=reverse("comment_reply", args=[comment.pk]),
        heading=_("Reply"),
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Changes one's own comment."""
    comment, found = selectors.get_comment(comment_id, viewer=request.user)
    if not permissions.is_author(request.user, comment):
        raise NotFound()
    form = CommentForm(
        request.POST or None,
        label=_("Your comment"),
        auto_id=f"edit-{comment_id}-%s",
        initial={"content": comment.content},
    )
    return _written(
        request,
        form,
        lambda content: services.update_comment(actor=request.user, comment=comment, content=content),
        discussion=found,
        action=reverse("comment_edit", args=[comment.pk]),
        heading=_("Change your comment"),
        submit=_("Save"),
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, comment_id: int) -> HttpResponse:
    """What somebody may do to a comment: delete, pin, lock, report; let in, hide and bring back."""
    comment, found = selectors.get_comment_to_manage(comment_id, viewer=request.user)
    form = ReasonForm(request.POST if request.POST.get("act") == "hide" else None)
    status = 200
    if request.method == "POST":
        try:
            if (done := _act(request, comment, form)) is not None:
                messages.success(request, done)
                return HttpResponseRedirect(_where_to(comment, found, request))
            status = 400
        except DomainError as error:
            messages.error(request, _words_of(error))
            status = error.status
    may = {
        "edit": permissions.can_edit_comment(request.user, comment),
        "delete": permissions.can_delete_comment(request.user, comment),
        "pin": permissions.can_pin_comment(request.user, found, comment),
        "lock": permissions.can_lock_thread(request.user, found, comment),
        "moderate": permissions.can_moderate(request.user),
        "report": not permissions.is_author(request.user, comment) and comment.stands,
    }
    card = selectors.cards_of([comment], discussion=found)[0]
    context = {
        "comment": comment,
        "card": card,
        "discussion": found,
        "may": may,
        "form": form,
        "edits": selectors.list_edits(comment, viewer=request.user),
    }
    return render(request, "comments/manage.html", context, status=status)


def _act(request: HttpRequest, comment: Comment, form: ReasonForm) -> str | None:
    """Does what was asked and says so; None where the form says what is wrong."""
    actor, act = request.user, request.POST.get("act", "")
    if act == "delete":
        services.delete_comment(actor=actor, comment=comment)
        return _("Your comment is deleted.")
    if act in ("pin", "unpin"):
        services.pin_comment(actor=actor, comment=comment, pinned=act == "pin")
        return _("It stands above the others.") if act == "pin" else _("It stands where it stood before.")
    if act in ("lock", "unlock"):
        services.lock_thread(actor=actor, comment=comment, locked=act == "lock")
        return _("Nobody can answer here any more.") if act == "lock" else _("People can answer here again.")
    if act == "approve":
        services.approve_comment(actor=actor, comment=comment)
        return _("The comment is there for everybody.")
    if act == "restore":
        services.restore_comment(actor=actor, comment=comment)
        return _("The comment is back.")
    if act == "hide" and form.is_valid():
        services.hide_comment(actor=actor, comment=comment, reason=form.cleaned_data["reason"])
        return _("The comment is hidden.")
    return None


def _where_to(comment: Comment, discussion: Discussion, request: HttpRequest) -> str:
    if request.POST.get("act") in ("delete", "hide"):
        return f"{localized(discussion.url)}#comments"
    return comment.get_absolute_url()
