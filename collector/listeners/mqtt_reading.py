"""From a message to check results: routed, read, held against what was said before."""

import logging
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.clock import Clock
from collector.listeners.mqtt_announcements import Announcements, is_announcement
from collector.listeners.mqtt_formats import PayloadError, check_size
from collector.listeners.mqtt_link import Incoming
from collector.listeners.mqtt_liveness import Liveness, Repetition
from collector.listeners.mqtt_quarantine import Quarantine
from collector.listeners.mqtt_routes import Route, Routes
from collector.listeners.mqtt_times import moment_of
from collector.listeners.mqtt_words import WordReader
from collector.model import Check, CheckResult, Outcome, Reading, Reason
from collector.profiles.expressions import ExpressionError

logger = logging.getLogger(__name__)

SEEN_LIMIT = 8  # messages with a moment of their own that are remembered of a check
_TICK = timedelta(microseconds=1)


@dataclass(slots=True)
class MqttCounters:
    """What happened since the start, for /metrics."""

    messages: int = 0
    redelivered: int = 0  # the broker marked them as sent before
    retained_telemetry: int = 0  # of unknown age: no result is made of it
    retained_words: int = 0  # "online" of unknown age: waits for telemetry
    repeated: int = 0  # came a second time: no second result is made of it
    stale: int = 0  # made so long ago that they say nothing of today
    unheard: int = 0  # of devices we know, on topics that no check hears; announced before
    bad_payloads: int = 0  # of devices we know
    bad_values: int = 0  # in payloads that held good ones too
    errors: int = 0  # faults of our own; the log has the traceback
    quarantined: int = 0
    results: int = 0
    acknowledged: int = 0
    connections: int = 0
    refusals: int = 0  # attempts to connect that failed
    pauses: int = 0  # times the queue was full
    delivery_failures: int = 0


