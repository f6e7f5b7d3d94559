"""What people say below posts: threads, replies, mentions, times of a video."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "community.comments"
    label = "comments"
