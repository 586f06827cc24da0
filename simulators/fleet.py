"""A fleet of equal devices behind two sockets: as many as wanted, each as cheap as can be.

For measuring what watching costs. A city (`simulators.city`) is for looking at; here every device
has the same objects, an answer is worked out once and sent again for whoever asks the same, and one
loop without tasks or timers a device serves all. Some devices are dead, some agents slow, some
links lose echoes, some agents are hostile; neighbours die when told to.

Hostile agents answer each question with a burst: bytes that are no answer, an answer to another
question, a datagram as long as there can be, the answer twenty times. Their tables never end.

    python -m simulators.fleet --state-directory DIR --devices N …

state directory: inventory.yaml   what an operator would write
                 facts.json       where and how the fleet answers; appears when it does

stdin, JSON lines: {"command": "kill", "count": 500}    so many neighbours die, at once
                   {"command": "revive"}                they answer again
                   {"command": "count"}                 what was answered so far
                   {"command": "stop"}                  so does the end of stdin
stdout, JSON lines: {"event": "ready" | "killed" | "revived" | "counted", …}
"""

import argparse
import heapq
import json
import os
import random
import selectors
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

from simulators import ber, datagrams, places
from simulators.ber import BerError
from simulators.commands import announce
from simulators.datagrams import Address
from simulators.icmp import echo_reply, open_raw
from simulators.inventory import Entry, to_yaml
from simulators.live import Live
from simulators.mib import Entry as Object
from simulators.mib import Layout, respond
from simulators.namespace import isolate

FIRST_ADDRESS = int(IPv4Address("127.16.0.1"))
MOST_DEVICES = 1_000_000
COMMUNITY = "fleet"
_COMMUNITY = COMMUNITY.encode()
CREDENTIAL = "fleet"
AREAS = 15
DEVICES_A_SITE = 25
PORTS = 24
SCALARS: tuple[tuple[str, bytes], ...] = (
    ("1.3.6.1.2.1.1.3.0", ber.unsigned(ber.TIME_TICKS, 123_456_789)),
    ("1.3.6.1.2.1.2.1.0", ber.signed(PORTS)),
    ("1.3.6.1.2.1.4.6.0", ber.unsigned(ber.COUNTER32, 4_194_304)),
    ("1.3.6.1.2.1.6.9.0", ber.unsigned(ber.GAUGE32, 42)),
    ("1.3.6.1.2.1.25.2.3.1.5.1", ber.signed(4_194_304)),
    ("1.3.6.1.2.1.25.2.3.1.6.1", ber.signed(1_194_304)),
    ("1.3.6.1.2.1.25.3.3.1.2.1", ber.signed(17)),
    ("1.3.6.1.2.1.31.1.1.1.6.1", ber.unsigned(ber.COUNTER64, 1 << 40)),
    ("1.3.6.1.2.1.31.1.1.1.10.1", ber.unsigned(ber.COUNTER64, 1 << 41)),
    ("1.3.6.1.4.1.2021.4.6.0", ber.signed(812_345)),
    ("1.3.6.1.4.1.2021.4.5.0", ber.signed(1_812_345)),
    ("1.3.6.1.4.1.2021.10.1.5.1", ber.signed(42)),
)
"""The twelve objects that are asked of each device every minute (RFC 1213, 2790, 2863; UCD)."""

COLUMNS = ("2", "8", "10", "16")
"""The four columns of ifTable (RFC 2863) that are walked: a name, a state, two counters."""

_IF_ENTRY = "1.3.6.1.2.1.2.2.1"
_TURN_SECONDS = 0.2  # at most until the end of stdin is seen
_SLOWEST_SECONDS = 3.0
_QUICKEST_SLOW_SECONDS = 1.0
_ENDLESS_PORTS = 50_000  # no device has as many: whoever reads them all has lost
_COPIES = 20
_LONGEST = b"\x30" + bytes(60_000)


@dataclass(frozen=True, slots=True)
class FleetOptions:
    """What `python -m simulators.fleet` is asked for; shares are of all devices."""

    state_directory: Path
    devices: int
    dead: float = 0.0  # answer nothing
    slow: float = 0.0  # their agents take 1 to 3 s
    lossy: float = 0.0  # their links lose 1 to 5 % of echoes
    hostile: float = 0.0  # their agents do what they can to keep us busy
    loss: float = 0.0  # of every link, besides
    seed: int = 1


