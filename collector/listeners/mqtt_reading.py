"""From a message to check results: routed, read, held against what was said before."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.clock import Clock
from collector.listeners.mqtt_link import Incoming
from collector.listeners.mqtt_liveness import Liveness
from collector.listeners.mqtt_payload import Extract, PayloadError, load_json, load_text
from collector.listeners.mqtt_quarantine import Quarantine
from collector.listeners.mqtt_routes import PayloadFormat, Route, Routes, StatusReader
from collector.model import Check, CheckResult, Outcome, Reading, Reason

logger = logging.getLogger(__name__)

_TICK = timedelta(microseconds=1)


@dataclass(slots=True)
class MqttCounters:
    """What happened since the start, for /metrics."""

    messages: int = 0
    redelivered: int = 0  # the broker marked them as sent before
    retained_telemetry: int = 0  # of unknown age: no result is made of it
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
        self.quarantine = quarantine or Quarantine()

    def read(self, message: Incoming) -> tuple[CheckResult, ...]:
        """Return what a message means for every check that hears its topic.

        None for a topic of no device (quarantined), and for retained telemetry, whose age nobody
        knows.
        """
        topic = message.topic
        routes = self._routes.by_topic.get(topic, ()) if topic is not None else ()
        if not routes:
            self._counters.quarantined += 1
            shown = "(not UTF-8)" if topic is None else topic
            self.quarantine.add(shown, message.payload, self._clock.now())
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
            self._word_result(word.check, online=word.online, source="unchanged")
            for word in self._liveness.due(self._clock.monotonic())
        )

    def forget_words(self) -> None:
        """Forget what was said of devices: without a connection, nobody says when it changes."""
        self._liveness.forget()

    def _read_for(self, route: Route, message: Incoming) -> list[CheckResult]:
        if isinstance(route.reader, StatusReader):
            return self._hear_word(route.check, route.reader, message)
        if message.retained:
            self._counters.retained_telemetry += 1
            return []
        return [self._hear_telemetry(route, message), *self._confirm(route.check.device_id)]

    def _hear_word(
        self, check: Check, reader: StatusReader, message: Incoming
    ) -> list[CheckResult]:
        try:
            online = reader.is_online(message.payload, self._limit)
        except PayloadError as problem:
            return [self._bad(check, str(problem))]
        if message.retained and self._liveness.stands(check, online=online):
            return []  # some brokers send it twice; that must not count as two failures
        now = self._clock.monotonic()
        self._liveness.hear_word(check, now, online=online, retained=message.retained)
        source = "retained by the broker, of unknown age" if message.retained else "just published"
        return [self._word_result(check, online=online, source=source)]

    def _hear_telemetry(self, route: Route, message: Incoming) -> CheckResult:
        try:
            extract = self._extract(route, message.payload)
        except PayloadError as problem:
            return self._bad(route.check, str(problem))
        if extract.not_understood and not extract.readings:
            return self._bad(route.check, extract.problem)
        self._counters.bad_values += len(extract.not_understood)
        return self._result(route.check, detail=extract.problem, readings=extract.readings)

    def _extract(self, route: Route, payload: bytes) -> Extract:
        if isinstance(route.reader, StatusReader):
            raise TypeError("a status word is not telemetry")
        limit = self._limit
        if route.format is PayloadFormat.TEXT:
            return route.reader.read_text(load_text(payload, limit))
        return route.reader.read_json(load_json(payload, limit))

    def _confirm(self, device_id: str) -> list[CheckResult]:
        """Let fresh telemetry speak for the device, unless the last word was "offline"."""
        detail = "fresh telemetry"
        return [
            self._result(check, detail=detail) for check in self._liveness.hear_telemetry(device_id)
        ]

    def _word_result(self, check: Check, *, online: bool, source: str) -> CheckResult:
        if online:
            return self._result(check, detail=f"status online ({source})")
        return self._result(
            check, Outcome.FAILED, Reason.REPORTED_OFFLINE, f"status offline ({source})"
        )

    def _bad(self, check: Check, problem: str) -> CheckResult:
        self._counters.bad_payloads += 1
        return self._result(check, Outcome.FAILED, Reason.BAD_ANSWER, problem)

    def _result(
        self,
        check: Check,
        outcome: Outcome = Outcome.ANSWERED,
        reason: Reason = Reason.OK,
        detail: str = "",
        readings: tuple[Reading, ...] = (),
    ) -> CheckResult:
        """Make a result of this moment. Its slot is the moment of arrival, unique per check."""
        self._counters.results += 1
        now = self._clock.now()
        slot = now
        last = self._last_slot.get(check.id)
        if last is not None and timedelta(0) <= last - now < timedelta(seconds=1):
            slot = last + _TICK  # two messages in one tick of the clock are two results
        self._last_slot[check.id] = slot
        return CheckResult(
            check_id=check.id,
            slot_at=slot,
            measured_at=now,
            outcome=outcome,
            reason=reason,
            detail=detail,
            readings=readings,
        )
