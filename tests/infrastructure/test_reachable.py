from ipaddress import ip_address

import pytest

from infrastructure.reachable import Allowed, is_public, literal_address

PRIVATE = [
    "0.0.0.0",  # noqa: S104
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2002:7f00:1::",
    "5f00::1",
    "fc00::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::"]
NOTATIONS = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "127.0.0.1."]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_of_the_public_internet_is_not_called(address) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_of_the_public_internet_may_be_called(address) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("host", NOTATIONS)
def test_an_address_is_known_in_any_notation(host) -> None:
    assert literal_address(host) == ip_address("127.0.0.1")


@pytest.mark.parametrize("host", ["localhost", "example.com", "1.2.3.4.5", "", "a1", "0x7g.1"])
def test_a_name_is_no_address(host) -> None:
    assert literal_address(host) is None


@pytest.mark.parametrize(
    ("entry", "host", "address"),
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "receiver.test", "::ffff:127.0.0.1"),
        ("10.0.0.0/8", "erp.corp", "10.9.8.7"),
        ("[::1]", "localhost", "::1"),
        ("fd00::/8", "erp.corp", "fd12::1"),
        ("erp.corp", "ERP.corp.", "192.168.1.1"),
    ],
)
def test_what_is_listed_may_be_called_though_private(entry, host, address) -> None:
    assert Allowed.of([entry]).lets(host, ip_address(address))
    assert not Allowed().lets(host, ip_address(address))


@pytest.mark.parametrize("entry", ["", "10.0.0.0/40", "erp.corp:8080", "erp/x"])
def test_what_is_neither_name_nor_network_is_refused(entry) -> None:
    with pytest.raises(ValueError, match="no name, address or network"):
        Allowed.of([entry])