class MessageReader:
    """Makes results of messages. Never raises: what cannot be understood is a result too."""

    def __init__(
        self,
        routes: Routes,
        max_payload_bytes: int,
        clock: Clock,
        counters: MqttCounters,
        quarantine: Quarantine | None = None,
    ) -> None:
        self._routes = routes
        self._limit = max_payload_bytes
        self._clock = clock
        self._counters = counters
        self._liveness = Liveness(routes.status_checks)
        self._last_slot: dict[str, datetime] = {}
        self._seen: dict[str, deque[int]] = {}
        self.quarantine = quarantine or Quarantine()
        self._announcements = Announcements(self.quarantine.fitting)

    def read(self, message: Incoming) -> tuple[CheckResult, ...]:
        """Return what a message means for every check that hears its topic.

        None for a topic of no device (quarantined), for retained telemetry and a retained
        "online", whose age nobody knows, and for what has come before.
        """
        topic = message.topic
        routes = self._routes.find(topic) if topic is not None else ()
        if not routes:
            self._put_aside(topic, message)
        results: list[CheckResult] = []
        for route in routes:
            try:
                results += self._read_for(route, message)
            except Exception:
                # A message that trips us must not come back for ever: it is answered as well.
                logger.exception("MQTT message for %s could not be handled", route.check.id)
                self._counters.errors += 1
                results.append(self._result(route.check, Outcome.UNKNOWN, Reason.COLLECTOR_ERROR))
        return tuple(results)

    def replan(self, routes: Routes) -> None:
        """Read by these routes from now on; what was said of devices stays known."""
        self._routes = routes
        self._liveness.replan(routes.status_checks)

    def repeat(self) -> tuple[CheckResult, ...]:
        """Return the words that stand unchanged and are to be told again now."""
        return tuple(
            self._word_result(word, "unchanged")
            for word in self._liveness.due(self._clock.monotonic())
        )

    def forget_words(self) -> None:
        """Forget what was said of devices: without a connection, nobody says when it changes."""
        self._liveness.forget()

    def _put_aside(self, topic: str | None, message: Incoming) -> None:
        """Show people what no device of ours said."""
        if topic is not None and self._routes.is_of_known_device(topic):
            self._counters.unheard += 1
            return
        if topic is not None and is_announcement(topic) and self._hear_announcement(topic, message):
            return
        self._counters.quarantined += 1
        shown = "(not UTF-8)" if topic is None else topic
        self.quarantine.add(shown, message.payload, self._clock.now())

    def _hear_announcement(self, topic: str, message: Incoming) -> bool:
        """Take what a device announces of itself; False when it is no announcement at all."""
        try:
            check_size(message.payload, self._limit)
            found = self._announcements.hear(topic, message.payload)
        except PayloadError:
            return False
        if found is None or any(self._is_ours(heard) for heard in found.topics):
            self._counters.unheard += 1
        else:
            self._counters.quarantined += 1
            self.quarantine.announce(found, topic, len(message.payload), self._clock.now())
        return True

    def _is_ours(self, topic: str) -> bool:
        return bool(self._routes.find(topic)) or self._routes.is_of_known_device(topic)

    def _read_for(self, route: Route, message: Incoming) -> list[CheckResult]:
        if route.ear.word is not None:
            return self._hear_word(route, route.ear.word, message)
        if message.retained:
            self._counters.retained_telemetry += 1
            return []
        return self._hear_telemetry(route, message)

    # --- words --------------------------------------------------------------------------------

    def _hear_word(self, route: Route, reader: WordReader, message: Incoming) -> list[CheckResult]:
        check = route.check
        if not message.payload:  # how a retained message is deleted
            self._liveness.take_back(check)
            return []
        try:
            document = self._decode(route, message)
            online = reader.is_online(document)
        except PayloadError as problem:
            return [self._bad(check, str(problem))]
        readings = route.ear.reader.read(document, route.labels).readings
        if message.retained and self._liveness.stands(check, online=online, readings=readings):
            return []  # some brokers send it twice; that must not count as two failures
        now = self._clock.monotonic()
        self._liveness.hear_word(
            check, now, online=online, retained=message.retained, readings=readings
        )
        if message.retained and online:
            self._counters.retained_words += 1
            return []
        source = "retained by the broker, of unknown age" if message.retained else "just published"
        return [self._word_result(Repetition(check, online, readings), source)]

    def _word_result(self, word: Repetition, source: str) -> CheckResult:
        if word.online:
            detail = f"status online ({source})"
            return self._result(word.check, detail=detail, readings=word.readings)
        return self._result(
            word.check,
            Outcome.FAILED,
            Reason.REPORTED_OFFLINE,
            f"status offline ({source})",
            word.readings,
        )

    # --- telemetry ----------------------------------------------------------------------------

    def _hear_telemetry(self, route: Route, message: Incoming) -> list[CheckResult]:
        check, ear = route.check, route.ear
        now = self._clock.now()
        try:
            needed = ear.at is not None or not ear.hears_life_only
            document = self._decode(route, message) if needed else None
        except PayloadError as problem:
            if ear.hears_life_only:
                return [self._result(check, detail="a sign of life that cannot be read")]
            return [self._bad(check, str(problem)), *self._confirm(check, now)]
        made_at = self._made_at(route, document, now)
        if made_at is not None and self._came_before(check, made_at, message):
            self._counters.repeated += 1
            return []
        at = made_at or now
        stale = (now - at).total_seconds() > check.interval_seconds * check.rule.fresh_intervals
        self._counters.stale += stale
        confirmed = [] if stale else self._confirm(check, at)
        extract = ear.reader.read(document, route.labels)
        if extract.not_understood and not extract.readings:
            return [self._bad(check, extract.problem, at), *confirmed]
        self._counters.bad_values += len(extract.not_understood)
        result = self._result(check, detail=extract.problem, readings=extract.readings, at=at)
        return [result, *confirmed]

    def _made_at(self, route: Route, document: object, now: datetime) -> datetime | None:
        """Return when the message says that it was made, if its dialect says so."""
        if route.ear.at is None:
            return None
        try:
            found = next((value for _, value in route.ear.at.entries(document)), None)
        except ExpressionError:
            return None
        return moment_of(found, now)

    def _came_before(self, check: Check, made_at: datetime, message: Incoming) -> bool:
        """Say whether this very message was heard: same moment, same topic, same bytes."""
        mark = hash((made_at, message.topic, message.payload))
        seen = self._seen.setdefault(check.id, deque(maxlen=SEEN_LIMIT))
        if mark in seen:
            return True
        seen.append(mark)
        return False

    def _confirm(self, check: Check, at: datetime) -> list[CheckResult]:
        """Let fresh telemetry speak for the device, unless the last word was "offline"."""
        words = self._liveness.hear_telemetry(check.device_id, self._clock.monotonic())
        return [
            self._result(word.check, detail="fresh telemetry", readings=word.readings, at=at)
            for word in words
        ]

    # --- results ------------------------------------------------------------------------------

    def _decode(self, route: Route, message: Incoming) -> object:
        check_size(message.payload, self._limit)
        return route.ear.decoder.decode(message.payload, message.topic or "")

    def _bad(self, check: Check, problem: str, at: datetime | None = None) -> CheckResult:
        self._counters.bad_payloads += 1
        return self._result(check, Outcome.FAILED, Reason.BAD_ANSWER, problem, at=at)

    def _result(
        self,
        check: Check,
        outcome: Outcome = Outcome.ANSWERED,
        reason: Reason = Reason.OK,
        detail: str = "",
        readings: tuple[Reading, ...] = (),
        at: datetime | None = None,
    ) -> CheckResult:
        """Make a result of the moment `at`, or of this one. Its slot is unique per check."""
        self._counters.results += 1
        slot = measured_at = at or self._clock.now()
        last = self._last_slot.get(check.id)
        if last is not None and timedelta(0) <= last - slot < timedelta(seconds=1):
            slot = last + _TICK  # two messages in one tick of the clock are two results
        self._last_slot[check.id] = slot
        return CheckResult(
            check_id=check.id,
            slot_at=slot,
            measured_at=measured_at,
            outcome=outcome,
            reason=reason,
            detail=detail,
            readings=readings,
        )
