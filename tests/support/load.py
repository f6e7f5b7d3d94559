"""Requests without pause, and what became of each."""

from __future__ import annotations

import http.client
import threading

from tests.support.sites import Site


class Load:
    """Threads that ask all the time, one half on connections they keep, one half on a new one for each request."""

    def __init__(self, site: Site, path: str = "/slow?seconds=0.01", threads: int = 4) -> None:
        self.site = site
        self.path = path
        self.ending = threading.Event()
        self.counting = threading.Lock()
        self.answered = 0
        self.refused = 0  # nobody listened: the request was never taken
        self.failed: list[str] = []
        self.threads = [threading.Thread(target=self.ask, args=(number % 2 == 0,)) for number in range(threads)]

    def __enter__(self) -> Load:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.ending.set()
        for thread in self.threads:
            thread.join(20)

    def ask(self, kept: bool) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=20)
        while not self.ending.is_set():
            try:
                connection.request("GET", self.path)
                response = connection.getresponse()
                response.read()
                with self.counting:
                    self.answered += 1
                if response.status != 200:
                    self.failed.append(str(response.status))
            except ConnectionRefusedError:
                self.refused += 1
                connection.close()
                self.ending.wait(0.01)
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(repr(error))
                connection.close()
            if not kept:
                connection.close()
        connection.close()
