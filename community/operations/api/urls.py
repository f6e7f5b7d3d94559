"""Addresses of the machinery below /api."""

from __future__ import annotations

from django.urls import path

from community.operations.api import views

urlpatterns = [
    path("admin/jobs", views.JobsView.as_view()),
    path("admin/jobs/ledger", views.LedgerView.as_view()),
    path("admin/jobs/queues/<str:queue>", views.QueueView.as_view()),
    path("admin/jobs/<str:id>", views.JobView.as_view()),
    path("admin/jobs/<str:id>/retry", views.RetryView.as_view()),
]
