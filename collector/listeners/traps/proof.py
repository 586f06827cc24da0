"""Whether a v3 message was signed with a user's password, whichever engine sent it.

The key of a user differs from engine to engine (see `collector.probes.snmp.v3.keys`). A trap
carries its sender's engine id, so the key can be made when the trap comes; that the signature fits
proves that the sender knows the password, and with it that the engine id is one of ours to listen
to (RFC 3414, section 3.2, step 3a allows just that). So nobody needs to write engine ids into a
configuration.
"""

from collections import OrderedDict
from typing import Final

from collector.listeners.traps.header import UserHead
from collector.model import Credential
from collector.probes.snmp.v3.keys import localise, stretch
from collector.probes.snmp.v3.sealing import Signer
from collector.probes.snmp.v3.security import DIGESTS

_MOST_ENGINES: Final = 4096


class Prover:
    """Checks signatures of one user. Keys are made once and kept, bounded; its repr shows none."""

    def __init__(self, credential: Credential) -> None:
        """Prepare; the password is stretched when it is first needed.

        Raises ValueError for a credential without authentication.
        """
        if credential.authentication not in DIGESTS:
            raise ValueError(f"the credential {credential.name} signs nothing")
        self._digest = DIGESTS[credential.authentication]
        self._password = credential.authentication_password.encode()
        self._master: bytes | None = None
        self._signers: OrderedDict[bytes, Signer] = OrderedDict()

    def proves(self, data: bytes, head: UserHead) -> bool:
        """Say whether the datagram bears this user's signature, in constant time."""
        start, end = head.signature_start, head.signature_end
        if end - start != self._digest.octets:
            return False
        return self._signer_for(head.engine_id).is_signed(data, data[start:end], start)

    def _signer_for(self, engine_id: bytes) -> Signer:
        known = self._signers.get(engine_id)
        if known is not None:
            self._signers.move_to_end(engine_id)
            return known
        if self._master is None:
            self._master = stretch(self._password, self._digest.hash)
        key = localise(self._master, engine_id, self._digest.hash)
        made = self._signers[engine_id] = Signer(self._digest, key)
        if len(self._signers) > _MOST_ENGINES:
            self._signers.popitem(last=False)
        return made
