"""Addresses below `/_allauth/` at which our own views stand before allauth's."""

from __future__ import annotations

from typing import Any

from allauth.headless.constants import Client
from django.urls import path

from community.accounts.views.addresses import HeadlessAddressesView
from community.accounts.views.sign_up import HeadlessSignUpView

VIEWS: dict[str, Any] = {"auth/signup": HeadlessSignUpView, "account/email": HeadlessAddressesView}

urlpatterns = [
    path(f"{client.value}/v1/{address}", view.as_api_view(client=client))
    for client in (Client.BROWSER, Client.APP)
    for address, view in VIEWS.items()
]
