"""A forked child of the preloader: its start, its death, its rest before the next start, its end."""

from __future__ import annotations

import ctypes
import os
import select
import selectors
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sparkle_site.embedded.processes import die_with_parent

if TYPE_CHECKING:
    from sparkle_site.serve.preloader import Preloader

PR_SET_NAME = 15
SHORT_LIFE = 5.0
LONGEST_REST = 30.0
ORPHAN_SECONDS = 25.0


class Child:
    """One process of a generation, forked again as often as it dies."""

    def __init__(self, name: str, work: Callable[..., Any], *, announces: bool = False) -> None:
        self.name = name
        self.work = work
        self.announces = announces  # serves the listener, and gets a function to call when it does
        self.pid = 0
        self.last_pid = 0
        self.serving = False
        self.status: int | None = None
        self.started = 0.0
        self.lived = 0.0
        self.rest_until = 0.0
        self.short_lives = 0
        self.pipe: int | None = None

    @property
    def alive(self) -> bool:
        """Whether it was forked and has not been reaped."""
        return self.pid != 0

    def fork(self, owner: Preloader) -> None:
        """Starts the process."""
        parent = os.getpid()
        reader, writer = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.started = time.monotonic()
        self.status = None
        self.pid = self.last_pid = os.fork()
        if self.pid == 0:
            os.close(reader)
            self._live(owner, parent, writer)
        os.close(writer)
        if self.announces:
            self.pipe = reader
            owner.selector.register(reader, selectors.EVENT_READ, self)
        else:
            os.close(reader)
            self.serving = True

    def _live(self, owner: Preloader, parent: int, writer: int) -> None:
        """The child's life; never returns."""
        status = 1
        try:
            owner.signals.reset()
            owner.selector.close()
            owner.control.close()
            if owner.listener is not None and not self.announces:
                owner.listener.close()  # else the port would stay open as long as the worker works
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            die_with_parent(signal.SIGTERM, parent)
            ctypes.CDLL(None).prctl(PR_SET_NAME, f"sparkle {self.name}".encode()[:15], 0, 0, 0)
            leash(parent)
            if self.announces:
                self.work(lambda: os.write(writer, b"1"))
            else:
                self.work()
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
            if isinstance(end.code, str):
                print(end.code, file=sys.stderr)  # noqa: T201
        except BaseException:  # noqa: BLE001 - the last stop: shown, and the process ends below
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def serves(self) -> None:
        """Reads what the child announced: that it serves, or by closing the pipe that it died before."""
        if self.pipe is not None:
            self.serving = bool(os.read(self.pipe, 1))
            os.close(self.pipe)
            self.pipe = None

    def reap(self) -> bool:
        """Whether the process has ended; then decides how long to rest before the next start."""
        if self.pid == 0:
            return True
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return False
        self.pid = 0
        self.status = os.waitstatus_to_exitcode(status)
        self.lived = time.monotonic() - self.started
        self.short_lives = self.short_lives + 1 if self.lived < SHORT_LIFE else 0
        rest = min(0.25 * 2**self.short_lives, LONGEST_REST) if self.short_lives > 1 else 0.0
        self.rest_until = time.monotonic() + rest
        return True

    def obituary(self) -> str:
        """What happened, for the launcher's output."""
        status = self.status or 0
        how = f"killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        rest = self.rest_until - time.monotonic()
        again = f"starting it again in {rest:.0f} s" if rest >= 1 else "starting it again"
        return f"{self.name}: {how} after {self.lived:.0f} s; {again}"

    def send(self, number: signal.Signals) -> None:
        """Sends a signal when it lives."""
        if self.pid:
            os.kill(self.pid, number)

    def end(self, seconds: float) -> None:
        """Ends it: by SIGTERM when it has `seconds`, by SIGKILL after them."""
        if seconds and self.pid:
            self.send(signal.SIGTERM)
        limit = time.monotonic() + seconds
        while not self.reap() and time.monotonic() < limit:
            time.sleep(0.02)
        if self.pid:
            self.send(signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0


def leash(parent: int) -> None:
    """Ends this process when its parent is dead and the graceful stop that follows takes too long."""

    def watch() -> None:
        select.select([os.pidfd_open(parent)], [], [])
        time.sleep(ORPHAN_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="leash", daemon=True).start()
