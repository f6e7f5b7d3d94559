"""Addresses of the app below /api."""

from __future__ import annotations

from django.urls import path

from community.moderation.api import views

urlpatterns = [
    path("reports", views.ReportListView.as_view()),
    path("posts/<str:id>/hiding", views.PostHidingView.as_view()),
    path("users/<str:username>/hiding", views.ProfileHidingView.as_view()),
]
