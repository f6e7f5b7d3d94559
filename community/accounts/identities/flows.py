"""allauth's steps that write, in one transaction each and with their facts; it has no setting for them."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.headless.socialaccount.response import SocialAccountsResponse
from allauth.headless.socialaccount.views import ManageProvidersView, ProviderSignupView
from allauth.socialaccount import signals
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal.flows import connect as connect_flow
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers import registry
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest

from community.accounts import selectors, services
from community.accounts.identities.adapter import identity_of
from community.accounts.identities.providers import GitHub, Google
from community.accounts.identities.sign_up import IdentitySignUpInput


@transaction.atomic
def connect(login: SocialLogin, request: HttpRequest, user: Any) -> None:
    """Links an identity to an account, by its owner's hand or by an address both have confirmed; the owner is told.

    In the place of `SocialLogin.connect`. Raises ValidationError when it is another's, or why the owner may not write.
    """
    identity = identity_of(login)
    try:
        if request.user.is_authenticated and request.user.pk == user.pk:
            row, new = services.link_identity(actor=user, identity=identity)
        else:
            row, new = services.join_identity(person=user, identity=identity)
    except services.IdentityOfAnother as error:
        raise get_adapter().validation_error("connected_other") from error
    login.user, login.account = user, row
    if new:
        signals.social_account_added.send(sender=SocialLogin, request=request, sociallogin=login)
        context = {"account": login.account, "provider": login.provider}
        get_adapter().send_notification_mail("socialaccount/email/account_connected", user, context=context)


@transaction.atomic
def disconnect(request: HttpRequest, account: SocialAccount) -> None:
    """Takes an identity away for whoever has just shown who they are; the owner is told.

    In the place of allauth's. Raises ReauthenticationRequired, NotFound or LastWayIn.
    """
    raise_if_reauthentication_required(request, app="allauth.socialaccount")
    services.remove_identity(actor=request.user, identity_id=account.pk)
    signals.social_account_removed.send(sender=SocialAccount, request=request, socialaccount=account)
    get_account_adapter().add_message(request, messages.INFO, "socialaccount/messages/account_disconnected.txt")
    context = {"account": account, "provider": selectors.provider_name(account.provider)}
    get_adapter().send_notification_mail("socialaccount/email/account_disconnected", request.user, context=context)


def list_accounts(request: HttpRequest) -> SocialAccountsResponse:
    """One's identities for programs; allauth's fails for a provider that is turned off."""
    accounts = SocialAccount.objects.filter(user=request.user)
    return SocialAccountsResponse(request, [row for row in accounts if selectors.is_provider_on(row.provider)])


def install() -> None:
    """Puts our providers and steps in the place of allauth's."""
    registry.register(Google)
    registry.register(GitHub)
    SocialLogin.connect = connect
    connect_flow.disconnect = disconnect
    ProviderSignupView.input_class = IdentitySignUpInput
    ManageProvidersView.respond_provider_accounts = staticmethod(list_accounts)
