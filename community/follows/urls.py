"""Addresses of the pages of the app."""

from __future__ import annotations

from django.urls import re_path

from community.follows.views import acts, own, people

NAME = r"(?P<username>[A-Za-z0-9_]{1,50})"

urlpatterns = [
    re_path(rf"^@{NAME}/followers/$", people.followers, name="followers"),
    re_path(rf"^@{NAME}/following/$", people.following, name="following"),
    re_path(rf"^people/{NAME}/card/$", people.card, name="person_card"),
    re_path(rf"^people/{NAME}/hide/$", acts.hide_person, name="hide_person"),
    re_path(r"^follow/(?P<kind>[a-z]{1,20})/(?P<number>[0-9]{1,18})/$", acts.follow, name="follow"),
    re_path(r"^account/follow-requests/$", own.requests, name="account_follow_requests"),
    re_path(r"^account/blocked/$", own.hidden, name="account_blocked"),
]
