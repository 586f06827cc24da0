"""The process that listens: pysnmp's notification receiver behind the gate.

Nothing reaches pysnmp that the gate has not admitted. pysnmp decodes, decrypts, turns v1 traps into
v2 ones (RFC 3584), answers informs and tells senders our engine id; what it thinks of users is not
asked again, since it lets unsigned traps of a signing user pass and takes any time for fresh.
"""

import asyncio
import logging
import os
import socket
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.carrier.asyncio.dispatch import AsyncioDispatcher
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413.ntfrcv import NotificationReceiver
from pysnmp.proto import errind
from pysnmp.proto.api.v2c import InformRequestPDU
from pysnmp.proto.rfc1902 import OctetString

from collector.listeners.traps.gate import Admitted, Gate
from collector.listeners.traps.lines import (
    LONGEST_LINE,
    Counts,
    Dropped,
    Hint,
    Setup,
    Why,
    Word,
    is_trap_oid,
    write_word,
)
from collector.model import Credential

logger = logging.getLogger(__name__)

SNMP_TRAP_OID: Final = "1.3.6.1.6.3.1.1.4.1.0"
COUNTS_SECONDS = 1.0
LIFE_SIGN_SECONDS = 5.0  # counts are told at least this often, changed or not
MOST_USERS = 2048  # pairs of engine and user that pysnmp is told of
MOST_DROPS_TOLD = 200  # pairs of address and reason, in an hour
MOST_FAULTS_TOLD = 20
_TOLD_SECONDS = 3600.0
_TICK_SECONDS = 1.0

AUTHENTICATIONS: Final = {
    None: config.USM_AUTH_NONE,
    "md5": config.USM_AUTH_HMAC96_MD5,
    "sha": config.USM_AUTH_HMAC96_SHA,
    "sha224": config.USM_AUTH_HMAC128_SHA224,
    "sha256": config.USM_AUTH_HMAC192_SHA256,
    "sha384": config.USM_AUTH_HMAC256_SHA384,
    "sha512": config.USM_AUTH_HMAC384_SHA512,
}
PRIVACIES: Final = {
    None: config.USM_PRIV_NONE,
    "des": config.USM_PRIV_CBC56_DES,
    "aes128": config.USM_PRIV_CFB128_AES,
    "aes192": config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes256": config.USM_PRIV_CFB256_AES_BLUMENTHAL,
    "aes192c": config.USM_PRIV_CFB192_AES,
    "aes256c": config.USM_PRIV_CFB256_AES,
}

_LOADED_LATE = (
    "SNMP-VIEW-BASED-ACM-MIB",
    "SNMPv2-TM",
    "TRANSPORT-ADDRESS-MIB",
    "PYSNMP-SOURCE-MIB",
    "__PYSNMP-USM-MIB",
    "__SNMP-MPD-MIB",
    "__SNMP-TARGET-MIB",
    "__SNMP-USER-BASED-SM-MIB",
    "__SNMPv2-MIB",
)
"""MIB modules that pysnmp asks for only when a datagram needs them."""


