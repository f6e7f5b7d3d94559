"""The client's address cannot be made up by the client."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.core.addresses import address_key, client_address


def meta(peer: str = "10.0.0.1", **headers: str) -> dict[str, str]:
    return {"REMOTE_ADDR": peer, **{f"HTTP_{name}": value for name, value in headers.items()}}


def test_without_proxies_the_header_is_ignored(settings):
    settings.TRUSTED_PROXIES = 0
    assert client_address(meta(X_FORWARDED_FOR="1.2.3.4")) == "10.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "9.9.9.9, 1.2.3.4", "1.2.3.4"),
        (2, "9.9.9.9, 1.2.3.4, 5.6.7.8", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "unknown", "10.0.0.1"),
        (1, "1.2.3.4, <script>", "10.0.0.1"),
        (1, "1.2.3.4:5678", "1.2.3.4"),
        (1, '"[2001:db8::1]:443"', "2001:db8::1"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "::ffff:1.2.3.4", "1.2.3.4"),
        (1, "1" * 5000, "10.0.0.1"),
    ],
)
def test_the_entry_written_by_the_outermost_trusted_proxy_counts(settings, proxies, header, expected):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(meta(X_FORWARDED_FOR=header)) == expected


def test_the_platforms_own_header_wins_where_it_is_set(settings):
    settings.CLIENT_IP_HEADER = "Fly-Client-IP"
    assert client_address(meta(FLY_CLIENT_IP="1.2.3.4", X_FORWARDED_FOR="6.6.6.6")) == "1.2.3.4"
    assert client_address(meta(FLY_CLIENT_IP="nonsense")) == "10.0.0.1"


def test_a_request_an_environment_and_a_scope_say_the_same(settings, rf):
    settings.TRUSTED_PROXIES = 1
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="7.7.7.7, 1.2.3.4")
    scope = {
        "type": "websocket",
        "client": ("10.0.0.1", 4000),
        "headers": [(b"x-forwarded-for", b"7.7.7.7"), (b"X-Forwarded-For", b"1.2.3.4")],
    }
    assert client_address(request) == client_address(request.META) == client_address(scope) == "1.2.3.4"


def test_a_unix_socket_has_no_address():
    assert client_address({"type": "http", "client": None, "headers": []}) == ""
    assert client_address(meta(peer="")) == ""
    assert address_key("") == "none"


def test_ipv6_counts_by_its_network_and_mapped_ipv4_as_ipv4():
    assert address_key("2001:db8:1:2:3:4:5:6") == address_key("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert address_key("2001:db8:1:3::9") != address_key("2001:db8:1:2::9")
    assert address_key("::ffff:1.2.3.4") == address_key("1.2.3.4") == "1.2.3.4"


@given(st.text())
def test_no_header_breaks_it(text):
    assert client_address({"type": "http", "client": (text, 1), "headers": []}) in {
        "",
        client_address(meta(text)),
    }
    assert address_key(text)
