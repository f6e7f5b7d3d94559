"""Signals as something to wait for beside sockets: signal.set_wakeup_fd."""

from __future__ import annotations

import signal
import socket
from types import FrameType


def _heard(number: int, frame: FrameType | None) -> None:
    """A Python handler must exist for the wakeup file descriptor to be written."""


class Signals:
    """Collects the given signals from now on; has a file descriptor to wait on."""

    def __init__(self, *numbers: signal.Signals) -> None:
        self.numbers = numbers
        self.reader, self.writer = socket.socketpair()
        self.reader.setblocking(False)
        self.writer.setblocking(False)
        signal.set_wakeup_fd(self.writer.fileno(), warn_on_full_buffer=False)
        for number in numbers:
            signal.signal(number, _heard)

    def fileno(self) -> int:
        """For selectors."""
        return self.reader.fileno()

    def received(self) -> set[int]:
        """The signals that came since the last call."""
        try:
            return set(self.reader.recv(4096)) & set(self.numbers)
        except BlockingIOError:
            return set()

    def reset(self) -> None:
        """Gives all signals their usual meaning again: for a forked child."""
        signal.set_wakeup_fd(-1)
        for number in self.numbers:
            signal.signal(number, signal.SIG_DFL)
        self.reader.close()
        self.writer.close()
