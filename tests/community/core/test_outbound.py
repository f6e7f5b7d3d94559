"""Requests to addresses that users chose: what is refused before anything is asked, and where one stops listening."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as django_settings

from community.core import outbound
from community.core.outbound import Forbidden, TooLarge, TooManyRedirects, TooSlow, Unreachable, fetch
from tests.support.elsewhere import Elsewhere, Reply, elsewhere

KILOBYTE = 1024


@pytest.fixture
def site(settings: Any) -> Iterator[Elsewhere]:
    """A site that may be asked in this test only."""
    with elsewhere() as found:
        settings.OUTBOUND_TEST_HOSTS = {found.host}
        yield found


@pytest.fixture
def secret() -> Iterator[Elsewhere]:
    """A site of the inner network: it must never be asked."""
    with elsewhere() as found:
        found.answers["/"] = Reply(parts=(b"secret",))
        yield found
        assert found.asked == []


def test_an_answer_comes_with_status_kind_and_content(site: Elsewhere) -> None:
    site.answers["/words"] = Reply(mime="Text/HTML; charset=utf-8", parts=(b"Hello ", b"there"), length=False)
    answer = fetch(f"{site.url}/words?a=1#part", most_bytes=KILOBYTE, accept="text/html")
    assert (answer.status, answer.mime, answer.content) == (200, "text/html", b"Hello there")
    assert site.asked == [(site.host, "/words?a=1")]
    assert site.headers[0]["Accept"] == "text/html"
    assert fetch(f"{site.url}/gone", most_bytes=KILOBYTE).status == 404


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "0.0.0.0", "0", "①②⑦.⓪.⓪.①",  # noqa: S104
    ],
)  # fmt: skip
def test_this_machine_is_not_asked_however_it_is_written(secret: Elsewhere, host: str) -> None:
    with pytest.raises((Forbidden, Unreachable)) as refused:
        fetch(f"http://{host}:{secret.port}/", most_bytes=KILOBYTE)
    if isinstance(refused.value, Unreachable):
        assert refused.value.reason == "the name is unknown", "this system does not read such a number"


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "0.1.2.3",  # noqa: S104
        "127.255.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
        "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1",
        "::", "::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "fec0::1",
        "2001:db8::1", "2002:7f00:1::", "2001:0:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
        "100::1", "3fff::1", "5f00::1",
    ],
)  # fmt: skip
def test_an_address_of_no_public_place_is_known(address: str) -> None:
    assert not outbound.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "2606:4700::1", "64:ff9b::808:808"],
)
def test_an_address_of_a_public_place_is_known(address: str) -> None:
    assert outbound.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "javascript:alert(1)", "//example.org/",
        "/words", "", "http://", "http:///x", "http://[::1", "http://example.org:99999/",
        "http://user:password@example.org/", "http://user@example.org/", "http://:password@example.org/",
        "http://exam\nple.org/",
    ],
)  # fmt: skip
def test_no_other_scheme_no_password_and_no_broken_address_is_asked(url: str) -> None:
    with pytest.raises(Forbidden):
        fetch(url, most_bytes=KILOBYTE)


def test_what_a_person_reads_says_nothing_of_the_network() -> None:
    with pytest.raises(Forbidden) as refused:
        fetch("http://127.0.0.1:9/", most_bytes=KILOBYTE)
    assert str(refused.value.message) == "This site does not ask that address."
    assert (refused.value.status, refused.value.reason) == (400, "a private network")


def test_redirects_are_followed_and_each_is_judged(site: Elsewhere, secret: Elsewhere) -> None:
    site.answers |= {
        "/first": Reply(302, headers={"Location": "second?x=1"}),
        "/second": Reply(308, headers={"Location": f"{site.url}/third"}),
        "/third": Reply(parts=(b"here",)),
        "/inwards": Reply(302, headers={"Location": f"{secret.url}/"}),
        "/by-name": Reply(301, headers={"Location": f"http://localhost:{secret.port}/"}),
        "/by-scheme": Reply(301, headers={"Location": "file:///etc/passwd"}),
        "/with-password": Reply(301, headers={"Location": f"http://a:b@{site.host}/third"}),
        "/nowhere": Reply(301, headers={"Location": "http://["}),
    }
    answer = fetch(f"{site.url}/first", most_bytes=KILOBYTE)
    assert (answer.content, answer.url) == (b"here", f"{site.url}/third")
    for path in ("/inwards", "/by-name", "/by-scheme", "/with-password", "/nowhere"):
        with pytest.raises((Forbidden, Unreachable)):
            fetch(f"{site.url}{path}", most_bytes=KILOBYTE)
    assert site.paths.count("/third") == 1


def test_one_is_not_sent_around_forever(site: Elsewhere) -> None:
    site.answers["/around"] = Reply(302, headers={"Location": "/around"})
    with pytest.raises(TooManyRedirects):
        fetch(f"{site.url}/around", most_bytes=KILOBYTE, redirects=2)
    assert len(site.asked) == 3


@pytest.mark.parametrize("length", [True, False])
def test_too_large_an_answer_is_left_when_it_is_known(site: Elsewhere, length: bool) -> None:
    site.answers["/large"] = Reply(parts=(b"x" * KILOBYTE,) * 100, length=length)
    site.answers["/fitting"] = Reply(parts=(b"x" * KILOBYTE,), length=length)
    with pytest.raises(TooLarge):
        fetch(f"{site.url}/large", most_bytes=KILOBYTE)
    assert len(fetch(f"{site.url}/fitting", most_bytes=KILOBYTE).content) == KILOBYTE


def test_a_packed_answer_is_not_unpacked(site: Elsewhere) -> None:
    site.answers["/packed"] = Reply(parts=(b"\x1f\x8b",), headers={"Content-Encoding": "gzip"})
    with pytest.raises(Unreachable, match="did not answer"):
        fetch(f"{site.url}/packed", most_bytes=KILOBYTE)
    assert site.headers[0]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=(b"",), pause=3),
        Reply(parts=(b"x",) * 100, pause=0.1, length=False),
        Reply(raw=(b"HTTP/1.1 200 OK\r\nX-Slow: ", *[b"x"] * 100), pause=0.1),
        lambda _path: time.sleep(0.25) or Reply(302, headers={"Location": "/slow"}),
    ],
    ids=["silence", "content in drops", "headers in drops", "many small steps"],
)
def test_the_time_holds_for_everything_together(site: Elsewhere, reply: Any) -> None:
    site.answers["/slow"] = reply
    begun = time.monotonic()
    with pytest.raises(TooSlow):
        fetch(f"{site.url}/slow", most_bytes=KILOBYTE, seconds=0.6, redirects=50)
    assert time.monotonic() - begun < 1.5


@pytest.mark.parametrize("raw", [b"no HTTP at all\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
def test_what_is_no_answer_is_said_so(site: Elsewhere, raw: bytes) -> None:
    site.answers["/odd"] = Reply(raw=(raw,))
    with pytest.raises(Unreachable):
        fetch(f"{site.url}/odd", most_bytes=KILOBYTE)


def test_nobody_listening_and_unknown_names_are_said_so(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings.OUTBOUND_TEST_HOSTS = {f"127.0.0.1:{port}"}
    with pytest.raises(Unreachable):
        fetch(f"http://127.0.0.1:{port}/", most_bytes=KILOBYTE)
    with pytest.raises(Unreachable):
        fetch("http://nothing.invalid/", most_bytes=KILOBYTE)


class Names:
    """A name server that answers each question once, and then with the inner network."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
        self.asked: list[str] = []
        self.answers = [*answers]
        self.numbers = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self.look_up)

    def look_up(self, host: Any, port: Any, *rest: Any, **options: Any) -> list[Any]:
        """As the system's, of prepared names."""
        if str(host)[:1].isdigit():
            return self.numbers(host, port, *rest, **options)
        self.asked.append(host)
        found = self.answers.pop(0) if self.answers else "127.0.0.1"
        return [entry for each in found.split() for entry in self.numbers(each, port, *rest, **options)]


