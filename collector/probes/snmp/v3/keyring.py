"""Keys by password, made once. Slow steps run in a thread, so that the event loop goes on."""

import asyncio
from typing import Final, TypeAlias

from collector.probes.snmp.v3.keys import is_slow, localise, localise_for, stretch
from collector.probes.snmp.v3.sealing import Sealer, Signer, sealer_of
from collector.probes.snmp.v3.security import CIPHERS, DIGESTS, Security

_MOST_MASTERS: Final = 1024  # a city has a handful; the bound is against a mistake
_Password: TypeAlias = tuple[str, str]  # and the hash it is stretched with


class Keyring:
    """Master keys in memory. Never shown, never stored."""

    def __init__(self) -> None:
        """Begin empty."""
        self._masters: dict[_Password, asyncio.Future[bytes]] = {}

    async def keys_for(
        self, security: Security, engine_id: bytes
    ) -> tuple[Signer | None, Sealer | None]:
        """Return what signs and encrypts for one engine, as far as the user has passwords."""
        if security.authentication is None:
            return None, None
        digest = DIGESTS[security.authentication]
        master = await self._master(security.authentication_password, digest.hash)
        signer = Signer(digest, localise(master, engine_id, digest.hash))
        if security.privacy is None:
            return signer, None
        cipher = CIPHERS[security.privacy]
        master = await self._master(security.privacy_password, digest.hash)
        if is_slow(cipher, digest.hash):
            key = await asyncio.to_thread(localise_for, cipher, master, engine_id, digest.hash)
        else:
            key = localise_for(cipher, master, engine_id, digest.hash)
        return signer, sealer_of(cipher, key)

    async def _master(self, password: str, hash_name: str) -> bytes:
        """Stretch a password, or wait for who is at it: a thousand agents share one."""
        known = self._masters.get((password, hash_name))
        if known is None or known.cancelled():
            if len(self._masters) >= _MOST_MASTERS:
                del self._masters[next(iter(self._masters))]
            loop = asyncio.get_running_loop()
            known = loop.run_in_executor(None, stretch, password.encode(), hash_name)
            self._masters[password, hash_name] = known
        return await asyncio.shield(known)  # whoever gives up waiting must not spoil it for others
