"""Addresses and fields with what no database keeps: refused or found in vain, never a fault."""

import pytest

from tests.web.conftest import Site

pytestmark = pytest.mark.both_databases
LARGE = 10**30
ADDRESSES = [
    *(f"/cases/{LARGE}", f"/tasks/{LARGE}", f"/subjects/{2**31}", f"/documents/{2**40}"),
    *(f"/imports/{LARGE}", f"/cases?after={LARGE}", f"/cases?department={LARGE}"),
    *("/tasks?q=%00", "/cases?q=a%00b", "/subjects?q=%00", "/imports?after=%00", "/due?day=%00"),
    *("/cases?status=%00&procedure=%00", "/cases?q=%ed%a0%80", "/supervision?after=%00"),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_odd_address_is_no_fault(site: Site, address: str) -> None:
    for login in ("wang", "sun", "wu"):
        assert site.client(login).get(address).status_code < 500


def test_a_zero_character_signs_nobody_in(site: Site) -> None:
    said = site.client().post("/sign-in", data={"login": "a\0b", "password": "x\0y"})
    assert 400 <= said.status_code < 500