def test_a_name_is_looked_up_once_and_the_judged_address_is_asked(
    site: Elsewhere, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers["/"] = Reply(parts=(b"here",))
    settings.OUTBOUND_TEST_HOSTS = {f"stage.example:{site.port}"}
    names = Names(monkeypatch, "127.0.0.1", "10.0.0.1")
    assert fetch(f"http://stage.example:{site.port}/", most_bytes=KILOBYTE).content == b"here"
    assert names.asked == ["stage.example"]
    assert site.asked == [(f"stage.example:{site.port}", "/")]


def test_a_name_with_one_private_address_is_not_trusted(secret: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    Names(monkeypatch, "8.8.8.8 127.0.0.1")
    with pytest.raises(Forbidden):
        fetch(f"http://stage.example:{secret.port}/", most_bytes=KILOBYTE)


def test_a_name_server_that_is_silent_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: time.sleep(3) or [])
    begun = time.monotonic()
    with pytest.raises(TooSlow):
        fetch("http://stage.example/", most_bytes=KILOBYTE, seconds=0.2)
    assert time.monotonic() - begun < 1


def certificate(folder: Path, name: str) -> Path:
    """A certificate for `name` and its key, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / f"{name}.pem"
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    path.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem))
    return path


def test_the_certificate_is_that_of_the_name_though_the_address_is_fixed(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = certificate(tmp_path, "stage.example")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    asked: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: asked.append(name)
    monkeypatch.setattr(outbound, "_tls", lambda: ssl.create_default_context(cafile=path))
    Names(monkeypatch)
    with elsewhere(server) as site:
        site.answers["/"] = Reply(parts=(b"here",))
        settings.OUTBOUND_TEST_HOSTS = {f"stage.example:{site.port}", f"other.example:{site.port}"}
        assert fetch(f"https://stage.example:{site.port}/", most_bytes=KILOBYTE).content == b"here"
        with pytest.raises(Unreachable):
            fetch(f"https://other.example:{site.port}/", most_bytes=KILOBYTE)
    assert asked == ["stage.example", "other.example"]
    assert site.paths == ["/"]


def test_no_proxy_of_the_environment_is_used(site: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:9")
    site.answers["/"] = Reply(parts=(b"here",))
    assert fetch(f"{site.url}/", most_bytes=KILOBYTE).content == b"here"


def test_only_the_settings_of_tests_open_a_private_address() -> None:
    folder = Path(django_settings.ROOT) / "sparkle_site" / "settings"
    naming = {path.name for path in folder.glob("*.py") if "OUTBOUND_TEST_HOSTS" in path.read_text("utf-8")}
    assert naming == {"test.py"}
