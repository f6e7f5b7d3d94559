"""Who may join, and invitations: a page among the settings of the admin, for administrators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import MenuItem

from community.accounts import permissions, selectors, services
from community.accounts.choices import JoiningMode
from community.core.errors import DomainError

A_PAGE = 50


class ModeForm(forms.Form):
    """Who may join."""

    mode = forms.ChoiceField(label=gettext_lazy("Who may join"), choices=JoiningMode.choices, widget=forms.RadioSelect)


class InvitationForm(forms.Form):
    """A new invitation."""

    most = forms.IntegerField(label=gettext_lazy("How many may join with it"), initial=1, min_value=1, max_value=10_000)
    expires_at = forms.DateTimeField(
        label=gettext_lazy("Ends"),
        required=False,
        help_text=gettext_lazy("Empty: when so many have joined."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)


@hooks.register("register_admin_urls")
def joining_urls() -> list[Any]:
    """The page's address."""
    return [path("joining/", joining, name="accounts_joining")]


class JoiningMenuItem(MenuItem):
    """For those who say who may join."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whoever may say so."""
        return permissions.can_manage_joining(request.user)


@hooks.register("register_settings_menu_item")
def joining_menu_item() -> MenuItem:
    """Beside the other settings of the site."""
    return JoiningMenuItem(gettext_lazy("Joining"), reverse_lazy("accounts_joining"), icon_name="group", order=350)


@require_admin_access
def joining(request: HttpRequest) -> HttpResponse:
    """Says who may join, makes invitations (`invite`), ends one (`end` with its id), and lists them with their uses."""
    if not permissions.can_manage_joining(request.user):
        raise PermissionDenied
    invites = "invite" in request.POST
    sent = request.method == "POST"
    mode = ModeForm(request.POST if "choose" in request.POST else None, initial={"mode": selectors.get_joining_mode()})
    invitation = InvitationForm(request.POST if invites else None)
    if sent and _is_done(request, mode, invitation):
        return HttpResponseRedirect(reverse("accounts_joining"))
    rows = selectors.list_invitations(viewer=request.user)
    context = {
        "mode_form": mode,
        "invitation_form": invitation,
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("p")),
    }
    return render(request, "cms/admin/joining.html", context, status=400 if sent else 200)


def _is_done(request: HttpRequest, mode: ModeForm, invitation: InvitationForm) -> bool:
    form: forms.Form = invitation if invitation.is_bound else mode
    try:
        if "end" in request.POST:
            wanted = request.POST["end"]
            number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 19 else 0
            services.end_invitation(actor=request.user, invitation_id=number)
            messages.success(request, _("Nobody else can join with it."))
        elif not form.is_valid():
            return False
        elif invitation.is_bound:
            made = services.make_invitation(actor=request.user, **invitation.cleaned_data)
            messages.success(request, _("The invitation %(code)s is made.") % {"code": made.code})
        else:
            services.change_joining_mode(actor=request.user, mode=JoiningMode(mode.cleaned_data["mode"]))
            messages.success(request, _("It holds from now on."))
    except DomainError as error:
        for name, text in error.fields.items():
            form.add_error(name if name in form.fields else None, str(text))
        if error.fields:
            return False
        messages.error(request, str(error.message))
    return True
