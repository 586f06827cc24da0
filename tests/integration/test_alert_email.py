"""E-mail against a server that behaves, and misbehaves, as mail servers do."""

import asyncio
import ssl
import traceback
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.model.alerts import Severity
from collector.notify.channels import Message, NotifyError, Sent
from collector.notify.channels.email import LONGEST, Email, EmailSettings
from tests.alert_channel_hand import CLOCK, MESSAGE
from tests.alert_mail_server import PASSWORD, USER, MailServer, make_authority, running_mail_server

ONE = "piket@kota.example"
OTHER = "kepala@kota.example"


def email(server: MailServer, **other: Any) -> Email:
    chosen: dict[str, Any] = {
        "name": "surat",
        "host": "127.0.0.1",
        "port": server.port,
        "sender": "Pantau Kota <pantau@kota.example>",
        "to": (ONE,),
        "tls": "none",
        "seconds": 10.0,
    }
    return Email(EmailSettings(**(chosen | other)), CLOCK)


async def trouble(channel: Email, message: Message = MESSAGE) -> NotifyError:
    with pytest.raises(NotifyError) as caught:
        await channel.send(message)
    shown = "".join(traceback.format_exception(caught.value)) + repr(channel._settings)
    assert PASSWORD not in shown
    assert len(str(caught.value)) < 700
    return caught.value


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content()).replace("\r\n", "\n")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_authority(tmp_path_factory.mktemp("mail") / "kota.pem")


@pytest.fixture
def server_tls(authority: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority)
    return context


# --- what arrives --------------------------------------------------------------------------------


async def test_a_mail_says_the_same_in_plain_words_and_in_html() -> None:
    async with running_mail_server() as server:
        sent = await email(server).send(MESSAGE)
    [(recipients, mail)] = server.taken
    assert recipients == (ONE,)
    assert mail["Subject"] == MESSAGE.title
    assert mail["From"] == "Pantau Kota <pantau@kota.example>"
    assert mail["To"] == ONE
    assert mail["Date"] == "Fri, 27 Nov 2026 01:00:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Importance"] == "high"
    assert part(mail, "plain") == (
        f"{MESSAGE.title}\n{MESSAGE.text}\nSaya tangani: {MESSAGE.actions[0][1]}\n{MESSAGE.link}\n"
    )
    rich = part(mail, "html")
    assert "<strong>MATI: Switch Pasar &lt;Baru&gt; &amp; 40 kamera</strong>" in rich
    assert f'<a href="{MESSAGE.actions[0][1]}">Saya tangani</a>' in rich
    assert f'<a href="{MESSAGE.link}">' in rich
    assert sent == Sent(mail["Message-ID"], "250 OK: 17 taken")


async def test_a_mail_of_less_weight_is_not_marked_as_important() -> None:
    async with running_mail_server() as server:
        await email(server).send(replace(MESSAGE, severity=Severity.WARNING))
    assert server.taken[0][1]["Importance"] is None


async def test_the_same_message_has_the_same_id_and_later_ones_answer_the_first() -> None:
    async with running_mail_server() as server:
        channel = email(server)
        first = await channel.send(MESSAGE)
        again = await channel.send(MESSAGE)
        later = await channel.send(replace(MESSAGE, key="n-18", reference=first.reference))
    assert first.reference == again.reference == later.reference
    ids = [mail["Message-ID"] for _, mail in server.taken]
    assert ids[0] == ids[1] != ids[2]
    assert server.taken[2][1]["In-Reply-To"] == server.taken[2][1]["References"] == ids[0]
    assert server.taken[1][1]["In-Reply-To"] is None


async def test_a_reference_that_is_no_message_id_is_left_out() -> None:
    async with running_mail_server() as server:
        channel = email(server)
        for reference in ("<a@b>\r\nBcc: orang@lain.example", "17", "", "<" + "a" * 9000 + "@b>"):
            await channel.send(replace(MESSAGE, reference=reference))
    for _, mail in server.taken:
        assert mail["References"] is None
        assert mail["Bcc"] is None


@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=300), st.text(max_size=600), st.text(min_size=1, max_size=60))
def test_no_words_become_a_header_or_keep_a_mail_from_being_made(
    title: str, text: str, key: str
) -> None:
    channel = email(MailServer(port=25))
    plain = channel._mail(MESSAGE)
    mail = channel._mail(
        replace(MESSAGE, title=title, text=text, key=key, actions=((text, "https://x.example/"),))
    )
    assert mail.as_bytes().isascii()
    assert sorted(mail.keys()) == sorted(plain.keys())
    from email import message_from_bytes
    from email.policy import default

    read = message_from_bytes(mail.as_bytes(), policy=default)
    assert sorted(read.keys()) == sorted(plain.keys())


