"""Addresses of the pages of the app."""

from __future__ import annotations

from django.urls import path, re_path

from community.comments import views

urlpatterns = [
    path("comments/on/<slug:kind>/<int:target_id>/", views.discussion, name="comments"),
    path("comments/<int:comment_id>/", views.find, name="comment"),
    path("comments/<int:comment_id>/thread/", views.thread, name="comment_thread"),
    path("comments/<int:comment_id>/reply/", views.reply, name="comment_reply"),
    path("comments/<int:comment_id>/edit/", views.edit, name="comment_edit"),
    path("comments/<int:comment_id>/manage/", views.manage, name="comment_manage"),
    re_path(r"^@(?P<username>[A-Za-z0-9_]{1,50})/comments/$", views.of_person, name="comments_of"),
]
