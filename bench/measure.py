"""Measuring a running server: rate and latency with wrk, and the weight of a page as a browser loads it."""

from __future__ import annotations

import dataclasses
import gzip
import http.client
import json
import re
import subprocess
import tempfile
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from bench.servers import HEADERS, BenchError

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclasses.dataclass(frozen=True)
class Load:
    """What wrk found."""

    rate: float
    p50: float  # milliseconds
    p99: float
    failed: int


def load(
    port: int,
    path: str,
    *,
    connections: int,
    seconds: float,
    headers: dict[str, str] | None = None,
    body: str = "",
) -> Load:
    """Asks for `path` on so many connections at once. With a `body` it is sent by POST."""
    script = [f"wrk.headers[{json.dumps(n)}] = {json.dumps(v)}" for n, v in {**HEADERS, **(headers or {})}.items()]
    if body:
        script += ['wrk.method = "POST"', f"wrk.body = {json.dumps(body)}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write("\n".join(script))
        file.flush()
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds:g}s",
            "--timeout=10s",
            "--latency",
            "-s",
            file.name,
        ]
        done = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"wrk failed: {done.stdout}{done.stderr}")
    return Load(
        rate=float(re.findall(r"Requests/sec:\s+([\d.]+)", done.stdout)[0]),
        p50=percentile(done.stdout, 50),
        p99=percentile(done.stdout, 99),
        failed=failures(done.stdout),
    )


def percentile(text: str, number: int) -> float:
    """A latency of wrk's list in milliseconds; not a number when nothing was answered."""
    found = re.findall(rf"^\s+{number}%\s+([\d.]+)(us|ms|s|m)$", text, re.MULTILINE)
    return float(found[0][0]) * UNITS[found[0][1]] if found else float("nan")


def failures(text: str) -> int:
    """Answers that were not good, and connections that broke."""
    refused = re.findall(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.findall(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    return sum(map(int, refused)) + sum(int(number) for line in broken for number in line)


class Resources(HTMLParser):
    """The style sheets and scripts a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        rel = (values.get("rel") or "").split()
        if tag == "script" and values.get("src"):
            self.found.append(str(values["src"]))
        elif tag == "link" and values.get("href") and {"stylesheet", "modulepreload", "manifest"} & set(rel):
            self.found.append(str(values["href"]))


def fetch(port: int, path: str) -> tuple[int, bytes, str]:
    """The size of an answer as it is sent, its text, and its kind."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={**HEADERS, "Accept-Encoding": "gzip"})
    response = connection.getresponse()
    sent = response.read()
    text = gzip.decompress(sent) if response.headers.get("Content-Encoding") == "gzip" else sent
    connection.close()
    return len(sent), text, response.headers.get("Content-Type", "")


def weight(port: int, path: str) -> tuple[float, int]:
    """KB of HTML, CSS and JavaScript of a first visit, as sent, and how many requests they take.

    Follows the imports of style sheets and modules; other hosts are not asked.
    """
    size, text, _ = fetch(port, path)
    page = Resources()
    page.feed(text.decode())
    open_, seen = [urljoin(path, found) for found in page.found], {path}
    while open_:
        address = open_.pop()
        if address in seen or urlsplit(address).netloc:
            continue
        seen.add(address)
        more, text, kind = fetch(port, address)
        size += more
        if "javascript" in kind:
            imports = re.findall(r"""(?:from|import)\s*\(?\s*["']([./][^"']+)["']""", text.decode())
        else:
            imports = re.findall(r"""@import\s+(?:url\()?["']([^"']+)["']""", text.decode())
        open_ += [urljoin(address, found) for found in imports]
    return size / 1024, len(seen)