class Engine:
    """pysnmp's engine, told of communities and users as they are needed."""

    def __init__(self, setup: Setup) -> None:
        """Make it; it listens to nothing by itself."""
        self._notification: tuple[str | None, bool] | None = None
        self.failure: object = None  # why the last message was refused (pysnmp.proto.errind)
        self._own = OctetString(setup.engine_id)
        self.snmp = SnmpEngine()
        self._name(setup)
        self.dispatcher = AsyncioDispatcher(timeout=_TICK_SECONDS)
        self.snmp.register_transport_dispatcher(self.dispatcher)
        communities = {c.community for c in setup.credentials.values() if c.version != "3"}
        for number, community in enumerate(sorted(communities)):
            config.add_v1_system(self.snmp, f"community-{number}", OctetString(community.encode()))
        self._users: OrderedDict[tuple[bytes, str], str] = OrderedDict()
        self._master: dict[str, tuple[Any, Any]] = {}
        self.snmp.observer.register_observer(
            self._take_failure, "rfc3412.prepareDataElements:sm-failure"
        )
        NotificationReceiver(self.snmp, self._take_notification)
        self._warm_up(setup)

    def _name(self, setup: Setup) -> None:
        """Give the engine our id and boots; pysnmp would keep boots in the folder of all users."""
        own_id, boots = self.snmp.get_mib_builder().import_symbols(
            "__SNMP-FRAMEWORK-MIB", "snmpEngineID", "snmpEngineBoots"
        )
        own_id.syntax = self.snmp.snmpEngineID = own_id.syntax.clone(self._own)
        boots.syntax = boots.syntax.clone(setup.boots)

    def _warm_up(self, setup: Setup) -> None:
        """Let pysnmp load what it loads with first users and datagrams, while files can be read.

        What it does not find later, where this process has given its rights away, fails a trap.
        """
        self.snmp.get_mib_builder().load_modules(*_LOADED_LATE)
        for credential in setup.credentials.values():
            if credential.version == "3":
                self.know_user(setup.engine_id, credential)
                return

    def know_user(self, engine_id: bytes, credential: Credential) -> None:
        """Tell pysnmp of a user at an engine, unless it knows; the longest unused is forgotten.

        Two devices may have users of one name with different passwords, even with one engine id.
        """
        place = engine_id, credential.user
        if self._users.get(place) == credential.name:
            self._users.move_to_end(place)
            return
        authentication = AUTHENTICATIONS[credential.authentication]
        privacy = PRIVACIES[credential.privacy]
        signing, encrypting = self._master_keys(credential)
        config.add_v3_user(
            self.snmp,
            OctetString(credential.user.encode()),
            authentication,
            signing,
            privacy,
            encrypting,
            securityEngineId=OctetString(engine_id),
            authKeyType=config.USM_KEY_TYPE_MASTER,
            privKeyType=config.USM_KEY_TYPE_MASTER,
        )
        self._users[place] = credential.name
        if len(self._users) > MOST_USERS:
            (old_engine, old_user), _ = self._users.popitem(last=False)
            config.delete_v3_user(
                self.snmp, OctetString(old_user.encode()), OctetString(old_engine)
            )

    def _master_keys(self, credential: Credential) -> tuple[Any, Any]:
        """Return the stretched passwords, made once: a megabyte through the hash for each."""
        known = self._master.get(credential.name)
        if known is None:
            authentication = AUTHENTICATIONS[credential.authentication]
            signing = encrypting = None
            if credential.authentication is not None:
                service = config.AUTH_SERVICES[authentication]
                signing = service.hash_passphrase(credential.authentication_password.encode())
            if credential.privacy is not None:
                cipher = config.PRIV_SERVICES[PRIVACIES[credential.privacy]]
                password = credential.privacy_password.encode()
                encrypting = cipher.hash_passphrase(authentication, password)
            known = self._master[credential.name] = signing, encrypting
        return known

    def receive(
        self, data: bytes, domain: tuple[int, ...], address: Any
    ) -> tuple[str | None, bool] | None:
        """Let pysnmp have a datagram; return snmpTrapOID and whether it was an inform.

        None: it was no notification, or `failure` says why it was refused. Raises whatever pysnmp
        raises about a hostile one.
        """
        self._notification = None
        self.failure = None
        self.snmp.message_dispatcher.receive_message(self.snmp, domain, address, data)
        return self._notification

    def _take_failure(self, _engine: Any, _point: str, variables: Any, _context: Any) -> None:
        status = variables["statusInformation"]
        self.failure = status["errorIndication"] if "errorIndication" in status else status  # noqa: SIM401 - it has no get

    def _take_notification(
        self, engine: Any, _state: Any, _engine_id: Any, _name: Any, bindings: Any, _context: Any
    ) -> None:
        running = engine.observer.get_execution_context("rfc3412.receiveMessage:request")
        inform = running["pdu"].tagSet == InformRequestPDU.tagSet
        named = (str(value) for name, value in bindings if str(name) == SNMP_TRAP_OID)
        self._notification = next(named, None), inform


