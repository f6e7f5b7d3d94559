"""Using the engines: a shared lock as long as they are needed, and a keeper started when there is none."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from sparkle_site.embedded import keeper
from sparkle_site.embedded.errors import EngineError
from sparkle_site.embedded.places import PROJECT, Addresses, Places, State, addresses

STEP = 0.02
LOCK_LIMIT = 60.0  # a stopping keeper holds the lock until its engines are down
READY_LIMIT = 120.0
TRIES = 3


def hold(
    var: Path,
    *,
    postgres: bool = True,
    valkey: bool = True,
    durable: bool = True,
    progress: Callable[[str], None] = lambda message: None,
) -> Holder:
    """Keeps the engines of `var` running until the returned holder is released or this process ends.

    Returns when they answer and the database exists. `durable=False` gives up safety against a power cut, for
    tests. `progress` gets a sentence for each step that takes time. Forked children share the hold: it ends
    with the last of them. Raises EngineError with a message for people.
    """
    if sys.platform != "linux":
        raise EngineError("Private PostgreSQL and Valkey run on Linux only. Set DATABASE_URL and REDIS_URL.")
    wanted = [name for name, chosen in (("postgres", postgres), ("valkey", valkey)) if chosen]
    return Holder(Places.of(var), wanted, durable=durable, progress=progress)


class Holder:
    """One user of the engines. Also a context manager."""

    def __init__(self, places: Places, wanted: list[str], *, durable: bool, progress: Callable[[str], None]) -> None:
        self.places = places
        self.wanted = wanted
        self.durable = durable
        self.progress = progress
        places.make()
        lock = os.open(places.in_use, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.lock: int | None = lock
        try:
            self._share(lock)
            self.ensure()
        except BaseException:
            self.release()
            raise

    @property
    def addresses(self) -> Addresses:
        """How to reach the engines."""
        return addresses(self.places.var)

    @property
    def kept(self) -> bool:
        """Whether a keeper lives that looks after the engines."""
        state = State.read(self.places.state)
        return state is not None and state.alive and not state.failed

    def __enter__(self) -> Holder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def release(self) -> None:
        """Uses the engines no longer. Children forked meanwhile keep their share of the lock."""
        if self.lock is not None:
            os.close(self.lock)  # not LOCK_UN, which would unlock for the children as well: flock(2)
            self.lock = None

    def ensure(self) -> None:
        """Waits until the engines answer, starting a keeper when there is none.

        Cheap when all is well; a process that lives long calls it now and then, so that the engines return
        after their keeper was killed. Raises EngineError.
        """
        limit = time.monotonic() + READY_LIMIT
        tries, told, asked = 0, "", set[str]()
        while True:
            state = State.read(self.places.state)
            if state is not None and state.alive and not state.failed:
                if set(self.wanted) <= set(state.ready):
                    return
                for name in set(self.wanted) - set(state.wanted) - asked:
                    os.kill(state.pid, keeper.WANT[name])
                    asked.add(name)
                if state.message != told:
                    told = state.message
                    self.progress(told)
            elif tries and state is not None and state.failed:
                raise EngineError(state.message)
            elif tries < TRIES:
                tries += self._start_keeper()
            if time.monotonic() > limit:
                raise EngineError(
                    f"The private engines did not get ready in {READY_LIMIT:.0f} s. "
                    f"The end of {self.places.log('keeper')}:\n{self.places.log_tail('keeper')}"
                )
            time.sleep(STEP)

    def _share(self, lock: int) -> None:
        limit = time.monotonic() + LOCK_LIMIT
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > limit:
                    raise EngineError(
                        f"The engines in {self.places.var} are being stopped, which takes more than "
                        f"{LOCK_LIMIT:.0f} s. See {self.places.log('keeper')}."
                    ) from None
                time.sleep(STEP)

    def _start_keeper(self) -> bool:
        """Starts a keeper and hands it the keeper's lock; False when another one has the lock."""
        lock = os.open(self.places.keeper_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            self.places.state.unlink(missing_ok=True)
            command = [sys.executable, "-m", "sparkle_site.embedded", "keep", f"--var={self.places.var}"]
            command += [f"--engine={name}" for name in self.wanted]
            command += [] if self.durable else ["--not-durable"]
            log = self.places.open_log("keeper")
            try:
                subprocess.run(  # noqa: S603 - ourselves; it detaches at once
                    command,
                    cwd=PROJECT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=[lock],
                    check=True,
                )
            except subprocess.CalledProcessError:
                raise EngineError(f"The keeper did not start:\n{self.places.log_tail('keeper')}") from None
            finally:
                os.close(log)
            return True
        finally:
            os.close(lock)
