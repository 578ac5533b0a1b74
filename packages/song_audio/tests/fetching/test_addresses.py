from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from song_audio.fetching import is_public
from song_audio.fetching.addresses import literal


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::808:808"],
)
def test_a_public_address_may_be_dialled(address: str):
    assert is_public(address)
    assert is_public(address, allow_private=True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fc00::1", "fd12::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    ],
)  # fmt: skip
def test_private_addresses_need_to_be_allowed_in_whatever_form_they_come(address: str):
    assert not is_public(address)
    assert is_public(address, allow_private=True)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.0.192",
        "168.63.129.16",
        "100.100.100.200",
        "::",
        "::127.0.0.1",
        "::ffff:0.0.0.0",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "fd00:ec2::254",
        "64:ff9b:1::7f00:1",
        "2001:0:7f00:1::",
        "5f00::1",
        "3fff::1",
        "song.example",
        "",
        "127.1",
        "2130706433",
        "1.2.3.4/8",
    ],
)
def test_some_addresses_are_never_dialled(address: str):
    assert not is_public(address)
    assert not is_public(address, allow_private=True)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_every_ipv6_form(address: ipaddress.IPv4Address):
    n = int(address)
    forms = [(0xFFFF << 32) | n, (0x2002 << 112) | (n << 80), (0x64FF9B << 96) | n]
    judged = is_public(str(address))
    assert [is_public(str(ipaddress.IPv6Address(form))) for form in forms] == [judged] * 3
    assert judged <= (address.is_global and not address.is_multicast)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "127.0.0.1.", "1.2.3.256", "a.0x1"]
)
def test_an_address_in_an_odd_notation_is_not_taken_for_a_name(host: str):
    with pytest.raises(ValueError, match=r".*"):
        literal(host)


def test_names_are_names_and_addresses_addresses():
    assert literal("song.example") is None
    assert literal("1.2.3.example") is None
    assert literal("127.0.0.1") == "127.0.0.1"
    assert literal("0:0:0:0:0:0:0:1") == "::1"
    with pytest.raises(ValueError, match="fe80"):
        literal("fe80::1%eth0")
