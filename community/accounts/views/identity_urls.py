"""Addresses of identities elsewhere that stand before allauth's own, under account/."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from community.accounts.views import identities as views

urlpatterns = [
    path("identities/", views.identities, name="account_identities"),
    path("google/login/", views.begin, {"provider": "google"}, name="google_login"),
    path("google/login/callback/", views.callback, {"provider": "google"}, name="google_callback"),
    path("google/login/token/", views.no_such_page, name="google_login_by_token"),
    path("github/login/", views.begin, {"provider": "github"}, name="github_login"),
    path("github/login/callback/", views.callback, {"provider": "github"}, name="github_callback"),
    path("3rdparty/", RedirectView.as_view(pattern_name="account_identities")),
    path("3rdparty/signup/", views.IdentitySignUpView.as_view(), name="socialaccount_signup"),
]