@dataclass(slots=True)
class Counts:
    """What was answered."""

    echoes: int = 0
    lost: int = 0  # echoes that a lossy link swallowed
    gets: int = 0
    walks: int = 0  # GETBULK and GETNEXT requests
    refused: int = 0  # malformed, or another community
    unsent: int = 0  # the kernel would not take the answer
    hostile: int = 0  # datagrams of hostile agents


class Fleet:
    """All devices. Each is its place in the list: 0 and up."""

    def __init__(self, options: FleetOptions) -> None:
        draw = random.Random(options.seed)  # noqa: S311 - no secret
        every = list(range(options.devices))
        draw.shuffle(every)
        self.size = options.devices

        def share_of(share: float) -> list[int]:
            count = int(options.devices * share)
            taken = every[:count]
            del every[:count]
            return taken

        self.dead = set(share_of(options.dead))
        self.slow = frozenset(share_of(options.slow))
        rough = share_of(options.lossy)
        self.hostile = frozenset(share_of(options.hostile))
        self.losses = {one: max(options.loss, draw.uniform(0.01, 0.05)) for one in rough}
        self.killed: set[int] = set()
        self.counts = Counts()
        self._loss = options.loss
        self._draw = draw
        self._layout = Layout(_objects(PORTS))
        self._endless = Layout(_objects(_ENDLESS_PORTS)) if self.hostile else self._layout
        self._answers: dict[tuple[ber.Version, ber.Pdu, bytes], bytes] = {}
        self._endless_answers: dict[tuple[ber.Version, ber.Pdu, bytes], bytes] = {}

    def kill(self, count: int) -> list[int]:
        """Let neighbours die, as many as asked of those that are well; return which."""
        unwell = self.dead | self.slow | self.losses.keys() | self.hostile
        sound = [one for one in range(self.size) if one not in unwell]
        first = self._draw.randrange(max(1, len(sound) - count + 1))
        chosen = sound[first : first + count]
        self.killed.update(chosen)
        return chosen

    def revive(self) -> int:
        """Let those that were killed answer again; return how many."""
        count = len(self.killed)
        self.killed.clear()
        return count

    def place(self, asked: bytes) -> int | None:
        """Return which device was asked, or None: none that answers."""
        place = int.from_bytes(asked, "big") - FIRST_ADDRESS
        if not 0 <= place < self.size or place in self.dead or place in self.killed:
            return None
        return place

    def loses(self, place: int) -> bool:
        """Say whether this echo is lost on its way."""
        loss = self.losses.get(place, self._loss)
        return loss > 0 and self._draw.random() < loss

    def slow_seconds(self) -> float:
        """Return how long a slow agent takes for one answer."""
        return self._draw.uniform(_QUICKEST_SLOW_SECONDS, _SLOWEST_SECONDS)

    def answer(self, data: bytes, *, endless: bool = False) -> bytes | None:
        """Return the response to an SNMP request; None for what an agent would not answer.

        `endless`: of an agent whose tables never end.
        """
        try:
            request = ber.read_request(data)
            tail = self._tail_for(request, endless=endless)
        except BerError:
            self.counts.refused += 1
            return None
        if request.pdu is ber.Pdu.GET:
            self.counts.gets += 1
        else:
            self.counts.walks += 1
        head = ber.signed(request.version) + ber.tlv(ber.OCTET_STRING, request.community)
        return ber.tlv(ber.SEQUENCE, head + ber.tlv(ber.Pdu.RESPONSE, request.request_id + tail))

    def _tail_for(self, request: ber.Request, *, endless: bool) -> bytes:
        if request.community != _COMMUNITY:
            raise BerError("another community")
        layout = self._endless if endless else self._layout
        answers = self._endless_answers if endless else self._answers
        key = request.version, request.pdu, request.question
        tail = answers.get(key)
        if tail is None:
            tail = answers[key] = _tail(layout, request)
        return tail


def burst(answer: bytes) -> Iterator[bytes]:
    """Yield what a hostile agent makes of an answer: the right one comes last, and often."""
    yield b"nonsense"
    yield answer[:-3]
    yield _to_another_question(answer)
    yield _LONGEST
    for _ in range(_COPIES):
        yield answer


