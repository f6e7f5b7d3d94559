"""Addresses of the pages of the app."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from community.bookmarks import views

urlpatterns = [
    path("account/bookmarks/", views.bookmarks, name="account_bookmarks"),
    path("bookmarks/", RedirectView.as_view(pattern_name="account_bookmarks", permanent=True, query_string=True)),
    path("bookmarks/<slug:kind>/<int:target_id>/", views.bookmark, name="bookmark"),
    path("shares/<slug:kind>/<int:target_id>/", views.share, name="share"),
]