class Door(asyncio.DatagramProtocol):
    """One socket: hands datagrams to the receiver, and sends what pysnmp has to say."""

    def __init__(self, sock: socket.socket, number: int, take: "Callable[..., None]") -> None:
        self._take = take
        self._transport: asyncio.DatagramTransport | None = None
        six = sock.family == socket.AF_INET6
        self.domain = (*(udp6.SNMP_UDP6_DOMAIN if six else udp.SNMP_UDP_DOMAIN), number)
        self.address_of = udp6.Udp6TransportAddress if six else udp.UdpTransportAddress
        self.sent = 0

    # --- asyncio's side -----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to answer (asyncio's own transport is no subclass of what it stands for)."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        """Take one."""
        self._take(self, data, addr)

    def error_received(self, exc: Exception) -> None:
        """Ignore that somebody whom we answered is gone."""

    # --- pysnmp's side ------------------------------------------------------------------------

    def register_callback(self, _function: object) -> None:
        """Nothing comes to pysnmp this way."""

    def unregister_callback(self) -> None:
        """See `register_callback`."""

    def send_message(self, data: bytes, address: Any) -> None:
        """Answer."""
        if self._transport is not None:
            self._transport.sendto(bytes(data), tuple(address))
            self.sent += 1

    def close_transport(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()


class Receiver:
    """Gate, pysnmp and the words for the collector."""

    def __init__(self, setup: Setup, say: Callable[[bytes], bool]) -> None:
        """`say` takes a line and tells whether it was taken; it must not block."""
        self._say = say
        self._gate = Gate(setup, time.monotonic())
        self._engine = Engine(setup)
        self._told: set[tuple[str, Why]] = set()
        self._told_until = 0.0
        self._faults: set[str] = set()
        self.counts = Counts()

    async def open(self, sockets: "list[socket.socket]") -> None:
        """Listen on sockets that are bound."""
        loop = asyncio.get_running_loop()
        for number, sock in enumerate(sockets):
            door = Door(sock, number, self.take)
            self._engine.dispatcher.register_transport(door.domain, door)
            await loop.create_datagram_endpoint(partial(_itself, door), sock=sock)

    async def tell(self) -> None:
        """Tell counts for ever: when they changed, and now and then as a sign of life."""
        told: Counts | None = None
        quiet = 0.0
        while True:
            if told != self.counts or quiet >= LIFE_SIGN_SECONDS:
                told, quiet = replace(self.counts), 0.0
                self._tell(told)
            await asyncio.sleep(COUNTS_SECONDS)
            quiet += COUNTS_SECONDS

    def close(self) -> None:
        """Close the sockets."""
        self._engine.dispatcher.close_dispatcher()

    def take(self, door: Door, data: bytes, address: tuple[Any, ...]) -> None:
        """Take one datagram, whatever it is. Raises nothing."""
        self.counts.received += 1
        found = self._gate.admit(data, address[0], time.monotonic())
        why = found if isinstance(found, Why) else self._decode(door, data, address, found)
        if why is not None:
            setattr(self.counts, why.value, getattr(self.counts, why.value) + 1)
            self._tell_drop(address[0], why)

    def _decode(
        self, door: Door, data: bytes, address: tuple[Any, ...], admitted: Admitted
    ) -> Why | None:
        """Decode what was admitted and hint at it; return why not."""
        sent = door.sent
        try:
            if admitted.version == "3" and admitted.credential is not None:
                self._engine.know_user(admitted.engine_id, admitted.credential)
            found = self._engine.receive(data, door.domain, door.address_of(address))
        except Exception as error:  # noqa: BLE001 - pysnmp raises many kinds about hostile octets
            self._note_fault(error)
            return Why.MALFORMED
        if found is None:
            return self._why_not(admitted)
        trap, inform = found
        self.counts.informs_answered += inform and door.sent > sent
        if trap is None or not is_trap_oid(trap):
            return Why.MALFORMED
        self._tell(Hint(admitted.devices, trap, admitted.version, inform))
        return None

    def _why_not(self, admitted: Admitted) -> Why | None:
        """Say why pysnmp made no notification of a message, None if none was to be expected."""
        failure = self._engine.failure
        if admitted.credential is None or isinstance(failure, errind.NotInTimeWindow):
            self.counts.v3_asked += 1  # the answer tells our engine id or our time
            return None
        return Why.MALFORMED if failure is None else Why.BAD_AUTH

    def _note_fault(self, error: Exception) -> None:
        """Log the first fault at each place, without its words: they may repeat the datagram."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
        if fault not in self._faults and len(self._faults) < MOST_FAULTS_TOLD:
            self._faults.add(fault)
            logger.warning("pysnmp failed at a datagram: %s", fault)

    # --- words --------------------------------------------------------------------------------

    def _tell(self, word: Word) -> None:
        line = write_word(word)
        if len(line) > LONGEST_LINE or not self._say(line):
            self.counts.unsaid += 1

    def _tell_drop(self, address: str, why: Why) -> None:
        """Tell the first drop of an address for a reason; strangers choose addresses: bounded."""
        now = time.monotonic()
        if now >= self._told_until:
            self._told.clear()
            self._told_until = now + _TOLD_SECONDS
        if (address, why) not in self._told and len(self._told) < MOST_DROPS_TOLD:
            self._told.add((address, why))
            self._tell(Dropped(address, why))


def _itself(door: Door) -> Door:
    return door


def say_over(descriptor: int) -> Callable[[bytes], bool]:
    """Return how lines are written into a pipe: whole, or not at all when it is full."""
    os.set_blocking(descriptor, False)

    def say(line: bytes) -> bool:
        try:
            return os.write(descriptor, line) == len(line)
        except (BlockingIOError, BrokenPipeError):  # full, or the collector is gone, and we soon
            return False

    return say