def _to_another_question(answer: bytes) -> bytes:
    """Return an answer with another request id: it follows community, tag and length of the PDU."""
    at = answer.index(_COMMUNITY) + len(_COMMUNITY) + 1
    at += 1 + (answer[at] & 0x7F if answer[at] & 0x80 else 0)
    last = at + 1 + answer[at + 1]
    return answer[:last] + bytes((answer[last] ^ 0xFF,)) + answer[last + 1 :]


class Server:
    """Answers for a fleet until stdin says stop."""

    def __init__(self, fleet: Fleet, *, isolated: bool) -> None:
        self._fleet = fleet
        self._selector = selectors.DefaultSelector()
        self._late: list[tuple[float, int, bytes, bytes, Address]] = []
        self._number = 0
        self.icmp = open_raw() if isolated else datagrams.open_udp(0)
        self.snmp = datagrams.open_udp(0)
        self._has_ip_header = isolated

    def run(self) -> None:
        """Serve; blocks. Prints its events."""
        lines = _Lines(sys.stdin.fileno())
        self._selector.register(self.icmp, selectors.EVENT_READ, self._echoes)
        self._selector.register(self.snmp, selectors.EVENT_READ, self._questions)
        self._selector.register(lines.descriptor, selectors.EVENT_READ, lines.take)
        while not lines.ended:
            pause = _TURN_SECONDS
            if self._late:
                pause = min(pause, max(0.0, self._late[0][0] - time.monotonic()))
            for key, _ in self._selector.select(pause):
                key.data()
            self._answer_late()
            for line in lines.ready():
                if not self._obey(line):
                    return

    def _echoes(self) -> None:
        datagrams.drain(self.icmp, self._echo)

    def _questions(self) -> None:
        datagrams.drain(self.snmp, self._question)

    def _echo(self, message: bytes, asked: bytes, source: Address) -> None:
        if self._has_ip_header:  # RFC 791: its length in words is in the low four bits
            message = message[(message[0] & 0x0F) * 4 :]
        place = self._fleet.place(asked)
        reply = None if place is None else echo_reply(message)
        if place is None or reply is None:
            return
        if self._fleet.loses(place):
            self._fleet.counts.lost += 1
        elif datagrams.send_from(self.icmp, asked, reply, source):
            self._fleet.counts.echoes += 1
        else:
            self._fleet.counts.unsent += 1

    def _question(self, data: bytes, asked: bytes, source: Address) -> None:
        place = self._fleet.place(asked)
        hostile = place in self._fleet.hostile
        answer = None if place is None else self._fleet.answer(data, endless=hostile)
        if place is None or answer is None:
            return
        if hostile:
            for each in burst(answer):
                self._fleet.counts.hostile += 1
                datagrams.send_from(self.snmp, asked, each, source)
        elif place in self._fleet.slow:
            self._number += 1
            due = time.monotonic() + self._fleet.slow_seconds()
            heapq.heappush(self._late, (due, self._number, answer, asked, source))
        elif not datagrams.send_from(self.snmp, asked, answer, source):
            self._fleet.counts.unsent += 1

    def _answer_late(self) -> None:
        while self._late and self._late[0][0] <= time.monotonic():
            _, _, answer, asked, source = heapq.heappop(self._late)
            if not datagrams.send_from(self.snmp, asked, answer, source):
                self._fleet.counts.unsent += 1

    def _obey(self, line: bytes) -> bool:
        """Carry out one command; return False for the end."""
        told = json.loads(line)
        at = datetime.now(UTC).isoformat()  # noqa: TID251 - the simulators have no clock of ours
        match told["command"]:
            case "kill":
                chosen = self._fleet.kill(int(told["count"]))
                # Longer than a line of `announce` when many die; the bench always reads.
                event = {"event": "killed", "at": at, "count": len(chosen), "devices": chosen}
                sys.stdout.write(json.dumps(event) + "\n")
                sys.stdout.flush()
            case "revive":
                announce({"event": "revived", "at": at, "count": self._fleet.revive()})
            case "count":
                used = os.times()
                counts = asdict(self._fleet.counts)
                announce({"event": "counted", "cpu_seconds": used.user + used.system, **counts})
            case "stop":
                return False
        return True


