"""Apprise in its process: real plugins against a receiver, and processes that misbehave."""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collector.model.alerts import Purpose, Severity
from collector.notify.channels import Message, NotifyError, apprise_process
from collector.notify.channels.addresses import Allowed
from collector.notify.channels.apprise import SERVICES, Apprise, AppriseSettings
from tests.alert_channel_hand import CLOCK, MESSAGE
from tests.alert_receiver import Fault, Receiver

HERE = Allowed.of("127.0.0.1")
SECRET = "sandi-rahasia"  # noqa: S105 - of tests


READY = "import json, os, sys, time; print('{\"ready\": true}', flush=True)\n"
ANSWERS = (
    "for line in sys.stdin:\n"
    "    print(json.dumps({'id': json.loads(line)['id'], 'state': 'sent'}), flush=True)\n"
)


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda words: monkeypatch.setattr(apprise_process, "_CODE", words)


@pytest.fixture(scope="module")
def one_receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def receiver(one_receiver: Receiver) -> Receiver:
    one_receiver.reset()
    return one_receiver


def url_of(receiver: Receiver, host: str = "127.0.0.1") -> str:
    return f"json://pantau:{SECRET}@{host}:{receiver.port}/hook/{SECRET}-di-jalur"


@asynccontextmanager
async def an_apprise(url: str, **other: Any) -> AsyncIterator[Apprise]:
    chosen: dict[str, Any] = {"allowed": HERE, "seconds": 20.0, **other}
    channel = Apprise(AppriseSettings("lain", url, **chosen), CLOCK)
    try:
        yield channel
    finally:
        await channel.close()
        await channel.close()
        assert channel._worker.process_id is None


async def trouble(channel: Apprise, message: Message = MESSAGE) -> NotifyError:
    with pytest.raises(NotifyError) as caught:
        await channel.send(message)
    shown = "".join(traceback.format_exception(caught.value)) + repr(channel._settings)
    assert SECRET not in shown
    assert len(str(caught.value)) < 500
    return caught.value


def is_there(process_id: int) -> bool:
    with contextlib.suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{process_id}/status").read_text()
    return False


# --- messages ------------------------------------------------------------------------------------


