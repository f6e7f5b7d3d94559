"""Pages of one's account: the profile and the user name."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.accounts import selectors, services
from community.accounts.forms.profile import PictureForm, ProfileForm, UsernameForm
from community.accounts.models import Profile, User
from community.core.errors import Conflict, DomainError


def _person(request: HttpRequest) -> User:
    return selectors.get_person_by_id(request.user.pk or 0, viewer=request.user)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """One's profile: `picture` sends another picture, `remove` takes it away, anything else changes the fields."""
    person = _person(request)
    pictured, sent = "picture" in request.POST, request.method == "POST"
    picture = PictureForm(request.POST, request.FILES) if pictured else PictureForm()
    version = {"version": person.version}
    form = ProfileForm(
        request.POST if sent and not pictured and "remove" not in request.POST else None,
        instance=person.profile,
        initial=version,
    )
    if sent and _is_done(request, person, form, picture):
        messages.info(request, _("Your profile is saved."))
        return HttpResponseRedirect(reverse("account_profile"))
    # What the form was given is in its instance by now: what is shown around it comes from the table.
    person = _person(request)
    context = {
        "form": form,
        "picture": picture,
        "author": selectors.author_card(person),
        "has_picture": bool(person.profile.avatar),
        "hidden_because": person.profile.hidden_reason,
        "completeness": selectors.completeness_of(person),
    }
    return render(request, "account/profile.html", context, status=400 if form.errors or picture.errors else 200)


def _is_done(request: HttpRequest, person: User, form: ModelForm[Profile], picture: Form) -> bool:
    used: Form | ModelForm[Profile] = picture if picture.is_bound else form
    try:
        if "remove" in request.POST:
            services.remove_avatar(actor=request.user, person=person)
            return True
        if not used.is_valid():
            return False
        if picture.is_bound:
            services.set_avatar(actor=request.user, person=person, file=used.cleaned_data["file"])
        else:
            services.update_profile(actor=request.user, person=_person(request), **used.cleaned_data)
    except Conflict:
        used.add_error(None, _("Your profile was changed elsewhere in the meantime. Please look at it again."))
        return False
    except DomainError as error:
        _show(used, error)
        return False
    return True


def _show(form: Form | ModelForm[Profile], error: DomainError) -> None:
    """Puts a refusal where it belongs on the form."""
    for name, text in error.fields.items() or [("", error.message)]:
        form.add_error(name if name in form.fields else None, str(text))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def username(request: HttpRequest) -> HttpResponse:
    """One's user name, and another one."""
    person = _person(request)
    form = UsernameForm(request.POST if request.method == "POST" else None, user=person)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_username(actor=request.user, person=person, username=form.cleaned_data["username"])
        except DomainError as error:
            _show(form, error)
        else:
            messages.info(request, _("Your user name is changed."))
            return HttpResponseRedirect(reverse("account_username"))
    context = {"form": form, "username": person.username}
    return render(request, "account/username.html", context, status=400 if form.errors else 200)
