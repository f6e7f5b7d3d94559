"""One account in the admin: what is known of it, and what staff may do, each by its service and with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from community.accounts import selectors, services
from community.accounts.choices import Status
from community.accounts.forms.staff import ReasonForm, StandingForm, StatusForm
from community.accounts.models import User
from community.accounts.wagtail_hooks.audit import by, change
from community.core import audit
from community.core.errors import DomainError, NotAllowed, NotFound
from community.core.lists import Paginated, paginate

#: So many alerts stand on a page.
ALERTS = 20


class AccountPage(WagtailAdminTemplateMixin, TemplateView):
    """What both pages of an account share."""

    header_icon = "user"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Finds the account; moderators and administrators find any."""
        super().setup(request, *args, **kwargs)
        try:
            self.person = selectors.get_account(kwargs["pk"], viewer=request.user)
            self.record = selectors.get_account_record(self.person, viewer=request.user)
        except NotAllowed as error:
            raise PermissionDenied from error
        except NotFound as error:
            raise Http404 from error

    def get_page_title(self) -> str:
        """Whose account it is."""
        return f"{self.person.profile.display_name} (@{self.person.username})"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Below the list."""
        people = {"url": reverse("wagtailusers_users:index"), "label": _("People")}
        return [*self.breadcrumbs_items, people, {"url": "", "label": self.get_page_title()}]

    def own_page(self) -> HttpResponse:
        """Back to the account."""
        return HttpResponseRedirect(reverse("wagtailusers_users:edit", args=[self.person.pk]))


class AccountView(AccountPage):
    """An account with its history; `act` of a POST says which of the forms was sent."""

    template_name = "accounts/admin/account.html"

    def forms(self, act: str, data: Any) -> dict[str, forms.Form]:
        """The forms that the viewer may send, by their act; the sent one with its data."""
        record = self.record
        made: dict[str, Callable[..., forms.Form]] = {}
        if record.statuses:
            made["status"] = lambda **more: StatusForm(statuses=record.statuses, **more)
        if record.roles:
            made["standing"] = lambda **more: StandingForm(roles=record.roles, **more)
        if record.can_help:
            made |= dict.fromkeys(("sessions", "locks"), ReasonForm)
            if self.person.status == Status.PENDING_VERIFICATION:
                made["reminder"] = ReasonForm
        initial = {
            "role": self.person.role,
            "verified": self.person.verified,
            "editor": record.editor,
            "trust": "" if self.person.trust_fixed is None else str(self.person.trust_fixed),
        }
        return {
            name: make(auto_id=f"{name}-%s", initial=initial, data=data if name == act else None)
            for name, make in made.items()
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The record and the forms."""
        found = super().get_context_data(**kwargs)
        made = kwargs.get("forms") or self.forms("", None)
        lines = [
            {"entry": entry, "act": audit.acts().get(entry.act, entry.act), "by": by(entry), "change": change(entry)}
            for entry in self.record.audit
        ]
        rows = selectors.list_alerts_of(self.person, viewer=self.request.user)
        alerts: Paginated[Any] = paginate(rows, self.request.GET.get("alerts"), size=ALERTS, nearest=True)
        return {
            **found,
            "record": self.record,
            "person": self.person,
            "forms": made,
            "audit_lines": lines,
            "alerts": alerts,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Does one act; what is wrong with it stands beside its form."""
        act = request.POST.get("act", "")
        made = self.forms(act, request.POST)
        form = made.get(act)
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            try:
                said = DOES[act](request.user, self.person, form.cleaned_data)
            except NotAllowed as error:
                raise PermissionDenied from error
            except DomainError as error:
                _put(form, error)
            else:
                messages.success(request, said)
                return self.own_page()
        return self.render_to_response(self.get_context_data(forms=made), status=400)


def _put(form: forms.Form, error: DomainError) -> None:
    for name, sentence in error.fields.items():
        form.add_error(name if name in form.fields else None, str(sentence))
    if not error.fields:
        form.add_error(None, str(error.message))


def _change_status(actor: Any, person: User, values: dict[str, Any]) -> str:
    status = Status(values["status"])
    if status == Status.DELETED:
        services.erase_person(actor=actor, person=person, reason=values["reason"])
    else:
        days = values["days"] if status == Status.SUSPENDED else None
        services.change_status(actor=actor, person=person, status=status, reason=values["reason"], days=days)
    return _("The status is changed.")


def _change_standing(actor: Any, person: User, values: dict[str, Any]) -> str:
    services.change_standing(actor=actor, person=person, **values)
    return _("It is changed.")


def _close_sessions(actor: Any, person: User, values: dict[str, Any]) -> str:
    number = services.close_sessions_of(actor=actor, person=person, reason=values["reason"])
    return _("Sessions closed: %(number)s.") % {"number": number}


def _lift_locks(actor: Any, person: User, values: dict[str, Any]) -> str:
    services.lift_locks_of(actor=actor, person=person, reason=values["reason"])
    return _("The account is open again.")


def _remind(actor: Any, person: User, values: dict[str, Any]) -> str:
    services.remind_to_confirm(actor=actor, person=person, reason=values["reason"])
    return _("The mail is on its way.")


DOES: dict[str, Callable[[Any, User, dict[str, Any]], str]] = {
    "status": _change_status,
    "standing": _change_standing,
    "sessions": _close_sessions,
    "locks": _lift_locks,
    "reminder": _remind,
}


class ImpersonateView(AccountPage):
    """Asks why, and signs in as the person."""

    template_name = "accounts/admin/impersonate.html"
    page_subtitle = gettext_lazy("Sign in as this person")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Only where it is possible at all."""
        if not self.record.can_impersonate:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form."""
        form = kwargs.get("form") or ReasonForm()
        return {**super().get_context_data(**kwargs), "person": self.person, "form": form}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Gives the browser the other session; the own one waits."""
        form = ReasonForm(request.POST)
        if form.is_valid():
            try:
                row = services.begin_impersonation(
                    actor=request.user,
                    person=self.person,
                    reason=form.cleaned_data["reason"],
                    back=str(request.session.session_key),
                )
            except NotAllowed as error:
                raise PermissionDenied from error
            except DomainError as error:
                _put(form, error)
            else:
                request.session = type(request.session)(row.session_key)
                request.session.modified = True  # so that the cookie is sent
                return HttpResponseRedirect("/")
        return self.render_to_response(self.get_context_data(form=form), status=400)
