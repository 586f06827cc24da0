"""What a device says by itself over SNMP: an SNMPv2-Trap (RFC 3416, section 4.2.6).

SEQUENCE { version, community, [7] { request-id, 0, 0,
  SEQUENCE { sysUpTime.0, snmpTrapOID.0 }}}
"""

from typing import Final

from simulators import ber
from simulators.ber import Oid, Version

COLD_START: Final[Oid] = (1, 3, 6, 1, 6, 3, 1, 1, 5, 1)
UPS_ON_BATTERY: Final[Oid] = (1, 3, 6, 1, 2, 1, 33, 2, 1)  # RFC 1628, upsTrapOnBattery
UPS_ALARM_REMOVED: Final[Oid] = (1, 3, 6, 1, 2, 1, 33, 2, 4)  # upsTrapAlarmEntryRemoved

_SYS_UP_TIME: Final[Oid] = (1, 3, 6, 1, 2, 1, 1, 3, 0)
_SNMP_TRAP_OID: Final[Oid] = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
_TRAP = 0xA7


def trap_message(community: bytes, trap: Oid, uptime_ticks: int, request_id: int) -> bytes:
    """Return the datagram of a trap of version 2c. `uptime_ticks`: hundredths of a second."""
    varbinds = _varbind(_SYS_UP_TIME, ber.unsigned(ber.TIME_TICKS, uptime_ticks))
    varbinds += _varbind(_SNMP_TRAP_OID, ber.object_identifier(trap))
    numbers = ber.signed(request_id) + ber.signed(0) + ber.signed(0)
    pdu = ber.tlv(_TRAP, numbers + ber.tlv(ber.SEQUENCE, varbinds))
    head = ber.signed(Version.V2C) + ber.tlv(ber.OCTET_STRING, community)
    return ber.tlv(ber.SEQUENCE, head + pdu)


def _varbind(name: Oid, value: bytes) -> bytes:
    return ber.tlv(ber.SEQUENCE, ber.object_identifier(name) + value)
