"""Addresses of the pages of the app."""

from __future__ import annotations

from django.urls import path

from community.moderation import views

urlpatterns = [
    path("report/<slug:kind>/<int:target_id>/", views.report, name="report"),
    path("report/<slug:kind>/<int:target_id>/hiding/", views.hiding, name="hiding"),
]