async def test_messages_go_through_one_process_that_hides_the_url(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    mild = replace(MESSAGE, severity=Severity.INFO)
    async with an_apprise(url_of(receiver)) as channel:
        sent = await channel.send(MESSAGE)
        process_id = channel._worker.process_id
        await channel.send(replace(MESSAGE, severity=Severity.WARNING))
        await channel.send(replace(mild, link=None, actions=(), text="satu\ndua"))
        await channel.send(replace(mild, purpose=Purpose.RECOVERED))
        assert channel._worker.process_id == process_id
        seen = Path(f"/proc/{process_id}/cmdline").read_bytes()
        seen += Path(f"/proc/{process_id}/environ").read_bytes()
        with caplog.at_level("DEBUG"):
            await channel.send(replace(MESSAGE, text="panjang " * 500))
    assert sent.answer == "json: taken"
    assert process_id is not None
    assert not is_there(process_id)
    assert SECRET.encode() not in seen
    assert SECRET not in caplog.text
    bodies = receiver.of("webhook")
    assert [body["type"] for body in bodies] == ["failure", "warning", "info", "success", "failure"]
    assert bodies[0]["title"] == MESSAGE.title
    assert bodies[0]["message"] == (
        f"{MESSAGE.text}\nSaya tangani: {MESSAGE.actions[0][1]}\n{MESSAGE.link}"
    )
    assert bodies[2]["message"] == "satu\ndua"
    assert len(bodies[4]["message"]) <= 1_000
    assert bodies[4]["message"].endswith(
        f"…\nSaya tangani: {MESSAGE.actions[0][1]}\n{MESSAGE.link}"
    )


async def test_what_a_refusal_means_is_said_as_far_as_apprise_lets_it_be_known(
    receiver: Receiver,
) -> None:
    elsewhere = {"Location": f"{receiver.url}/hook/lain"}
    cases: list[tuple[Fault, str, bool]] = [
        (Fault(404), r"answered 404\); is the URL right", False),
        (Fault(401, f'{{"token": "{SECRET}"}}'), r"answered 401\); is the token", False),
        (Fault(429, headers={"Retry-After": "7"}), r"answered 429\); .*per_minute", False),
        (Fault(503), r"answered 503\)", False),
        (Fault(302, headers=elsewhere), r"answered 302\); it has moved", False),
        (Fault(cut=True, takes=True), "it may have arrived", True),
    ]
    async with an_apprise(url_of(receiver)) as channel:
        for fault, words, maybe in cases:
            receiver.faults.append(fault)
            error = await trouble(channel)
            assert not error.permanent
            assert error.maybe_sent is maybe
            assert error.retry_after is None
            assert len(receiver.requests) == 1, "nothing is tried twice or followed"
            receiver.requests.clear()
            assert re.search(words, str(error))
        await channel.send(MESSAGE)
    assert len(receiver.of("webhook")) == 2


async def test_a_service_that_hangs_costs_its_process_and_the_next_message_has_a_new_one(
    receiver: Receiver, code: Any
) -> None:
    async with an_apprise(url_of(receiver), seconds=1.0) as channel:
        receiver.faults.append(Fault(delay_seconds=10))
        sending = asyncio.create_task(trouble(channel))
        while not receiver.requests and not sending.done():
            await asyncio.sleep(0.01)
        first = channel._worker.process_id
        error = await sending
        assert error.maybe_sent
        assert not error.permanent
        assert "no answer within 1 s" in str(error)
        assert first is not None
        assert not is_there(first)
        code(READY + ANSWERS)
        await channel.send(MESSAGE)
        assert channel._worker.process_id not in (None, first)


# --- where it may go -----------------------------------------------------------------------------


async def test_where_it_may_not_or_cannot_go_is_said(receiver: Receiver) -> None:
    wide = Allowed.of("169.254.0.0/16", private=True)
    cases: list[tuple[str, Allowed, str, bool]] = [
        (url_of(receiver, "localhost"), Allowed(), "this machine; nothing is sent there", True),
        (url_of(receiver), Allowed(), "allow_networks", True),
        ("json://169.254.169.254/latest", wide, "link-local", True),
        ("json://127.0.0.1:1/hook", HERE, "cannot be reached", False),
        (f"slack://{SECRET}", HERE, "does not understand the URL of slack", True),
    ]
    async with an_apprise(url_of(receiver)) as channel:
        for url, allowed, words, permanent in cases:
            other = Apprise(AppriseSettings("lain", url, allowed), CLOCK)
            other._worker = channel._worker  # one process is enough for all of these
            error = await trouble(other)
            assert words in str(error)
            assert error.permanent is permanent
            assert not error.maybe_sent
    assert not receiver.requests


FORBIDDEN = {
    "a shell": "os.system('true')",
    "a program": "subprocess.run(['true'])",
    "a fork": "os.fork()",
    "another program in its place": "os.execv('/bin/true', ['true'])",
    "writing a file": "open(target, 'w')",
    "appending to a file": "open(target, 'ab')",
    "a file by the system's call": "os.open(target, os.O_RDWR | os.O_CREAT)",
    "removing a file": "os.remove(__file__)",
    "listening": "socket.socket().bind(('127.0.0.1', 0))",
    "a socket of this machine": "socket.socket(socket.AF_UNIX).connect('/dev/log')",
    "a datagram to this machine": (
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 514))"
    ),
    "a name instead of an address": "socket.socket().connect(('localhost', 80))",
    "an address in disguise": "socket.socket().connect(('2130706433', 80))",
    "IPv6": "socket.socket(socket.AF_INET6).connect(('::1', 80, 0, 0))",
}


