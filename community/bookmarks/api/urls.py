"""Addresses of the app below /api."""

from __future__ import annotations

from django.urls import path

from community.bookmarks.api import views

urlpatterns = [
    path("me/bookmarks", views.BookmarkListView.as_view()),
    path("me/bookmarks/<str:id>", views.BookmarkView.as_view()),
    path("me/bookmark-folders", views.FolderListView.as_view()),
    path("me/bookmark-folders/<str:id>", views.FolderView.as_view()),
    path("posts/<str:id>/bookmark", views.PostBookmarkView.as_view()),
    path("posts/<str:id>/shares", views.PostSharesView.as_view()),
]
