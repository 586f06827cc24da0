"""Passwords are stretched once, beside the event loop, however many agents wait for them."""

import asyncio
import threading

import pytest

from collector.probes.snmp.v3 import keyring
from collector.probes.snmp.v3.keyring import Keyring
from collector.probes.snmp.v3.keys import stretch
from collector.probes.snmp.v3.security import Security

USER = Security("pantau", "sha", "kata-sandi-satu", "aes128", "kata-sandi-dua")


@pytest.fixture
def stretched(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """Note in which threads passwords are stretched."""
    threads: list[threading.Thread] = []

    def noting(password: bytes, hash_name: str) -> bytes:
        threads.append(threading.current_thread())
        return stretch(password, hash_name)

    monkeypatch.setattr(keyring, "stretch", noting)
    return threads


async def test_many_agents_share_one_stretching_of_each_password(
    stretched: list[threading.Thread],
) -> None:
    ring = Keyring()
    keys = await asyncio.gather(*(ring.keys_for(USER, b"engine%d" % n) for n in range(50)))
    assert len(stretched) == 2
    assert threading.main_thread() not in stretched
    signed = {signer.sign(b"pesan") for signer, _ in keys if signer is not None}
    assert len(signed) == 50  # each agent has a key of its own


async def test_whoever_gives_up_waiting_does_not_spoil_it_for_others() -> None:
    ring = Keyring()
    impatient = asyncio.create_task(ring.keys_for(USER, b"satu"))
    patient = asyncio.create_task(ring.keys_for(USER, b"dua"))
    await asyncio.sleep(0)
    impatient.cancel()
    signer, sealer = await patient
    assert signer is not None
    assert sealer is not None
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_a_user_gets_the_keys_that_it_has_passwords_for() -> None:
    ring = Keyring()
    assert await ring.keys_for(Security("pantau"), b"e") == (None, None)
    signer, sealer = await ring.keys_for(Security("pantau", "md5", "kata-sandi"), b"e")
    assert signer is not None
    assert sealer is None


async def test_no_more_passwords_are_kept_than_any_city_has(
    monkeypatch: pytest.MonkeyPatch, stretched: list[threading.Thread]
) -> None:
    monkeypatch.setattr(keyring, "_MOST_MASTERS", 2)
    ring = Keyring()
    for password in ("sandi-satu", "sandi-dua", "sandi-tiga", "sandi-tiga", "sandi-satu"):
        await ring.keys_for(Security("pantau", "sha", password), b"e")
    assert len(stretched) == 4
