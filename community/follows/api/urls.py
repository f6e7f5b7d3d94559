"""Addresses of the app below /api."""

from __future__ import annotations

from django.urls import path, re_path

from community.follows.api import own, people

PERSON = r"^users/(?P<username>[A-Za-z0-9_]{1,50})"

urlpatterns = [
    re_path(PERSON + r"/followers\Z", people.FollowersView.as_view()),
    re_path(PERSON + r"/following\Z", people.FollowingView.as_view()),
    re_path(PERSON + r"/follow\Z", people.FollowView.as_view()),
    re_path(PERSON + r"/mute\Z", people.MuteView.as_view()),
    re_path(PERSON + r"/block\Z", people.BlockView.as_view()),
    path("me/follows", own.FollowsView.as_view()),
    re_path(r"^me/follows/(?P<kind>[a-z]{1,20})/(?P<id>[0-9]{1,18})\Z", own.OwnFollowView.as_view()),
    re_path(r"^me/followers/(?P<username>[A-Za-z0-9_]{1,50})\Z", own.FollowerView.as_view()),
    path("me/follow-requests", own.RequestsView.as_view()),
    re_path(r"^me/follow-requests/(?P<id>[0-9]{1,18})\Z", own.RequestView.as_view()),
    path("me/blocks", own.BlocksView.as_view()),
    path("me/mutes", own.MutesView.as_view()),
    path("me/suggestions", own.SuggestionsView.as_view()),
]
