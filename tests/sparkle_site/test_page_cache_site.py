"""The page cache of a real site with two web processes, and with nginx before it that keeps pages as well."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.conftest import ON_CI
from tests.sparkle_site.conftest import launching, migrated_database
from tests.support.outages import MAKE, PASSWORD
from tests.support.processes import eventually
from tests.support.sites import Answer, Site, accepts, ask_raw

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
CONFIGURATION = """
{user} daemon off; error_log {folder}/error.log; pid {folder}/nginx.pid; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  proxy_cache_path {folder}/cache keys_zone=pages:1m;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{site};
      proxy_set_header Host $http_host;
      proxy_cache pages; proxy_cache_key $scheme$http_host$request_uri; proxy_cache_lock on;
      add_header X-Cache $upstream_cache_status;
    }}
  }}
}}
"""


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of the site's database."""
    with migrated_database() as address:
        yield address


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Site]:
    """A site with one post of a fan, two web processes and a worker, for all these tests."""
    with launching(tmp_path_factory.mktemp("two")) as launch:
        yield launch(
            "--web=2",
            f"--prepare=shell --verbosity 0 --command '{MAKE}'",
            settings="sparkle_site.settings.development",
            DATABASE_URL=database,
            RATE_LIMIT_SCALE="10000",
            METRICS_TOKEN="a-token-for-tests",
        ).serves()


def write(site: Site, path: str, data: dict[str, Any], token: str = "", method: str = "POST") -> dict[str, Any]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    answer = site.ask(path, method=method, headers=headers, body=json.dumps(data))
    assert answer.status in (200, 201), answer.text
    return dict(json.loads(answer.text)["data"])


def sign_in(site: Site) -> str:
    return str(write(site, "/api/auth/login", {"email": "fan@people.example", "password": PASSWORD})["token"])


def soon_all(site: Site, path: str, wanted: Callable[[str], bool], seconds: float) -> bool:
    """Whether after so many seconds every one of many answers, of both processes, is as wanted."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        site.ask(path)  # as on a site that is read
        time.sleep(0.05)
    return all(wanted(site.ask(path).text) for _ in range(20))


def test_both_processes_show_what_is_published_within_two_seconds(two: Site) -> None:
    token = sign_in(two)
    for _ in range(20):
        assert "First" in two.ask("/latest/").text
    post = write(two, "/api/posts", {"title": "Just now", "content": "<p>x</p>", "published": True}, token)
    assert soon_all(two, "/latest/", lambda text: "Just now" in text, 2)
    write(two, f"/api/posts/{post['id']}", {"title": "Changed at once"}, token, "PUT")
    assert soon_all(two, "/latest/", lambda text: "Changed at once" in text and "Just now" not in text, 2)
    write(two, f"/api/posts/{post['id']}", {"published": False}, token, "PUT")
    assert soon_all(two, "/latest/", lambda text: "Changed at once" not in text, 2)


def test_a_crowd_at_a_page_nobody_has_made_has_it_made_once_by_each_process(two: Site) -> None:
    two.ask("/")

    def counted() -> dict[str, float]:
        text = two.ask("/metrics", headers={"Authorization": "Bearer a-token-for-tests"}).text
        lines = [line for line in text.splitlines() if line.startswith("sparkle_page_cache_total{")]
        return {line.split('"')[1]: float(line.rsplit(" ", 1)[1]) for line in lines}

    time.sleep(1.2)  # processes hand over their counts each second
    before = counted()
    with ThreadPoolExecutor(100) as crowd:
        answers = list(crowd.map(lambda _: two.ask("/latest/?sort=popular"), range(200)))
    assert {answer.status for answer in answers} == {200}
    eventually(lambda: counted().get("hit", 0) - before.get("hit", 0) >= 198)
    assert 1 <= counted()["miss"] - before.get("miss", 0) <= 2


def test_slashes_and_encoded_letters_meet_no_other_page(two: Site) -> None:
    def ask(target: bytes) -> bytes:
        head = b"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        return ask_raw(two, head % target)

    assert b" 200 " in ask(b"/latest/").split(b"\r\n")[0]
    assert b" 200 " in ask(b"/%6Catest/").split(b"\r\n")[0]
    assert b" 404 " in ask(b"//latest/").split(b"\r\n")[0]
    assert b" 404 " in ask(b"/latest%2F/").split(b"\r\n")[0]
    assert b" 200 " in ask(b"/latest/?page=1").split(b"\r\n")[0]
    assert b"x-page-tags" not in ask(b"/latest/").lower()


@pytest.fixture
def nginx(two: Site, tmp_path: Path) -> Iterator[Callable[..., Answer]]:
    """nginx that keeps pages by their headers, before the site; asks it."""
    if NGINX is None:
        message = "nginx is not installed (Debian: apt install nginx-light)."
        pytest.fail(message) if ON_CI else pytest.skip(message)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    file = tmp_path / "nginx.conf"
    user = "user root;" if os.getuid() == 0 else ""  # else it would take a user who may not enter the folder
    file.write_text(CONFIGURATION.format(user=user, folder=tmp_path, port=port, site=two.port))
    process = subprocess.Popen([NGINX, "-c", str(file), "-e", str(tmp_path / "error.log")])
    eventually(lambda: accepts(port), 10)
    behind = Site.__new__(Site)
    behind.port = port
    yield behind.ask
    process.terminate()
    process.wait(10)


def session(database: str) -> str:
    """The cookie of the fan, signed in."""

    script = "from bench.subject import session; print(session('fan')[1])"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", script],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "sparkle_site.settings.development", "DATABASE_URL": database},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return f"{settings.SESSION_COOKIE_NAME}={done.stdout.strip().splitlines()[-1]}"


def test_a_second_cache_never_mixes_guests_and_people(nginx: Callable[..., Answer], two: Site, database: str) -> None:
    cookie = session(database)
    kept = []
    for _ in range(30):
        guest, person = nginx("/latest/"), nginx("/latest/", headers={"Cookie": cookie})
        assert "Sign in" in guest.text
        assert "/account/logout/" not in guest.text
        assert "/account/logout/" in person.text
        assert person.headers["Cache-Control"] == "private, no-cache"
        assert person.headers["X-Cache"] in ("MISS", "EXPIRED", "BYPASS")
        kept.append(guest.headers["X-Cache"])
    assert "HIT" in kept
    tag = nginx("/latest/").headers["ETag"]
    assert nginx("/latest/", headers={"If-None-Match": tag}).status == 304
    light = nginx("/latest/", headers={"Cookie": "theme=light"})
    assert 'data-theme="light"' in light.text
    assert 'data-theme="dark"' in nginx("/latest/").text
    answer = nginx("/api/auth/login", method="POST", headers={"Content-Type": "application/json"},
                   body=json.dumps({"email": "fan@people.example", "password": PASSWORD}))  # fmt: skip
    assert answer.status == 200
    token = json.loads(answer.text)["data"]["token"]
    write(two, "/api/posts", {"title": "Seen behind", "content": "<p>x</p>", "published": True}, token)
    eventually(lambda: "Seen behind" in nginx("/latest/").text, 4)
