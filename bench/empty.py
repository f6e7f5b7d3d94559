"""The yardstick E: settings and address of a Django site with one empty view, run by the site's launcher."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from sparkle_site.embedded.places import PROJECT
from sparkle_site.settings import env as environment

ENV = environment.load(PROJECT)
SECRET_KEY = ENV.secret_key
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = __name__
INSTALLED_APPS = ["huey.contrib.djhuey"]
HUEY = {"immediate": True, "huey_class": "huey.MemoryHuey"}
WORKER_THREADS = 1
DATABASE_TRANSACTION_TIMEOUT_MS = ENV.database_transaction_timeout_ms
USE_TZ = True


def empty(_request: HttpRequest) -> HttpResponse:
    """Two bytes, through Django."""
    return HttpResponse(b"ok", headers={"Content-Length": "2"})


urlpatterns = [path("", empty), path("healthz", empty)]