@pytest.mark.parametrize(
    "title",
    ["Judul\r\nBcc: orang@lain.example", "a\x00b\x1b[31m", "satu\u2028dua", "\ud83d", "x" * 5000],
)
async def test_a_title_with_line_ends_or_odd_letters_stays_one_header(title: str) -> None:
    async with running_mail_server() as server:
        await email(server).send(replace(MESSAGE, title=title))
    [(_, mail)] = server.taken
    assert mail["Bcc"] is None
    assert mail["To"] == ONE
    assert len(mail["Subject"]) <= 200
    assert "\n" not in mail["Subject"]


async def test_a_line_with_a_single_dot_does_not_end_the_mail() -> None:
    async with running_mail_server() as server:
        await email(server).send(replace(MESSAGE, text="satu\n.\ndua\n..tiga"))
    assert "satu\n.\ndua\n..tiga" in part(server.taken[0][1], "plain")


async def test_a_text_of_any_length_is_cut_and_its_lines_are_short_enough_for_mail() -> None:
    async with running_mail_server() as server:
        await email(server).send(replace(MESSAGE, text="kamera 📷 " * 9000, html=None))
    [raw] = server.raw
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert len(part(server.taken[0][1], "plain")) < LONGEST + 500


# --- several recipients --------------------------------------------------------------------------


async def test_who_is_refused_for_good_is_told_of_and_the_rest_gets_it() -> None:
    async with running_mail_server() as server:
        server.refuse[OTHER] = ["550 5.1.1 no such mailbox"]
        sent = await email(server, to=(ONE, OTHER)).send(MESSAGE)
    assert [recipients for recipients, _ in server.taken] == [(ONE,)]
    assert f"refused for good: {OTHER} (550 5.1.1 no such mailbox)" in sent.answer


async def test_who_is_refused_for_now_gets_it_later_and_the_rest_only_once() -> None:
    async with running_mail_server() as server:
        server.refuse[OTHER] = ["451 4.7.1 greylisted, try again"]
        channel = email(server, to=(ONE, OTHER))
        error = await trouble(channel)
        await channel.send(MESSAGE)
    assert not error.permanent
    assert not error.maybe_sent
    assert "greylisted" in str(error)
    assert [recipients for recipients, _ in server.taken] == [(ONE,), (OTHER,)]
    assert channel._reached == {}


async def test_when_all_are_refused_for_good_it_is_permanent() -> None:
    async with running_mail_server() as server:
        server.refuse = {ONE: ["550 no"], OTHER: ["553 no"]}
        error = await trouble(email(server, to=(ONE, OTHER)))
    assert error.permanent
    assert server.taken == []


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "answer", "permanent"),
    [
        ("MAIL", "550 5.7.1 you may not send", True),
        ("MAIL", "421 4.3.2 shutting down", False),
        (ONE, "421 4.3.2 shutting down", False),
        ("DATA", "451 4.3.0 disk full", False),
        ("DATA", "552 5.3.4 too large", True),
        ("DATA", "554 5.7.1 looks like spam", True),
    ],
)
async def test_five_hundreds_are_permanent_and_four_hundreds_pass(
    step: str, answer: str, permanent: bool
) -> None:
    async with running_mail_server() as server:
        server.refuse[step] = [answer]
        error = await trouble(email(server))
        await email(server).send(MESSAGE)
    assert error.permanent is permanent
    assert not error.maybe_sent
    assert answer.partition(" ")[2] in str(error)
    assert len(server.taken) == 1


@pytest.mark.parametrize("answer", ["xyz", "999 what", "199 hm", "354 go on"])
async def test_words_that_are_no_answer_leave_open_what_became_of_the_mail(answer: str) -> None:
    async with running_mail_server() as server:
        server.refuse["DATA"] = [answer]
        error = await trouble(email(server))
        server.refuse[ONE] = [answer]
        before = await trouble(email(server))
    assert error.maybe_sent
    assert not error.permanent
    assert not before.maybe_sent
    assert not before.permanent


@pytest.mark.parametrize(("step", "maybe"), [("RCPT", False), ("DATA", True)])
async def test_a_server_that_hangs_up_after_the_content_began_may_have_it(
    step: str, maybe: bool
) -> None:
    async with running_mail_server() as server:
        server.hang_up_at = step
        error = await trouble(email(server))
    assert error.maybe_sent is maybe
    assert not error.permanent
    assert len(server.taken) == maybe


