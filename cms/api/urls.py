"""Addresses of content below /api."""

from __future__ import annotations

from django.urls import path, re_path

from cms.api import feed, frame, search, series, views

urlpatterns = [
    path("posts", views.PostListView.as_view()),
    path("posts/<str:id>", views.PostView.as_view()),
    path("posts/<str:id>/restoration", views.RestorationView.as_view()),
    re_path(r"^users/(?P<username>[A-Za-z0-9_]{1,50})/posts\Z", views.PersonPostsView.as_view()),
    path("series", series.SeriesListView.as_view()),
    path("series/<str:id>", series.SeriesView.as_view()),
    path("series/<str:id>/parts", series.PartsView.as_view()),
    path("me/series", series.OwnSeriesView.as_view()),
    path("me/feed", feed.FeedView.as_view()),
    path("me/feed/new", feed.NewsView.as_view()),
    path("me/feed/preferences", feed.PreferencesView.as_view()),
    path("me/bin", views.BinView.as_view()),
    path("categories", views.CategoryListView.as_view()),
    path("tags", views.TagListView.as_view()),
    path("search", search.SearchView.as_view()),
    path("search/suggestions", search.SuggestionView.as_view()),
    path("site", frame.SiteView.as_view()),
    path("menus", frame.MenusView.as_view()),
    path("announcements", frame.AnnouncementListView.as_view()),
]
