"""Where an address roughly is, and whether it is of a listed network: by files the operator has, or not at all."""

from __future__ import annotations

import os

import pytest
from django.utils import translation

from community.core.places import is_listed, place_of
from tests.support.places import town, write_places

TOWNS = {
    "203.0.113.0/24": town("Vienna", "Austria", de="Wien"),
    "198.51.100.0/25": {"subdivisions": [{"names": {"en": "Bavaria"}}], "country": {"names": {"en": "Germany"}}},
    "2001:db8:1::/48": {"registered_country": {"names": {"en": "Iceland"}}},
    "192.0.2.0/24": {"city": {"names": "odd"}, "country": {}},
}


@pytest.fixture
def towns(tmp_path, settings):
    settings.GEOIP_DATABASE = write_places(tmp_path / "towns.mmdb", TOWNS)
    return tmp_path / "towns.mmdb"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.77", "Vienna, Austria"),
        ("::ffff:203.0.113.77", "Vienna, Austria"),
        ("198.51.100.5", "Bavaria, Germany"),
        ("198.51.100.200", ""),
        ("2001:db8:1:2::1", "Iceland"),
        ("2001:db8:2::1", ""),
        ("192.0.2.1", ""),
        ("127.0.0.1", ""),
        ("", ""),
        ("nowhere", ""),
        (None, ""),
    ],
)
def test_a_place_is_a_town_or_a_region_and_its_country(towns, address, place):
    assert place_of(address) == place


def test_a_place_is_told_in_the_language_of_the_moment(towns):
    with translation.override("de"):
        assert place_of("203.0.113.77") == "Wien, Austria"


def test_without_a_database_and_with_a_broken_one_nobody_knows(settings, tmp_path):
    assert place_of("203.0.113.77") == ""
    settings.GEOIP_DATABASE = str(tmp_path / "none.mmdb")
    assert place_of("203.0.113.77") == ""
    (tmp_path / "broken.mmdb").write_bytes(b"no database")
    settings.GEOIP_DATABASE = str(tmp_path / "broken.mmdb")
    assert place_of("203.0.113.77") == ""


def test_another_database_in_its_place_is_read_anew(towns):
    assert place_of("203.0.113.77") == "Vienna, Austria"
    fresh = towns.with_name("fresh")
    write_places(fresh, {"203.0.113.0/24": town("Graz", "Austria")})
    os.replace(fresh, towns)
    assert place_of("203.0.113.77") == "Graz, Austria"


@pytest.fixture
def listed(tmp_path, settings):
    path = tmp_path / "networks.txt"
    path.write_text(
        "# VPNs\n10.0.0.0/8\n172.16.0.0/12 # offices\n\n203.0.113.9\n2001:db8:bad::/48\nnonsense\n300.1.2.3\n"
        "198.51.100.128/26\n198.51.100.192/26\n"
    )
    settings.NETWORK_LIST = str(path)
    return path


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("10.1.2.3", True),
        ("172.20.0.5", True),
        ("172.32.0.1", False),
        ("::ffff:10.1.2.3", True),
        ("203.0.113.9", True),
        ("203.0.113.90", False),
        ("198.51.100.127", False),
        ("198.51.100.128", True),
        ("198.51.100.255", True),
        ("2001:db8:bad:1::1", True),
        ("2001:db8:bae::1", False),
        ("1.1.1.1", False),
        ("255.255.255.255", False),
        ("", False),
        ("nonsense", False),
        (None, False),
    ],
)
def test_networks_are_compared_by_their_mask(listed, address, found):
    assert is_listed(address) is found


def test_without_a_list_nothing_is_listed_not_even_private_networks(settings, tmp_path):
    assert not is_listed("10.1.2.3")
    settings.NETWORK_LIST = str(tmp_path / "none.txt")
    assert not is_listed("10.1.2.3")


def test_the_list_is_read_anew_when_it_changes(listed):
    assert not is_listed("192.0.2.7")
    listed.write_text("192.0.2.0/24\n")
    assert is_listed("192.0.2.7")
    assert not is_listed("10.1.2.3")
