"""Words that stand: who is told again, when, and what telemetry confirms."""

from collector.listeners.mqtt_liveness import REPEAT_SECONDS, Liveness, Repetition
from collector.model import Check, MetricGroup, Role, Rule, Target


def a_check(interval_seconds: float = 300.0) -> Check:
    group = MetricGroup("status", "mqtt", Role.REACHABILITY, interval_seconds)
    return Check(
        "s/status",
        "s",
        "status",
        "mqtt",
        Role.REACHABILITY,
        interval_seconds,
        150.0,
        Target("s", mqtt_topic="t"),
        group,
        Rule(confirm=3, recover=2),
    )


def told_at(liveness: Liveness, seconds: int) -> list[tuple[int, bool]]:
    """Look every second; return when something was told, and which word."""
    return [(now, word.online) for now in range(seconds) for word in liveness.due(float(now))]


def confirmed(liveness: Liveness) -> list[Check]:
    return [word.check for word in liveness.hear_telemetry("s", 1.0)]


def test_offline_is_told_until_confirmed_and_then_once_an_interval() -> None:
    check = a_check(interval_seconds=300.0)
    liveness = Liveness({"s": (check,)})
    liveness.hear_word(check, 0.0, online=False, retained=False)
    assert told_at(liveness, 700) == [(5, False), (10, False), (310, False), (610, False)]


def test_a_retained_offline_is_told_like_a_live_one() -> None:
    check = a_check()
    liveness = Liveness({"s": (check,)})
    liveness.hear_word(check, 0.0, online=False, retained=True)
    assert told_at(liveness, 20) == [(5, False), (10, False)]


def test_a_live_online_is_told_until_the_recovery_is_believed() -> None:
    check = a_check()
    liveness = Liveness({"s": (check,)})
    liveness.hear_word(check, 0.0, online=True, retained=False)
    assert told_at(liveness, 1000) == [(5, True)]


def test_a_retained_online_is_no_news() -> None:
    check = a_check()
    liveness = Liveness({"s": (check,)})
    liveness.hear_word(check, 0.0, online=True, retained=True)
    assert told_at(liveness, 1000) == []


def test_a_retained_online_that_telemetry_backs_is_told_until_it_is_believed() -> None:
    check = a_check()
    liveness = Liveness({"s": (check,)})
    liveness.hear_word(check, 0.0, online=True, retained=True)
    assert confirmed(liveness) == [check]
    assert confirmed(liveness) == [check]
    assert told_at(liveness, 1000) == [(6, True)]


def test_the_last_word_counts() -> None:
    check = a_check()
    liveness = Liveness({"s": (check,)})
    liveness.hear_word(check, 0.0, online=False, retained=False)
    liveness.hear_word(check, 1.0, online=True, retained=False)
    assert liveness.due(1.0 + REPEAT_SECONDS) == [Repetition(check, online=True)]
    assert liveness.due(1000.0) == []


def test_a_check_that_speaks_by_events_only_is_not_kept_fresh() -> None:
    check = a_check(interval_seconds=0.0)
    liveness = Liveness({"s": (check,)})
    liveness.hear_word(check, 0.0, online=False, retained=False)
    assert told_at(liveness, 5000) == [(5, False), (10, False)]


def test_telemetry_confirms_a_device_unless_its_last_word_was_offline() -> None:
    check = a_check()
    liveness = Liveness({"s": (check,)})
    assert confirmed(liveness) == [check]
    liveness.hear_word(check, 0.0, online=False, retained=False)
    assert confirmed(liveness) == []
    liveness.hear_word(check, 1.0, online=True, retained=True)
    assert confirmed(liveness) == [check]
    assert liveness.hear_telemetry("somebody-else", 1.0) == []


def test_with_the_connection_all_words_fall() -> None:
    check = a_check()
    liveness = Liveness({"s": (check,)})
    liveness.hear_word(check, 0.0, online=False, retained=False)
    liveness.forget()
    assert told_at(liveness, 1000) == []
    assert confirmed(liveness) == [check]