@pytest.mark.parametrize(("step", "maybe"), [("RCPT", False), ("DATA", True)])
async def test_a_server_that_falls_silent_is_left_in_bounded_time(step: str, maybe: bool) -> None:
    async with running_mail_server() as server:
        server.silent_at = step
        error = await trouble(email(server, seconds=0.3))
    assert error.maybe_sent is maybe
    assert "did not answer within 0.3 s" in str(error)


async def test_no_server_is_a_passing_error_that_says_what_to_look_at() -> None:
    async with running_mail_server() as server:
        pass
    error = await trouble(email(server))
    assert "refuses the connection: does it run?" in str(error)
    assert not error.permanent
    assert not error.maybe_sent


@pytest.mark.parametrize(
    "greeting", [b"SSH-2.0-OpenSSH\r\n", b"\xff\x00" * 500, b"554 go away\r\n"]
)
async def test_what_speaks_no_smtp_is_told_as_such(greeting: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        writer.write(greeting)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        error = await trouble(email(MailServer(port=port), seconds=2.0))
    assert not error.maybe_sent
    assert error.permanent is greeting.startswith(b"554")


# --- TLS and login -------------------------------------------------------------------------------


async def test_the_password_goes_over_checked_tls_only(
    server_tls: ssl.SSLContext, authority: Path
) -> None:
    known = {"tls": "starttls", "user": USER, "password": PASSWORD}
    async with running_mail_server(tls=server_tls, login=True) as server:
        sent = await email(server, ca_file=authority, **known).send(MESSAGE)
        assert sent.answer.startswith("250")
        assert server.logins == [(USER, True)]
        stranger = await trouble(email(server, **known))
        assert "is not trusted" in str(stranger)
        assert "ca_file" in str(stranger)
        assert server.logins == [(USER, True)]
    assert len(server.taken) == 1


async def test_tls_from_the_first_byte(server_tls: ssl.SSLContext, authority: Path) -> None:
    known = {"tls": "tls", "user": USER, "password": PASSWORD}
    async with running_mail_server(tls=server_tls, from_the_first_byte=True, login=True) as server:
        await email(server, ca_file=authority, **known).send(MESSAGE)
        assert "is not trusted" in str(await trouble(email(server, **known)))
    assert len(server.taken) == 1
    async with running_mail_server() as plain:
        error = await trouble(email(plain, ca_file=authority, seconds=2.0, **known))
    assert "TLS" in str(error) or "did not answer" in str(error)


async def test_without_starttls_nothing_is_sent_in_the_clear() -> None:
    async with running_mail_server(login=True) as server:
        error = await trouble(email(server, tls="starttls", user=USER, password=PASSWORD))
    assert error.permanent
    assert "offers no STARTTLS" in str(error)
    assert not server.taken
    assert not server.logins


async def test_a_wrong_password_is_permanent_and_never_shown(
    server_tls: ssl.SSLContext, authority: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="aiosmtplib")
    known = {"tls": "starttls", "user": "orang", "password": PASSWORD, "ca_file": authority}
    async with running_mail_server(tls=server_tls, login=True) as server:
        error = await trouble(email(server, **known))
    assert error.permanent
    assert "refused the login: 535" in str(error)
    assert "user and password" in str(error)
    assert PASSWORD not in caplog.text


async def test_a_server_without_logins_is_told_of(
    server_tls: ssl.SSLContext, authority: Path
) -> None:
    async with running_mail_server(tls=server_tls) as server:
        known = {"tls": "starttls", "user": USER, "password": PASSWORD, "ca_file": authority}
        error = await trouble(email(server, **known))
    assert error.permanent
    assert "offers no login" in str(error)


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"to": ()}, "1 to 50"),
        ({"to": ("a@b",) * 51}, "1 to 50"),
        ({"to": ("piket",)}, "nama@kota.example"),
        ({"to": ("a@b\r\nRCPT TO:<c@d>",)}, "nama@kota.example"),
        ({"sender": "Pantau"}, "Pantau <pantau@kota.example>"),
        ({"sender": "a@b\r\nBcc: c@d"}, "Pantau <pantau@kota.example>"),
        ({"user": USER, "password": PASSWORD}, "tls: starttls"),
        ({"tls": "starttls", "password": PASSWORD}, "needs a user"),
    ],
)
def test_settings_that_cannot_be_right_say_so_at_once(wrong: dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy) as caught:
        email(MailServer(port=25), **wrong)
    assert PASSWORD not in str(caught.value)