def test_whatever_a_plugin_wants_it_starts_writes_and_asks_nothing_here(tmp_path: Path) -> None:
    script = tmp_path / "plugin.py"
    lines = ["import os, socket, subprocess, sys", f"target = {str(tmp_path / 'made')!r}"]
    lines += [
        "from collector.notify.channels.apprise_guard import Guard",
        "guard = Guard(); guard.install()",
    ]
    for name, deed in FORBIDDEN.items():
        lines += [f"try:\n    {deed}\n    print({name!r})", "except PermissionError:\n    pass"]
    lines += ["print('refused', guard.refused)", "print(len(open(__file__).read()) > 0)"]
    script.write_text("\n".join(lines))
    root = Path(__file__).parents[2]
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, str(script)],
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    refused = "refused something that is no address of the internet"
    assert done.stdout.splitlines() == [refused, "True"], done.stderr
    assert sorted(one.name for one in tmp_path.iterdir()) == ["plugin.py"]


async def test_an_endless_answer_ends_in_bounded_time_and_memory() -> None:
    peak = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                writer.write(b"x" * 2**20)
                await writer.drain()
                await asyncio.sleep(0.001)
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with an_apprise(f"json://127.0.0.1:{port}/", seconds=2.0) as channel:
            sending = asyncio.create_task(trouble(channel))
            while not sending.done():
                await asyncio.sleep(0.05)
                with contextlib.suppress(OSError, IndexError):
                    status = Path(f"/proc/{channel._worker.process_id}/status").read_text()
                    peak = max(peak, int(status.split("VmHWM:")[1].split()[0]))
            error = await sending
    assert not error.permanent
    assert peak < 2**19, "KiB"


# --- processes that misbehave --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said", "maybe"),
    [
        ("raise SystemExit(3)", "does not start", False),
        ("print('selamat pagi', flush=True); input()", "does not start", False),
        ("print('x' * 10**6, flush=True); input()", "does not start", False),
        (READY + "input(); os._exit(1)", "ended in the middle", True),
        (READY + "input(); print('apa?', flush=True); input()", "ended in the middle", True),
        (READY + "input(); print('x' * 10**6, flush=True); input()", "ended in the middle", True),
        (READY + 'input(); print(\'{"id": 77, "state": "sent"}\')', "in the middle", True),
        (READY + "input(); time.sleep(60)", "no answer within", True),
        (READY + "os.close(0); time.sleep(60)", "", True),
    ],
)
async def test_a_process_that_misbehaves_is_ended_and_said_to_be(
    code: Any, monkeypatch: pytest.MonkeyPatch, words: str, said: str, maybe: bool
) -> None:
    code(words.replace("time.sleep", "__import__('time').sleep"))
    monkeypatch.setattr(apprise_process, "LATE_SECONDS", 0.2)
    async with an_apprise("json://127.0.0.1/", seconds=0.3) as channel:
        error = await trouble(channel)
        assert said in str(error)
        assert error.maybe_sent is maybe
        assert not error.permanent
        assert channel._worker.process_id is None
        code(READY + ANSWERS)
        await channel.send(MESSAGE)


