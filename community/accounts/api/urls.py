"""Addresses of people below /api."""

from __future__ import annotations

from django.urls import path, re_path

from community.accounts.api import views
from community.accounts.api.avatar import AvatarView

urlpatterns = [
    path("auth/login", views.LoginView.as_view()),
    path("auth/logout", views.LogoutView.as_view()),
    path("auth/refresh", views.RefreshView.as_view()),
    path("me", views.MeView.as_view()),
    path("me/avatar", AvatarView.as_view()),
    re_path(r"^users/(?P<username>[A-Za-z0-9_]{1,50})\Z", views.UserView.as_view()),
]
