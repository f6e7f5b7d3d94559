"""Measuring a running server: rate and latency with wrk, and the weight of a page as a browser loads it."""

from __future__ import annotations

import dataclasses
import gzip
import http.client
import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from bench.servers import HEADERS, BenchError

#: What wrk tells at the end of a run; its own table has no 95th percentile.
REPORT = """
done = function(summary, latency, requests)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("\\nREPORT %d %d %d %d %f %f %f\\n", summary.requests, summary.duration,
    errors.status, broken, latency:percentile(50.0), latency:percentile(95.0),
    latency:percentile(99.0)))
end
"""


#: Each person gives each type, then each takes each back, and so on: nearly every request changes something.
REACT = """
local codes, tokens, n = {"LIKE", "LOVE", "SPARKLE", "LAUGH", "WOW", "SAD", "FIRE", "CLAP"}, {%s}, 0
request = function()
  local who, what = n %% #tokens, math.floor(n / #tokens) %% #codes
  local method = math.floor(n / (#tokens * #codes)) %% 2 == 0 and "PUT" or "DELETE"
  n = n + 1
  wrk.headers["Authorization"] = "Bearer " .. tokens[who + 1]
  return wrk.format(method, wrk.path .. "/" .. codes[what + 1])
end
"""


@dataclasses.dataclass(frozen=True)
class Load:
    """What wrk found: how many answers in how many seconds, and the time of an answer in milliseconds."""

    answers: int
    seconds: float
    failed: int
    p50: float
    p95: float
    p99: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds if self.seconds else 0.0


def load(
    port: int,
    path: str,
    *,
    connections: int,
    seconds: int,
    headers: dict[str, str] | None = None,
    body: str = "",
    reacting: Sequence[str] = (),
) -> Load:
    """Asks for `path` on so many connections at once. With a `body` it is sent by POST.

    With `reacting`, the tokens of some people, these react to what `path` says, and take it back.
    """
    script = [f"wrk.headers[{json.dumps(n)}] = {json.dumps(v)}" for n, v in {**HEADERS, **(headers or {})}.items()]
    if body:
        script += ['wrk.method = "POST"', f"wrk.body = {json.dumps(body)}"]
    if reacting:
        script.append(REACT % ", ".join(json.dumps(token) for token in reacting))
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write("\n".join([*script, REPORT]))
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=10s", "-s", file.name]
        done = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=False)
    report = re.findall(r"^REPORT (.*)$", done.stdout, re.MULTILINE)
    if done.returncode != 0 or not report:
        raise BenchError(f"wrk failed: {done.stdout}{done.stderr}")
    answers, duration, refused, broken, p50, p95, p99 = map(float, report[0].split())
    return Load(int(answers), duration / 1e6, int(refused + broken), p50 / 1000, p95 / 1000, p99 / 1000)


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


@dataclasses.dataclass(frozen=True)
class Answer:
    """One answer: its text, its kind, and its bytes with gzip, by the site or as a proxy before it would."""

    status: int
    text: bytes
    kind: str
    size: int


def fetch(port: int, path: str, headers: dict[str, str] | None = None) -> Answer:
    """One answer; status 0 when there is none within ten seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={**HEADERS, "Accept-Encoding": "gzip", **(headers or {})})
        response = connection.getresponse()
        sent = response.read()
    except (OSError, http.client.HTTPException):
        return Answer(0, b"", "", 0)
    finally:
        connection.close()
    zipped = response.headers.get("Content-Encoding") == "gzip"
    text = gzip.decompress(sent) if zipped else sent
    size = len(sent if zipped else gzip.compress(sent, 6))
    return Answer(response.status, text, response.headers.get("Content-Type", ""), size)


def resources(port: int, path: str) -> list[str]:
    """The style sheets and scripts that a page names itself."""
    page = Resources()
    page.feed(fetch(port, path).text.decode())
    return [urljoin(path, found) for found in page.found]


def weight(port: int, path: str) -> tuple[float, int]:
    """KB of HTML, CSS and JavaScript of a first visit, with gzip, and how many requests they take.

    Follows the imports of style sheets and modules; other hosts are not asked.
    """
    size, open_, seen = fetch(port, path).size, resources(port, path), {path}
    while open_:
        address = open_.pop()
        if address in seen or urlsplit(address).netloc:
            continue
        seen.add(address)
        answer = fetch(port, address)
        size += answer.size
        if "javascript" in answer.kind:
            imports = re.findall(r"""(?:from|import)\s*\(?\s*["']([./][^"']+)["']""", answer.text.decode())
        else:
            imports = re.findall(r"""@import\s+(?:url\()?["']([^"']+)["']""", answer.text.decode())
        open_ += [urljoin(address, found) for found in imports]
    return size / 1024, len(seen)
