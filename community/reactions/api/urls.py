"""Addresses of the app below /api."""

from __future__ import annotations

from django.urls import path

from community.reactions.api import views

urlpatterns = [
    path("reaction-types", views.TypeListView.as_view()),
    path("posts/<str:id>/reactions", views.PostReactionsView.as_view()),
    path("posts/<str:id>/reactions/<str:type>", views.PostReactionView.as_view()),
    path("comments/<str:id>/reactions", views.CommentReactionsView.as_view()),
    path("comments/<str:id>/reactions/<str:type>", views.CommentReactionView.as_view()),
]
