"""The preloader: imports the site once, runs commands, then forks its processes and revives them."""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
import threading
import time
from typing import Any

from sparkle_site.embedded import Holder
from sparkle_site.embedded.needed import hold_needed
from sparkle_site.embedded.processes import die_with_parent
from sparkle_site.serve.children import Child
from sparkle_site.serve.signals import Signals

WEB_LIMIT = 12.0  # seconds after SIGTERM; each stage may use what the ones before have left
WORKER_LIMIT = 23.0
SCHEDULER_LIMIT = 24.0


def load() -> None:
    """Imports everything a child needs: settings, models, addresses, the front and the jobs."""
    gc.disable()  # what imports make is no garbage, and each collection would look at all of it
    import django

    django.setup()
    from django.urls import get_resolver
    from django.utils.module_loading import autodiscover_modules

    import sparkle_site.asgi
    import sparkle_site.jobs

    # A job that was never imported is unknown to worker and scheduler: neither runs it.
    autodiscover_modules("tasks")
    get_resolver()._populate()
    del sparkle_site
    gc.freeze()  # the children's collector leaves shared memory alone
    gc.enable()


def demo_accounts() -> str:
    """The demonstration's accounts, when this is one."""
    from django.conf import settings

    if not settings.ENV.sparkle_demo:
        return ""
    from cms.demo import accounts_text

    return accounts_text()


def unforkable() -> list[str]:
    """What importing must not have left, since a forked child could not use it: connections and threads."""
    from django.db import connections

    opened = [c.alias for c in connections.all(initialized_only=True) if c.connection is not None]
    return opened + [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]


class Preloader:
    """One generation: the loaded site and its children."""

    def __init__(self, orders: dict[str, Any]) -> None:
        self.orders = orders
        self.control = socket.socket(fileno=orders["control"])
        self.listener = socket.socket(fileno=orders["listener"]) if orders["web"] else None
        self.signals = Signals(signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.signals, selectors.EVENT_READ)
        self.selector.register(self.control, selectors.EVENT_READ)
        self.children: list[Child] = []
        self.undertakers: list[Child] = []
        self.engines: Holder | None = None
        self.go = False
        self.stopping = False
        self.told_ready = False

    def tell(self, event: str, text: str = "") -> None:
        """Sends the launcher a message; a launcher that is gone is noticed in `wait`."""
        try:
            self.control.sendall(json.dumps({"event": event, "text": text}).encode() + b"\n")
        except BrokenPipeError:
            self.stopping = True

    def wait(self, seconds: float | None) -> None:
        """Waits for something to happen: a signal, a word from the launcher, a child that serves."""
        for key, _ in self.selector.select(seconds):
            if key.fileobj is self.control:
                word = self.control.recv(64)
                if not word:
                    self.selector.unregister(self.control)
                self.stopping = self.stopping or not word
                self.go = self.go or bool(word)
            elif key.fileobj is self.signals:
                self.stopping = self.stopping or bool(self.signals.received() & {signal.SIGTERM, signal.SIGINT})
            elif isinstance(key.data, Child):
                self.selector.unregister(key.fileobj)
                key.data.serves()

    def run(self) -> int:
        """The whole life of a generation. Returns the exit status."""
        try:
            load()
            accounts = demo_accounts()
            if found := unforkable():
                raise RuntimeError(f"importing it opened connections or started threads: {found}")
        except Exception as error:
            self.tell("failed", f"The site cannot be loaded: {error}")
            raise
        try:
            while not self.go and not self.stopping:
                self.wait(None)
            if not self.stopping:
                # Held here as well, so that the children's last work still finds the engines.
                self.engines = hold_needed(lambda message: None)
            for command in self.orders["prepare"]:
                if not self.stopping and not self.prepare(command):
                    return 1
            if not self.stopping:
                self.start()
            while not self.stopping:
                self.supervise(accounts)
            return 0
        finally:
            self.stop()

    def prepare(self, command: list[str]) -> bool:
        """Runs a management command in a child, so that this process opens no connection."""

        def run() -> None:
            from django.core.management import CommandError, call_command

            try:
                call_command(*command)
            except CommandError as error:
                sys.exit(f"{error}")

        name = " ".join(command)
        self.tell("progress", f"{name} …")
        child = Child("prepare", run)
        child.fork(self)
        while child.alive and not self.stopping:
            self.wait(1)
            child.reap()
        if self.stopping:
            child.end(5)
            return True
        if child.status != 0:
            self.tell("failed", f"The command `{name}` failed (status {child.status}); its output stands above.")
            return False
        self.tell("progress", f"{name}: {child.lived:.1f} s")
        return True

    def start(self) -> None:
        """Forks every child."""
        from sparkle_site import jobs, web

        listener = self.listener
        if listener is not None:
            for number in range(self.orders["web"]):
                child = Child(f"web {number + 1}", lambda serving: web.run(listener, serving), announces=True)
                self.children.append(child)
        if self.orders["worker"]:
            self.children.append(Child("worker", jobs.run_worker))
        if self.orders["scheduler"]:
            self.children.append(Child("scheduler", jobs.run_scheduler))
        for child in self.children:
            child.fork(self)

    def supervise(self, accounts: str) -> None:
        """One round: forks again what has died, and tells the launcher when all web processes serve."""
        now = time.monotonic()
        for child in self.children:
            if child.alive and child.reap():
                self.tell("progress", child.obituary())
                self.free_leases(child)
            if not child.alive and now >= child.rest_until:
                child.fork(self)
        self.undertakers = [child for child in self.undertakers if not child.reap()]
        if not self.told_ready and all(child.serving for child in self.children):
            self.told_ready = True
            self.tell("ready", accounts)
        resting = [child.rest_until - now for child in self.children if not child.alive]
        self.wait(max(0.0, min(resting)) if resting else None)

    def free_leases(self, dead: Child) -> None:
        """Frees, by a short-lived child, the jobs of a worker that did not end in order."""
        from django.apps import apps

        from sparkle_site import jobs

        if dead.name == "worker" and dead.status != 0 and apps.is_installed("community.core"):
            pid = dead.last_pid
            self.undertakers.append(Child("leases", lambda: jobs.free_leases(pid)))
            self.undertakers[-1].fork(self)

    def stop(self) -> None:
        """Stops web processes, then the worker, then the scheduler; by force what does not end in time."""
        begun = time.monotonic()
        if self.listener is not None:
            self.listener.close()
        for role, limit in (("web", WEB_LIMIT), ("worker", WORKER_LIMIT), ("scheduler", SCHEDULER_LIMIT)):
            stage = [child for child in self.children if child.name.startswith(role)]
            for child in stage:
                child.send(signal.SIGTERM)
            while any(child.alive for child in stage) and time.monotonic() - begun < limit:
                self.wait(0.1)
                for child in stage:
                    child.reap()
            for child in stage:
                child.end(0)
        for child in self.undertakers:
            child.end(0)


def main() -> int:
    """Started by the launcher with its orders as JSON."""
    orders = json.loads(sys.argv[1])
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    die_with_parent(signal.SIGTERM, orders["launcher"])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sparkle_site.settings.development")
    return Preloader(orders).run()


if __name__ == "__main__":
    raise SystemExit(main())
