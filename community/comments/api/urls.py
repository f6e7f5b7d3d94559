"""Addresses of the app below /api."""

from __future__ import annotations

from django.urls import path, re_path

from community.comments.api import views

urlpatterns = [
    path("posts/<str:id>/comments", views.PostCommentsView.as_view()),
    path("comments/<str:id>", views.CommentView.as_view()),
    path("comments/<str:id>/replies", views.RepliesView.as_view()),
    path("comments/<str:id>/pin", views.PinView.as_view()),
    path("comments/<str:id>/lock", views.LockView.as_view()),
    path("comments/<str:id>/hiding", views.HidingView.as_view()),
    path("comments/<str:id>/approval", views.ApprovalView.as_view()),
    path("held-comments", views.HeldCommentsView.as_view()),
    re_path(r"^users/(?P<username>[A-Za-z0-9_]{1,50})/comments\Z", views.PersonCommentsView.as_view()),
]