class _Lines:
    """Lines of a pipe, taken when something is there."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.ended = False
        self._rest = b""
        self._whole: list[bytes] = []

    def take(self) -> None:
        chunk = os.read(self.descriptor, 65536)
        self.ended = not chunk
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        self._whole += whole

    def ready(self) -> list[bytes]:
        whole, self._whole = self._whole, []
        return [line for line in whole if line.strip()]


def device_id(place: int) -> str:
    """Return what a device is called in the inventory."""
    return f"d-{place:06d}"


def inventory(size: int) -> dict[str, list[Entry]]:
    """Return the lists of an inventory file for a fleet of so many devices."""
    code, name, zone = places.CITY_CODE, places.CITY_NAME, places.CITY_ZONE
    areas: list[Entry] = [{"code": code, "name": name, "zone": zone}]
    areas += [{"code": f"{code}.{n:02d}", "name": f"Wilayah {n}"} for n in range(1, AREAS + 1)]
    sites: list[Entry] = [
        {"id": f"s-{n:05d}", "name": f"Titik {n}", "area": f"{code}.{n % AREAS + 1:02d}"}
        for n in range(-(-size // DEVICES_A_SITE))
    ]
    devices: list[Entry] = [
        {
            "id": device_id(place),
            "name": f"Perangkat {place}",
            "kind": "switch",
            "site": f"s-{place // DEVICES_A_SITE:05d}",
            "profile": "fleet",
            "address": str(IPv4Address(FIRST_ADDRESS + place)),
            "credentials": [CREDENTIAL],
        }
        for place in range(size)
    ]
    return {"areas": areas, "sites": sites, "devices": devices}


def run_fleet(options: FleetOptions) -> None:
    """Serve a fleet until stdin says stop; blocks. Call it from a single thread."""
    isolated = isolate()
    fleet = Fleet(options)
    server = Server(fleet, isolated=isolated)
    folder = options.state_directory
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "inventory.yaml").write_text(to_yaml(inventory(options.devices)))
    facts = {
        "isolated": isolated,
        "namespace_pid": os.getpid() if isolated else None,
        "carrier": "icmp" if isolated else f"udp:{server.icmp.getsockname()[1]}",
        "snmp_port": server.snmp.getsockname()[1],
        "community": COMMUNITY,
        "dead": sorted(map(device_id, fleet.dead)),
        "slow": sorted(map(device_id, fleet.slow)),
        "lossy": sorted(map(device_id, fleet.losses)),
        "hostile": sorted(map(device_id, fleet.hostile)),
    }
    draft = folder / "facts.draft"
    draft.write_text(json.dumps(facts))
    draft.replace(folder / "facts.json")
    announce({"event": "ready", "isolated": isolated, "devices": options.devices})
    server.run()


def _objects(ports: int) -> Iterator[Object]:
    for dotted, value in SCALARS:
        yield Object(ber.parse_oid(dotted), value[0], value)
    for port in range(1, ports + 1):
        values = (
            ber.text(f"GigabitEthernet0/{port}"),
            ber.signed(1),
            ber.unsigned(ber.COUNTER32, port * 1_234_567 % 2**32),
            ber.unsigned(ber.COUNTER32, port * 7_654_321 % 2**32),
        )
        for column, value in zip(COLUMNS, values, strict=True):
            yield Object(ber.parse_oid(f"{_IF_ENTRY}.{column}.{port}"), value[0], value)


def _tail(layout: Layout, request: ber.Request) -> bytes:
    """Return what follows the request id in the response. Raises BerError."""
    # Nothing in the layout depends on the device or the moment, so none is needed.
    nobody: Live = None  # type: ignore[assignment]
    message = respond(layout.plan(request), request, nobody, 0.0)
    behind_community = message.index(request.community) + len(request.community)
    at = message.index(request.request_id, behind_community)
    return message[at + len(request.request_id) :]


def main(arguments: list[str] | None = None) -> int:
    """Serve a fleet; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m simulators.fleet", description=__doc__)
    parser.add_argument("--state-directory", type=Path, required=True, metavar="DIR")
    parser.add_argument("--devices", type=int, required=True, metavar="N")
    for name in ("dead", "slow", "lossy", "hostile", "loss"):
        parser.add_argument(f"--{name}", type=float, default=0.0, metavar="SHARE")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    given = parser.parse_args(arguments)
    if not 1 <= given.devices <= MOST_DEVICES:
        parser.error(f"--devices: 1 to {MOST_DEVICES}")
    run_fleet(FleetOptions(**vars(given)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
