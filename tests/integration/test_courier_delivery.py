"""Every answer that lines can meet on their way to InfluxDB: nothing lost, and words that help."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.clock import SystemClock
from collector.config.influxdb import InfluxdbSettings
from collector.courier.answers import Kind
from collector.courier.delivery import CANARY, Delivery, Pace
from collector.sinks import SinkError
from tests.influx_v2_proxy import READ_TOKEN, WRITE_TOKEN, Fault, Proxy, Write
from tests.influxd import Influxd, free_ports
from tests.integration.mqtt_broker import make_certificate

FAST = Pace(first=0.01, longest=0.05, longest_of_settings=0.05)


def settings_for(url: str, bucket: str, **more: object) -> InfluxdbSettings:
    return InfluxdbSettings.model_validate(
        {"url": url, "bucket": bucket, "token": WRITE_TOKEN, "timeout": "5s"} | more
    )


def lines_of(count: int, measurement: str = "m", value: str = "1i") -> list[bytes]:
    return [
        b"%b v=%b %d\n" % (measurement.encode(), value.encode(), n) for n in range(1, 1 + count)
    ]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


@contextmanager
def nothing_more_than(proxy: Proxy, requests: int) -> Iterator[None]:
    before = len(proxy.writes)
    yield
    assert len(proxy.writes) - before <= requests


async def test_lines_are_stored_and_counted(influx: Proxy, influxd: Influxd, database: str) -> None:
    async with Delivery.open(settings_for(influx.url, database), SystemClock()) as delivery:
        assert await delivery.deliver(b"".join(lines_of(250))) == []
        assert await delivery.deliver(b"") == []
        assert await delivery.deliver(b"\nm v=1i 300\n\nm v=1i 301") == []
    assert influxd.count(database, "m", "v") == 252
    assert (delivery.counters.lines, delivery.counters.requests) == (252, 2)
    assert delivery.trouble is None


async def test_more_lines_than_set_go_in_several_requests_in_order(
    influx: Proxy, influxd: Influxd, database: str
) -> None:
    settings = settings_for(influx.url, database, lines=100)
    async with Delivery.open(settings, SystemClock()) as delivery:
        assert await delivery.deliver(b"".join(lines_of(250))) == []
    sent = b"".join(write.lines for write, _ in influx.writes)
    assert sent == b"".join(lines_of(250))
    assert [write.count for write, _ in influx.writes] == [100, 100, 50]
    assert influxd.count(database, "m", "v") == 250


async def test_squeezed_lines_arrive(influx: Proxy, influxd: Influxd, database: str) -> None:
    settings = settings_for(influx.url, database, gzip=True)
    async with Delivery.open(settings, SystemClock()) as delivery:
        assert await delivery.deliver(b"".join(lines_of(50))) == []
    assert influx.writes[0][0].zipped
    assert influxd.count(database, "m", "v") == 50


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(429), "busy"),
        (Fault(503), "busy"),
        (Fault(500), "server"),
        (Fault(502, body="<html>bad gateway</html>"), "server"),
        (Fault(408), "server"),
        (Fault(raw=b""), "unreachable"),
        (Fault(raw=b"HTTP/1.1 204 No Content\r\nContent-Le"), "unreachable"),
        (Fault(raw=b"HTTP/1.1 204 No Content\r\nContent-Le", stored=True), "unreachable"),
        (Fault(raw=b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "answer"),
        (Fault(200, body="<html>Welcome to the hotel's WiFi</html>"), "answer"),
        (Fault(302, headers={"Location": "http://127.0.0.1:1/"}), "answer"),
        (Fault(404, body="404 page not found"), "answer"),
        (Fault(503, body="[]"), "busy"),
        (Fault(500, body="x" * 5_000_000), "server"),
        (Fault(500, body='{"message": ' + "[" * 100_000), "server"),
    ],
    ids=lambda it: it if isinstance(it, str) else f"{it.status}-{(it.raw or b'')[:12]!r}",
)
async def test_what_is_no_clear_answer_is_kept_and_sent_again(
    influx: Proxy, influxd: Influxd, database: str, fault: Fault, kind: str
) -> None:
    influx.faults.extend([fault, fault])
    async with Delivery.open(settings_for(influx.url, database), SystemClock(), FAST) as delivery:
        assert await delivery.deliver(b"".join(lines_of(3))) == []
    assert influxd.count(database, "m", "v") == 3
    assert delivery.counters.retries == {kind: 2}
    assert delivery.trouble is None


async def test_a_server_that_is_away_is_told_of_once_with_its_address_and_once_when_it_is_back(
    influxd: Influxd, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    (port,) = free_ports(1)
    settings = settings_for(f"http://127.0.0.1:{port}", database)
    async with (
        Delivery.open(settings, SystemClock(), FAST) as delivery,
        asyncio.TaskGroup() as group,
    ):
        first = group.create_task(delivery.deliver(b"m v=1i 1\n"))
        second = group.create_task(delivery.deliver(b"m v=1i 2\n"))
        await until(lambda: delivery.counters.retries["unreachable"] >= 8)
        trouble = delivery.trouble
        assert trouble is not None
        assert trouble.kind is Kind.UNREACHABLE
        assert settings.url in trouble.words
        assert "influxdb.url" in trouble.words
        proxy = Proxy(influxd.url, port=port)
        await asyncio.to_thread(proxy.start)
        try:
            assert await first == await second == []
        finally:
            await asyncio.to_thread(proxy.stop)
    assert influxd.count(database, "m", "v") == 2
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2, told
    assert "cannot be reached" in told[0]
    assert "takes lines again" in told[1]


@pytest.mark.parametrize(
    ("wrong", "kind", "remedy"),
    [
        ({"token": "wrong-token"}, Kind.TOKEN, "influxdb.token_file"),
        ({"token": None}, Kind.TOKEN, "influxdb.token_file"),
        ({"token": READ_TOKEN}, Kind.RIGHTS, "influxdb.token_file"),
        ({"organisation": "other"}, Kind.ORGANISATION, "influxdb.organisation"),
        ({"bucket": "nowhere"}, Kind.BUCKET, "pantau influxdb setup"),
        ({"url": "{url}/elsewhere"}, Kind.ANSWER, "influxdb.url"),
    ],
)
async def test_a_wrong_setting_keeps_everything_and_says_once_which_one(
    influx: Proxy,
    database: str,
    caplog: pytest.LogCaptureFixture,
    wrong: dict[str, str | None],
    kind: Kind,
    remedy: str,
) -> None:
    changes = {key: it and it.format(url=influx.url) for key, it in wrong.items()}
    settings = settings_for(**({"url": influx.url, "bucket": database} | changes))  # type: ignore[arg-type]
    async with Delivery.open(settings, SystemClock(), FAST) as delivery:
        task = asyncio.create_task(delivery.deliver(b"m v=1i 1\n"))
        await until(lambda: delivery.counters.retries[kind.value] >= 4)
        trouble = delivery.trouble
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert trouble is not None
    assert trouble.kind is kind
    assert remedy in trouble.words
    assert delivery.trouble is None  # it was called off
    assert [it.getMessage() for it in caplog.records] == [trouble.words]
    assert caplog.records[0].levelno == logging.ERROR
    assert delivery.counters.dead == 0


async def test_a_bucket_made_later_is_found_without_a_restart(
    influx: Proxy, influxd: Influxd, database: str
) -> None:
    late = f"{database}-late"
    async with Delivery.open(settings_for(influx.url, late), SystemClock(), FAST) as delivery:
        task = asyncio.create_task(delivery.deliver(b"m v=1i 1\n"))
        await until(lambda: delivery.counters.retries["bucket"] >= 2)
        influxd.create_database(late)
        assert await task == []
    assert influxd.count(late, "m", "v") == 1


async def test_the_token_is_in_no_words_even_when_the_server_repeats_it(
    influx: Proxy, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = settings_for(influx.url, database)
    for status in (401, 500):
        influx.faults.append(Fault(status, f"Token {WRITE_TOKEN} is not to my taste"))
    influx.rule = lambda write: Fault(400, f"no: {WRITE_TOKEN}") if b"bad" in write.lines else None
    async with Delivery.open(settings, SystemClock(), FAST) as delivery:
        dead = await delivery.deliver(b"m v=1i 1\nm bad=1i 2\n")
    assert len(dead) == 1
    assert WRITE_TOKEN not in dead[0].words
    assert WRITE_TOKEN not in caplog.text
    assert WRITE_TOKEN not in repr(settings)
    assert "[token]" in caplog.text


async def test_a_token_that_can_be_none_is_refused_without_showing_it(database: str) -> None:
    settings = settings_for("http://127.0.0.1:1", database, token="rahasia\r\nX-Other: 1")  # noqa: S106
    with pytest.raises(SinkError, match=r"influxdb\.token_file") as refused:
        async with Delivery.open(settings, SystemClock()):
            pass
    assert "rahasia" not in str(refused.value)


@pytest.mark.parametrize("strict", [True, False], ids=["2.x", "1.x"])
async def test_one_poison_line_is_found_with_few_requests_and_the_others_are_stored(
    influxd: Influxd, database: str, strict: bool
) -> None:
    rows = lines_of(1000)
    rows[617] = b"this is no line protocol\n"
    with Proxy(influxd.url, strict=strict) as proxy:
        settings = settings_for(proxy.url, database)
        async with Delivery.open(settings, SystemClock(), FAST) as delivery:
            with nothing_more_than(proxy, 6):
                dead = await delivery.deliver(b"".join(rows))
    assert [it.line for it in dead] == [b"this is no line protocol"]
    assert dead[0].status in (400, 422)
    assert "unable to parse" in dead[0].words
    assert influxd.count(database, "m", "v") == 999


async def test_poison_lines_are_found_without_a_hint_by_halving(
    influx: Proxy, influxd: Influxd, database: str
) -> None:
    rows = lines_of(500)
    for place in (0, 77, 78, 499):
        rows[place] = b"poison v=1i %d\n" % place

    def rule(write: Write) -> Fault | None:
        return Fault(400, "one of them is bad") if b"poison" in write.lines else None

    influx.rule = rule
    async with Delivery.open(settings_for(influx.url, database), SystemClock(), FAST) as delivery:
        with nothing_more_than(influx, 80):
            dead = await delivery.deliver(b"".join(rows))
    assert [it.line for it in dead] == [b"poison v=1i %d" % place for place in (0, 77, 78, 499)]
    assert influxd.count(database, "m", "v") == 496
    assert influxd.count(database, "poison", "v") == 0
    assert delivery.counters.dead == 4


async def test_a_batch_of_nothing_but_poison_costs_few_requests_and_one_message(
    influx: Proxy, influxd: Influxd, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    poison = [b"m,nomor=%d v=bukan_angka %d\n" % (n, n) for n in range(2000)]
    async with Delivery.open(settings_for(influx.url, database), SystemClock(), FAST) as delivery:
        with nothing_more_than(influx, 4):
            dead = await delivery.deliver(b"".join(poison))
        again = await delivery.deliver(poison[0])
    assert [it.line + b"\n" for it in dead] == poison
    assert len(again) == 1
    assert influxd.count(database, "m", "v") == 0
    told = [it.getMessage() for it in caplog.records]
    assert len(told) == 1, told
    assert "refuses 2000 lines" in told[0]


async def test_lines_of_another_type_are_dead_letters_and_cost_few_requests(
    influx: Proxy, influxd: Influxd, database: str
) -> None:
    influxd.write(database, b'ping v="text of another program" 1\n')
    rows = [row for pair in zip(lines_of(400), lines_of(400, "ping"), strict=True) for row in pair]
    async with Delivery.open(settings_for(influx.url, database), SystemClock(), FAST) as delivery:
        with nothing_more_than(influx, 6):
            dead = await delivery.deliver(b"".join(rows))
    assert [it.line + b"\n" for it in dead] == lines_of(400, "ping")
    assert dead[0].status == 422
    assert "field type conflict" in dead[0].words
    assert influxd.count(database, "m", "v") == 400


async def test_lines_older_than_the_bucket_keeps_are_dead_letters_and_newer_ones_are_stored(
    influx: Proxy, influxd: Influxd, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    short = f"{database}-short"
    influxd.create_database(short, "1h")
    now = int(datetime.now(UTC).timestamp()) * 10**9  # noqa: TID251 - the engine's clock
    fresh = [b"m v=1i %d\n" % (now + n) for n in range(300)]
    async with Delivery.open(settings_for(influx.url, short), SystemClock(), FAST) as delivery:
        with nothing_more_than(influx, 4):
            old = await delivery.deliver(b"".join(lines_of(300)))
        mixed = await delivery.deliver(b"".join(lines_of(30) + fresh))
    assert len(old) == 300
    assert "beyond retention" in old[0].words
    assert [it.line + b"\n" for it in mixed] == lines_of(30)
    assert influxd.count(short, "m", "v") == 300
    assert "`pantau spool`" in caplog.text


async def test_nothing_is_given_up_while_even_a_good_line_is_refused(
    influx: Proxy, influxd: Influxd, database: str
) -> None:
    influx.rule = lambda _: Fault(400, "I dislike everything")  # a gateway gone mad
    async with Delivery.open(settings_for(influx.url, database), SystemClock(), FAST) as delivery:
        one = asyncio.create_task(delivery.deliver(b"m v=1i 9000\n"))
        many = asyncio.create_task(delivery.deliver(b"".join(lines_of(1000))))
        await until(lambda: delivery.counters.retries["request"] >= 8)
        trouble = delivery.trouble
        assert trouble is not None
        assert trouble.kind is Kind.REQUEST
        assert "clock" in trouble.words
        assert "I dislike everything" in trouble.words
        influx.reset()
        assert await one == await many == []
    assert delivery.counters.dead == 0
    assert influxd.count(database, "m", "v") == 1001


async def test_the_canary_is_only_written_after_a_refusal(
    influx: Proxy, influxd: Influxd, database: str
) -> None:
    async with Delivery.open(settings_for(influx.url, database), SystemClock(), FAST) as delivery:
        await delivery.deliver(b"".join(lines_of(5)))
        assert influxd.count(database, CANARY, "asked") == 0
        dead = await delivery.deliver(b"poison\n")
        assert len(dead) == 1
        assert influxd.count(database, CANARY, "asked") == 1


async def test_what_is_too_large_goes_in_halves_and_the_size_is_remembered(
    influx: Proxy, influxd: Influxd, database: str
) -> None:
    influx.rule = lambda write: Fault(413, "too large") if write.count > 300 else None
    async with Delivery.open(settings_for(influx.url, database), SystemClock(), FAST) as delivery:
        assert await delivery.deliver(b"".join(lines_of(2000))) == []
        halved = delivery.counters.halved
        assert await delivery.deliver(b"".join(lines_of(250, "n"))) == []
    assert 3 <= halved <= 8
    assert delivery.counters.halved == halved
    assert influxd.count(database, "m", "v") == 2000


async def test_a_single_line_that_is_too_large_is_a_dead_letter(
    influx: Proxy, influxd: Influxd, database: str
) -> None:
    influx.rule = lambda write: Fault(413) if len(write.lines) > 5000 else None
    huge = b'm text="' + b"x" * 6000 + b'" 5\n'
    async with Delivery.open(settings_for(influx.url, database), SystemClock(), FAST) as delivery:
        dead = await delivery.deliver(b"m v=1i 1\n" + huge + b"m v=1i 2\n")
    assert [(it.line + b"\n", it.status) for it in dead] == [(huge, 413)]
    assert influxd.count(database, "m", "v") == 2


async def test_a_request_that_takes_too_long_is_made_smaller(
    influx: Proxy, influxd: Influxd, database: str
) -> None:
    slow = Fault(delay_seconds=5)
    influx.rule = lambda write: slow if write.count > 150 else None
    settings = settings_for(influx.url, database, timeout="0.5s")
    async with Delivery.open(settings, SystemClock(), FAST) as delivery:
        assert await delivery.deliver(b"".join(lines_of(300))) == []
    assert delivery.counters.retries["timeout"] >= 1
    assert delivery.counters.halved >= 1
    assert influxd.count(database, "m", "v") == 300


async def test_no_more_requests_are_on_their_way_than_set(influxd: Influxd, database: str) -> None:
    with Proxy(influxd.url) as proxy:
        proxy.rule = lambda _: Fault(delay_seconds=0.05)
        settings = settings_for(proxy.url, database, in_flight=2)
        async with Delivery.open(settings, SystemClock(), FAST) as delivery:
            tasks = [asyncio.create_task(delivery.deliver(b"m v=1i %d\n" % n)) for n in range(6)]
            for task in tasks:
                assert await task == []
    assert proxy.most_at_once == 2


async def test_lines_of_other_buckets_go_there(
    influx: Proxy, influxd: Influxd, database: str
) -> None:
    influxd.create_database(f"{database}_5m")
    async with Delivery.open(settings_for(influx.url, database), SystemClock(), FAST) as delivery:
        assert await delivery.deliver(b"m v=1i 1\n", f"{database}_5m") == []
    assert influxd.count(f"{database}_5m", "m", "v") == 1
    assert influxd.count(database, "m", "v") == 0


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    tmp_path: Path, database: str, influxd: Influxd
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(make_certificate(tmp_path), tmp_path / "key.pem")
    with Proxy(influxd.url, tls=tls) as proxy:
        settings = settings_for(proxy.url, database)
        assert settings.url.startswith("https://")
        async with Delivery.open(settings, SystemClock(), FAST) as delivery:
            task = asyncio.create_task(delivery.deliver(b"m v=1i 1\n"))
            await until(lambda: delivery.counters.retries["certificate"] >= 2)
            trouble = delivery.trouble
            task.cancel()
            await asyncio.wait([task])
    assert trouble is not None
    assert "SSL_CERT_FILE" in trouble.words
    assert not proxy.writes
