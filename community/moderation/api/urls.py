"""Addresses of the app below /api."""

from __future__ import annotations

from django.urls import path

from community.moderation.api import views

urlpatterns = [path("reports", views.ReportListView.as_view())]