async def test_a_process_that_does_not_get_ready_is_ended(
    code: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    code("input()")
    monkeypatch.setattr(apprise_process, "START_SECONDS", 0.2)
    async with an_apprise("json://127.0.0.1/") as channel:
        assert "not ready within 0.2 s" in str(await trouble(channel))


async def test_one_that_was_killed_between_two_messages_is_started_again(code: Any) -> None:
    code(READY + ANSWERS)
    async with an_apprise("json://127.0.0.1/") as channel:
        await channel.send(MESSAGE)
        process_id = channel._worker.process_id
        assert process_id is not None
        os.kill(process_id, signal.SIGKILL)
        while is_there(process_id):
            await asyncio.sleep(0.01)
        while channel._worker.process_id is not None:
            await asyncio.sleep(0.01)
        await channel.send(MESSAGE)


async def test_an_idle_process_gives_its_memory_back(
    code: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    code(READY + ANSWERS)
    monkeypatch.setattr(apprise_process, "IDLE_SECONDS", 0.05)
    async with an_apprise("json://127.0.0.1/") as channel:
        await channel.send(MESSAGE)
        first = channel._worker._process
        assert first is not None
        async with asyncio.timeout(10):
            await first.wait()
        await channel.send(MESSAGE)


async def test_a_message_that_is_cancelled_leaves_no_process_with_half_an_answer(
    code: Any,
) -> None:
    code(READY + "for line in sys.stdin:\n    time.sleep(60)\n")
    async with an_apprise("json://127.0.0.1/") as channel:
        sending = asyncio.create_task(channel.send(MESSAGE))
        while channel._worker.process_id is None and not sending.done():
            await asyncio.sleep(0.01)
        process_id = channel._worker.process_id
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert process_id is not None
        assert not is_there(process_id)
        code(READY + ANSWERS)
        await channel.send(MESSAGE)


async def test_messages_wait_for_each_other(code: Any) -> None:
    code(READY + ANSWERS)
    async with an_apprise("json://127.0.0.1/") as channel:
        sent = await asyncio.gather(*(channel.send(MESSAGE) for _ in range(20)))
        assert {one.answer for one in sent} == {"json: taken"}
        assert channel._worker._count == 20


async def test_who_waits_too_long_for_others_was_surely_not_sent(
    code: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    code(READY + "for line in sys.stdin:\n    time.sleep(60)\n")
    monkeypatch.setattr(apprise_process, "WAIT_SECONDS", 0.05)
    async with an_apprise("json://127.0.0.1/") as channel:
        first = asyncio.create_task(channel.send(MESSAGE))
        while not channel._worker._turn.locked() and not first.done():
            await asyncio.sleep(0.01)
        error = await trouble(channel)
        assert "busy" in str(error)
        assert not error.maybe_sent
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first


# --- URLs ----------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # of apprise
def test_every_service_that_may_be_used_is_known_to_apprise() -> None:
    import apprise

    known: set[str] = set()
    for service in apprise.Apprise().details()["schemas"]:
        known |= {*(service["protocols"] or ()), *(service["secure_protocols"] or ())}
    assert known >= SERVICES
    here = {"dbus", "gnome", "windows", "macosx", "syslog", "rsyslog", "blink1", "apprise", "amqp"}
    assert not SERVICES & (here | {"mailto", "tgram", "ntfy", "whatsapp", "mqtt", "irc", "file"})


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("tgram://123:sandi-rahasia/456", "a channel of type telegram"),
        ("mailtos://orang:sandi-rahasia@surat.example", "a channel of type email"),
        ("MQTT://sandi-rahasia", "a channel of type mqtt"),
        ("syslog://", "none of the services"),
        ("dbus://", "none of the services"),
        ("file:///etc/sandi-rahasia", "none of the services"),
        ("https://hooks.slack.com/sandi-rahasia", "none of the services"),
        ("slack", "one apprise URL"),
        ("", "one apprise URL"),
        ("slack://a sandi-rahasia", "one apprise URL"),
        ("slack://sandi-rahasia\nslack://b", "one apprise URL"),
        ("slack://sandi-rahasia?redirect=yes", "leave redirect= out"),
        ("slack://sandi-rahasia?a=1&Retry=5", "leave retry= out"),
        ("slack://sandi-rahasia?%74emplate=/etc/passwd", "leave template= out"),
        ("slack://" + "sandi-rahasia" * 500, "longer than 4096"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_being_shown(url: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy) as caught:
        Apprise(AppriseSettings("lain", url), CLOCK)
    assert SECRET not in str(caught.value)


def test_without_apprise_the_command_that_installs_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ValueError, match=r"pip install 'pantau\[apprise\]'"):
        Apprise(AppriseSettings("lain", "slack://a/b/c"), CLOCK)
