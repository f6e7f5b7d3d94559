"""Settings and addresses of a site of a few lines, for tests of the launcher."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import path

from sparkle_site import embedded
from sparkle_site.jobs import make_huey
from sparkle_site.settings import env as environment

if Path(os.environ.get("TINY_SITE_BROKEN", "/nowhere")).exists():
    raise RuntimeError("this site is broken")

ENV = environment.load(Path(__file__).resolve().parents[2])
SECRET_KEY = ENV.secret_key
DEBUG = False
DEMO = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = __name__
USE_TZ = True
INSTALLED_APPS = ["huey.contrib.djhuey"]
MIDDLEWARE: list[str] = []
WORKER_THREADS = 1
TINY_MARK = True
DATABASE_TRANSACTION_TIMEOUT_MS = 0
REDIS_URL = ENV.redis_url or embedded.addresses(Path(ENV.sparkle_var)).redis_url
HUEY = make_huey(REDIS_URL, SECRET_KEY)
DATABASES: dict[str, object] = {}
LOGGING_CONFIG = None


def pid(request: HttpRequest) -> HttpResponse:
    """Which process answers."""
    return HttpResponse(str(os.getpid()))


def slow(request: HttpRequest) -> HttpResponse:
    """A page that takes a while."""
    time.sleep(float(request.GET.get("seconds", "0.2")))
    return HttpResponse(str(os.getpid()))


def echo(request: HttpRequest) -> HttpResponse:
    """The length of the body and the forwarded address, as the site sees them."""
    return HttpResponse(f"{len(request.body)} {request.META.get('HTTP_X_FORWARDED_FOR', '-')}")


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing, as quickly as Django can."""
    return HttpResponse(b"ok")


urlpatterns = [
    path("healthz", empty),
    path("empty", empty),
    path("pid", pid),
    path("slow", slow),
    path("echo", echo),
]
