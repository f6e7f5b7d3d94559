"""Addresses below `/_allauth/` at which our own view stands before allauth's."""

from __future__ import annotations

from allauth.headless.constants import Client
from django.urls import path

from community.accounts.views.sign_up import HeadlessSignUpView

urlpatterns = [
    path(f"{client.value}/v1/auth/signup", HeadlessSignUpView.as_api_view(client=client))
    for client in (Client.BROWSER, Client.APP)
]
