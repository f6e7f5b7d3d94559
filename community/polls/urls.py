"""Addresses of the pages of the app."""

from __future__ import annotations

from django.urls import path

from community.polls import views

urlpatterns = [path("polls/<slug:kind>/<int:target_id>/", views.poll, name="poll")]
