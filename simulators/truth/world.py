"""The world of the day: answers from the script alone, and writes down what it was asked.

A question is asked at a moment of the machine's clock (`asked`, microseconds since 1970) and at a
moment of a clock that nobody sets (`asked_steady`, seconds). What it answers depends on nothing
but the script; the record keeps every question, also those whose answer nobody waited for.
"""

from dataclasses import dataclass
from enum import StrEnum

from simulators.truth.city import DEVICES
from simulators.truth.script import SECOND, Fault, FaultKind, Script

PING, AGENT = "ping", "agent"
ANSWER_SECONDS = 0.02
PATIENCE_SECONDS = {PING: 1.0, AGENT: 3.0}  # after which whoever asked gives up


class Answer(StrEnum):
    """What came back."""

    ALL = "all"
    SOME = "some"  # of the echoes, some
    BATTERY = "battery"
    NOTHING = "nothing"


@dataclass(slots=True)
class Question:
    """One line of the record. Not `heard`: whoever asked was gone before the answer."""

    device: str
    protocol: str
    asked: int
    asked_steady: float
    answer: Answer
    heard: int | None = None
    heard_steady: float | None = None

    @property
    def seconds(self) -> float:
        """Return how long the answer, or giving up, takes."""
        missing = self.answer is Answer.NOTHING
        return PATIENCE_SECONDS[self.protocol] if missing else ANSWER_SECONDS


class MachineEvent(StrEnum):
    """What became of the collector's machine."""

    STARTED = "started"
    ENDED = "ended"
    RESUMED = "resumed"  # after a pause in which nothing ran
    CLOCK_SET = "clock_set"
    SAVED = "saved"  # what moved without a change was written down, with a sign of life


@dataclass(frozen=True, slots=True)
class Noted:
    """An event of the machine, on its own clock (microseconds) and on one that nobody sets."""

    event: MachineEvent
    moment: int
    steady: float


class World:
    """The devices of the city, as the script lets them be, and the record of the day."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.record: list[Question] = []
        self.events: list[Noted] = []
        self._faults: dict[tuple[str, FaultKind], list[Fault]] = {}
        for fault in script.faults:
            for target in fault.targets:
                self._faults.setdefault((target, fault.kind), []).append(fault)

    def ask(self, device: str, protocol: str, asked: int, steady: float) -> Question:
        """Ask a device now; the question is in the record from now on."""
        question = Question(device, protocol, asked, steady, self.answer(device, protocol, asked))
        self.record.append(question)
        return question

    def note(self, event: MachineEvent, moment: int, steady: float) -> None:
        """Write down what became of the machine that asks."""
        self.events.append(Noted(event, moment, steady))

    def answer(self, device: str, protocol: str, moment: int) -> Answer:
        """Return what a device answers at a moment, by the script alone."""
        if not self.reached(device, moment):
            return Answer.NOTHING
        if protocol == PING:
            return Answer.SOME if self._suffers(device, FaultKind.LOSSY, moment) else Answer.ALL
        if self._suffers(device, FaultKind.SILENT, moment):
            return Answer.NOTHING
        battery = self._suffers(device, FaultKind.BATTERY, moment)
        return Answer.BATTERY if battery else Answer.ALL

    def reached(self, device: str, moment: int) -> bool:
        """Say whether a device lives and a way to it is open: of every group, one parent."""
        if self._suffers(device, FaultKind.DEAD, moment):
            return False
        return all(
            any(self.reached(parent, moment) for parent in way) for way in DEVICES[device].ways
        )

    def contradictions(self) -> list[Question]:
        """Return the lines of the record that the script does not bear out."""
        return [
            question
            for question in self.record
            if question.answer
            is not self.answer(question.device, question.protocol, question.asked)
        ]

    def moment_at(self, steady: float) -> int:
        """Return what the machine's clock said when the one that nobody sets said `steady`."""
        noted = [one for one in self.events if one.steady <= steady][-1]
        return noted.moment + round((steady - noted.steady) * SECOND)

    def _suffers(self, device: str, kind: FaultKind, moment: int) -> bool:
        return any(fault.acts(moment) for fault in self._faults.get((device, kind), ()))
