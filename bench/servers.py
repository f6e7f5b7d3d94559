"""What is measured: the site in production settings on private engines of its own, and the yardsticks."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from bench.cells import CALM_SECONDS, PICTURE_SCALE
from sparkle_site.embedded import Addresses, hold
from sparkle_site.embedded.places import PROJECT

VAR = PROJECT / "var" / "bench"
HEADERS = {"Host": "localhost", "X-Forwarded-Proto": "https"}
START_LIMIT = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """The measurement cannot go on; the message says why."""


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def run(command: list[str], environment: dict[str, str]) -> str:
    """Runs a command to its end; returns what it prints. Raises BenchError with its output when it fails."""
    done = subprocess.run(
        [sys.executable, *command], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BenchError(f"`{' '.join(command)}` failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


class Subject:
    """The site under measurement: its database, its settings."""

    def __init__(self, addresses: Addresses, processes: int) -> None:
        key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        plain = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        self.prepared = addresses.database_url
        self.common = {
            **plain,
            "REDIS_URL": addresses.redis_url,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ENCRYPTION_KEYS": key,
            "MEDIA_ROOT": str(VAR / "media"),
            "SPARKLE_VAR": str(VAR),
            "RATE_LIMIT_SCALE": "1000000",
        }
        self.demo = {
            **self.common,
            "DJANGO_SETTINGS_MODULE": "sparkle_site.settings.development",
            "SPARKLE_DEMO": "1",
        }
        self.production = {
            **self.common,
            "DJANGO_SETTINGS_MODULE": "sparkle_site.settings.production",
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "PUBLIC_URL": "https://localhost",
            "WEB_PROCESSES": str(processes),
        }

    def prepare(self) -> dict[str, Any]:
        """Migrates, loads the demonstration, lets it become calm, and copies it: each run measures the same data.

        Returns what there was to do until it was calm. What an earlier run has loaded and made stays.
        """
        prepared = {**self.demo, "DATABASE_URL": self.prepared}
        run(["manage.py", "migrate", "--verbosity=0"], prepared)
        run(["manage.py", "load_demo", f"--picture-scale={PICTURE_SCALE}"], prepared)
        done = settle(prepared)
        with psycopg.connect(self.prepared.replace("/sparkle?", "/postgres?"), autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS bench WITH (FORCE)")
            connection.execute("CREATE DATABASE bench TEMPLATE sparkle")
            connection.execute("ALTER DATABASE bench SET synchronous_commit = on")
        copy = self.prepared.replace("/sparkle?", "/bench?")
        with psycopg.connect(copy, autocommit=True) as connection:
            connection.execute("ANALYZE")
        self.demo["DATABASE_URL"] = self.production["DATABASE_URL"] = copy
        run(["manage.py", "collectstatic", "--noinput", "--verbosity=0"], self.production)
        return done

    def settle(self) -> dict[str, Any]:
        """Does what the measured site has left to its worker; see `settle`."""
        return settle(self.demo)

    def look(self) -> dict[str, Any]:
        """Addresses, cookie and numbers of queries; see bench.subject."""
        found: dict[str, Any] = json.loads(run(["-m", "bench.subject"], self.demo).splitlines()[-1])
        return found

    def check_integrity(self) -> str:
        """The last line of `manage.py check_integrity`. Raises BenchError with its findings."""
        return (run(["manage.py", "check_integrity"], self.production).strip().splitlines() or ["nothing found"])[-1]


def settle(environment: dict[str, str]) -> dict[str, Any]:
    """Does what waits for a worker, and returns what that was. Raises BenchError when something is left."""
    done: dict[str, Any] = json.loads(run(["-m", "bench.calm", str(CALM_SECONDS)], environment).splitlines()[-1])
    if done["left"]:
        raise BenchError(
            f"The site does not become calm, so it cannot be measured: in {done['seconds']:.0f} s (of {CALM_SECONDS})"
            f" {done['facts']} facts were delivered and {done['pictures']} pictures made; {done['left']}."
        )
    return done


@contextlib.contextmanager
def engines() -> Iterator[Addresses]:
    """Private engines in var/bench, as safe as a real installation's."""
    with hold(VAR, progress=lambda message: print(message, flush=True)) as holder:
        yield holder.addresses


class Server:
    """A running server and the processes that belong to it."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, cold_start: float) -> None:
        self.process = process
        self.port = port
        self.cold_start = cold_start

    def memory(self) -> float:
        """Proportional set size of all its processes in MB (proc_pid_smaps_rollup(5))."""
        total = 0
        for entry in self._processes():
            with contextlib.suppress(OSError):  # gone meanwhile
                found = re.search(r"^Pss:\s+(\d+)", (entry / "smaps_rollup").read_text(), re.MULTILINE)
                total += int(found[1]) if found else 0
        return total / 1024

    def processor(self, role: str) -> float:
        """Seconds of processor time that its processes of `role` ("web", "worker") have taken (proc_pid_stat(5))."""
        ticks = 0
        for entry in self._processes():
            with contextlib.suppress(OSError):  # gone meanwhile
                before, _, after = (entry / "stat").read_text().rpartition(")")
                if f"(sparkle {role}" in before:
                    ticks += sum(map(int, after.split()[11:13]))
        return ticks / TICKS

    def _processes(self) -> list[Path]:
        entries = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        return [entry for entry in entries if self.process.pid in ancestry(int(entry.name))]


def ancestry(pid: int) -> list[int]:
    """The process and its parents up to init."""
    found = [pid]
    while found[-1] > 1:
        try:
            stat = Path(f"/proc/{found[-1]}/stat").read_text()
        except OSError:  # gone meanwhile
            break
        found.append(int(stat.rpartition(")")[2].split()[1]))
    return found


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str], port: int, name: str, path: str = "/") -> Iterator[Server]:
    """A server in a process of its own, yielded at its first good answer and stopped afterwards."""
    (VAR / "log").mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    with (VAR / "log" / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        while get(port, path) != 200:
            if process.poll() is not None or time.monotonic() - begun > START_LIMIT:
                raise BenchError(f"{name} does not serve. See {VAR / 'log' / name}.log")
            time.sleep(0.02)
        yield Server(process, port, time.monotonic() - begun)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)


def busy(seconds: float = 1.0) -> float:
    """The part of the processors' time that is taken while nothing is measured, from 0 to 1 (proc_stat(5))."""

    def times() -> list[int]:
        return [int(part) for part in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]

    before = times()
    time.sleep(seconds)
    spent = [after - earlier for earlier, after in zip(before, times(), strict=True)]
    idle = spent[3] + spent[4]  # idle, and waiting for disks
    return 1 - idle / sum(spent) if sum(spent) else 0.0


def get(port: int, path: str) -> int:
    """The status of an answer; 0 when there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=HEADERS)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def token(port: int, email: str, password: str) -> str:
    """A bearer token of the site's API."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    body = json.dumps({"email": email, "password": password})
    connection.request("POST", "/api/auth/login", body, {**HEADERS, "Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    if response.status != 200:
        raise BenchError(f"Signing in failed with {response.status}: {answer[:300]!r}")
    return str(json.loads(answer)["data"]["token"])
