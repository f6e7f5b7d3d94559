"""Addresses of the app below /api."""

from __future__ import annotations

from django.urls import path

from community.polls.api import views

urlpatterns = [path("posts/<str:id>/poll/votes", views.PostPollView.as_view())]
