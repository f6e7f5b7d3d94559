"""Addresses of the pages of the app."""

from __future__ import annotations

from django.urls import path

from community.reactions import views

urlpatterns = [path("reactions/<slug:kind>/<int:target_id>/", views.reactions, name="reactions")]
