"""Addresses of content below /api."""

from __future__ import annotations

from django.urls import path

from cms.api import views

urlpatterns = [
    path("posts", views.PostListView.as_view()),
    path("posts/<str:id>", views.PostView.as_view()),
    path("posts/<str:id>/restoration", views.RestorationView.as_view()),
    path("me/bin", views.BinView.as_view()),
    path("categories", views.CategoryListView.as_view()),
    path("tags", views.TagListView.as_view()),
]
