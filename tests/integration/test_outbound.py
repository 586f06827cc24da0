"""The one way out over HTTP: nothing but checked addresses, whatever names and servers say."""

import asyncio
import datetime
import logging
import ssl
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.notify.channels import NotifyError
from collector.notify.channels.addresses import Allowed, address_of, reason_against
from collector.notify.channels.outbound import (
    LARGEST_ANSWER,
    Answer,
    Outbound,
    OutboundSettings,
)
from tests.alert_receiver import Fault, Receiver

HERE = Allowed.of("127.0.0.0/8")
CLOSED = Allowed()


@pytest.fixture
def canary() -> Iterator[Receiver]:
    """A server on this machine that must not hear anything."""
    with Receiver() as receiver:
        yield receiver


def ask(
    url: str,
    *,
    allowed: Allowed = CLOSED,
    resolved: Sequence[Sequence[str]] = (),
    seconds: float = 5.0,
    method: str = "POST",
    ca_file: Path | None = None,
    times: int = 1,
) -> Answer:
    """Send with a resolver that gives these addresses, one after the other, then the last."""
    answers = list(resolved)

    async def resolve(host: str, port: int) -> Sequence[str]:
        del host, port
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def run() -> Answer:
        outbound = Outbound(
            OutboundSettings(allowed, ca_file, seconds),
            **({"resolve": resolve} if resolved else {}),
        )
        try:
            for _ in range(times - 1):
                await outbound.request(method, url, content=b"{}")
            return await outbound.request(method, url, content=b"{}")
        finally:
            await outbound.close()
            await outbound.close()

    return asyncio.run(run())


LOOPBACK_HOSTS = [
    "127.0.0.1",
    "localhost",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "0",
    "0.0.0.0",  # noqa: S104 - must be refused
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "\uff11\uff12\uff17.\uff10.\uff10.\uff11",  # wide digits
    "127。0。0。1",
    "①②⑦.⓪.⓪.①",
    "%31%32%37.0.0.1",
    "good.example@127.0.0.1",
    "127.0.0.1\\@good.example",
]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", LOOPBACK_HOSTS)
def test_no_way_of_writing_this_machine_reaches_it(
    canary: Receiver, host: str, scheme: str
) -> None:
    with pytest.raises(NotifyError):
        ask(f"{scheme}://{host}:{canary.port}/hook")
    assert not canary.requests


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["93.184.215.14", "127.0.0.1"],
        ["127.0.0.1", "93.184.215.14"],
        ["2606:2800:21f:cb07::1", "fd00:ec2::254"],
        ["169.254.169.254"],
        ["fe80::1%eth0"],
        ["10.0.0.1"],
        ["100.64.1.1"],
        ["not an address"],
        [],
    ],
)
def test_a_name_with_one_bad_address_is_not_talked_to(
    canary: Receiver, addresses: list[str]
) -> None:
    with pytest.raises(NotifyError) as caught:
        ask(f"https://kota.example:{canary.port}/hook", resolved=[addresses])
    assert not canary.requests
    assert not caught.value.maybe_sent


def test_a_name_that_changes_after_the_check_changes_nothing(canary: Receiver) -> None:
    """The name is asked once a request; the second answer of a rebinding server is never used."""
    url = f"http://kota.example:{canary.port}/hook"
    allowed = Allowed.of("127.0.0.1/32")
    answer = ask(url, allowed=allowed, resolved=[["127.0.0.1"], ["127.0.0.2"]])
    assert answer.status == 200
    with pytest.raises(NotifyError, match=r"127\.0\.0\.2"):
        ask(url, allowed=allowed, resolved=[["127.0.0.1"], ["127.0.0.2"]], times=2)
    assert len(canary.requests) == 2
    assert canary.requests[0].headers["host"] == f"kota.example:{canary.port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(canary: Receiver, status: int) -> None:
    with Receiver() as front:
        front.faults.append(Fault(status, headers={"Location": f"{canary.url}/hook"}))
        answer = ask(f"{front.url}/hook", allowed=HERE)
    assert answer.status == status
    assert not canary.requests


def test_proxies_and_passwords_of_the_environment_are_not_used(
    canary: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login siapa password rahasia\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, canary.url)
    with Receiver() as receiver:
        assert ask(f"{receiver.url}/hook", allowed=HERE).status == 200
        assert "authorization" not in receiver.requests[0].headers
    assert not canary.requests


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://kota.example/x", "neither https"),
        ("file:///etc/passwd", "neither https"),
        ("https://siapa:rahasia@kota.example/", "name or password"),
        ("https:///rahasia", "host"),
        ("https://[::1%25lo]/", "no URL|host"),
        ("https://kota.example:99999/", "port"),
        ("https://kota.example/" + "x" * 3000, "longer"),
        ("rahasia", "neither https"),
        ("https://exa\nmple/rahasia", "no URL"),
    ],
)
def test_a_url_that_cannot_be_is_refused_without_being_shown(url: str, words: str) -> None:
    with pytest.raises(NotifyError, match=words) as caught:
        ask(url)
    assert caught.value.permanent
    assert "rahasia" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_plain_http_goes_only_where_the_settings_opened() -> None:
    with pytest.raises(NotifyError, match="write https"):
        ask("http://kota.example/", resolved=[["93.184.215.14"]])


ADDRESSES = [
    ("93.184.215.14", "public"),
    ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", "public"),
    ("64:ff9b::5db8:d70e", "named"),
    ("127.0.0.1", "private"),
    ("127.255.255.254", "private"),
    ("10.1.2.3", "private"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("172.32.0.1", "public"),
    ("192.168.1.1", "private"),
    ("100.64.0.1", "private"),
    ("100.127.255.255", "private"),
    ("100.128.0.1", "public"),
    ("fd12::1", "private"),
    ("::1", "private"),
    ("::ffff:10.1.2.3", "private"),
    ("198.18.0.1", "named"),
    ("203.0.113.7", "named"),
    ("2001:db8::1", "named"),
    ("2001:0:1::1", "never"),
    ("2002:7f00:1::", "never"),
    ("169.254.169.254", "never"),
    ("::ffff:169.254.169.254", "never"),
    ("fd00:ec2::254", "never"),
    ("100.100.100.200", "never"),
    ("168.63.129.16", "never"),
    ("224.0.0.1", "never"),
    ("255.255.255.255", "never"),
    ("0.0.0.0", "never"),  # noqa: S104 - must be refused
    ("0.1.2.3", "never"),
    ("::", "never"),
    ("fe80::1", "never"),
    ("ff02::1", "never"),
    ("4000::1", "no internet"),
]


@pytest.mark.parametrize(("text", "kind"), ADDRESSES)
def test_what_is_open_without_and_with_settings(text: str, kind: str) -> None:
    address = address_of(text)
    assert address is not None
    everything = Allowed.of("0.0.0.0/0", "::/0")
    by_default = reason_against(address, CLOSED) == ""
    by_private = reason_against(address, Allowed(private=True)) == ""
    by_name = reason_against(address, everything) == ""
    assert (by_default, by_private, by_name) == {
        "public": (True, True, True),
        "private": (False, True, True),
        "named": (False, False, True),
        "no internet": (False, False, True),
        "never": (False, False, False),
    }[kind]


@given(st.ip_addresses(v=4))
@settings(deadline=None)
def test_an_address_in_disguise_is_judged_as_itself_or_worse(address: IPv4Address) -> None:
    plain = reason_against(address, CLOSED)
    mapped = address_of(f"::ffff:{address}")
    assert mapped == address
    for disguise in (f"64:ff9b::{address}", f"::{address}"):
        hidden = address_of(disguise)
        assert isinstance(hidden, IPv6Address)
        assert reason_against(hidden, CLOSED)
        if plain and address != IPv4Address("0.0.0.1"):  # ::1 is this machine
            assert reason_against(hidden, Allowed.of("64:ff9b::/96"))


@given(st.ip_addresses())
@settings(deadline=None)
def test_what_the_standard_library_calls_inside_is_never_open(
    address: IPv4Address | IPv6Address,
) -> None:
    inside = address.is_private or address.is_loopback or address.is_link_local
    if inside or address.is_multicast or address.is_reserved or address.is_unspecified:
        assert reason_against(address, CLOSED)


# --- bounds, and what is known about the message -------------------------------------------------


def test_an_endless_answer_is_cut(canary: Receiver) -> None:
    canary.faults.append(Fault(200, "x" * (LARGEST_ANSWER * 4)))
    answer = ask(f"{canary.url}/hook", allowed=HERE)
    assert (answer.status, len(answer.body), answer.complete) == (200, LARGEST_ANSWER, False)


def test_a_slow_answer_may_have_been_sent(canary: Receiver) -> None:
    canary.faults.append(Fault(200, delay_seconds=1.0))
    with pytest.raises(NotifyError, match=r"within 0\.2 s") as caught:
        ask(f"{canary.url}/hook", allowed=HERE, seconds=0.2)
    assert caught.value.maybe_sent
    assert not caught.value.permanent


def test_a_body_that_drips_does_not_hide_the_status(canary: Receiver) -> None:
    canary.faults.append(Fault(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"))
    answer = ask(f"{canary.url}/hook", allowed=HERE)
    assert (answer.status, answer.body, answer.complete) == (200, b"{", False)


@pytest.mark.parametrize("raw", [b"", b"HTP/9 what\r\n\r\n", b"\x16\x03\x01", b"HTTP/1.1 2"])
def test_a_cut_before_the_answer_may_have_been_sent(canary: Receiver, raw: bytes) -> None:
    canary.faults.append(Fault(cut=True, raw=raw))
    with pytest.raises(NotifyError, match="broke") as caught:
        ask(f"{canary.url}/hook", allowed=HERE)
    assert caught.value.maybe_sent


def test_what_was_never_connected_was_not_sent(canary: Receiver) -> None:
    canary.stop()
    with pytest.raises(NotifyError, match="refuses the connection") as caught:
        ask(f"{canary.url}/hook", allowed=HERE)
    assert not caught.value.maybe_sent
    assert not caught.value.permanent


def test_the_next_address_is_tried_when_one_is_dead(canary: Receiver) -> None:
    answer = ask(
        f"http://kota.example:{canary.port}/hook",
        allowed=HERE,
        resolved=[["127.0.0.9", "127.0.0.1"]],
    )
    assert answer.status == 200
    assert len(canary.requests) == 1


def test_a_resolver_that_hangs_is_not_waited_for() -> None:
    async def hang(host: str, port: int) -> Sequence[str]:
        del host, port
        await asyncio.Event().wait()
        return []

    async def run() -> None:
        outbound = Outbound(OutboundSettings(seconds=0.1), resolve=hang)
        with pytest.raises(NotifyError) as caught:
            await outbound.request("GET", "https://kota.example/")
        assert not caught.value.maybe_sent

    asyncio.run(run())


def test_no_log_holds_the_url(canary: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert ask(f"{canary.url}/hook/rahasia-sekali", allowed=HERE).status == 200
    assert "rahasia" not in caplog.text


# --- TLS -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of kota.example, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kota.example")])
    made = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(made)
        .not_valid_after(made + datetime.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("kota.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "kota.pem"
    file.write_bytes(
        built.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


def test_a_pinned_connection_keeps_the_name_for_tls(certificate: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    here = [["127.0.0.1"]]
    with Receiver(tls=context) as receiver:
        right = f"https://kota.example:{receiver.port}/hook"
        answer = ask(right, allowed=HERE, resolved=here, ca_file=certificate)
        assert answer.status == 200
        assert receiver.server_names[0] == "kota.example"
        assert receiver.requests[0].headers["host"] == f"kota.example:{receiver.port}"
        for url, ca_file in (
            (f"https://lain.example:{receiver.port}/hook", certificate),
            (right, None),
        ):
            with pytest.raises(NotifyError, match="not trusted") as caught:
                ask(url, allowed=HERE, resolved=here, ca_file=ca_file)
            assert not caught.value.maybe_sent
        assert len(receiver.requests) == 1


def test_https_to_a_server_without_tls_says_so(canary: Receiver) -> None:
    with pytest.raises(NotifyError, match=r"TLS|reached") as caught:
        ask(canary.url.replace("http:", "https:"), allowed=HERE)
    assert not caught.value.maybe_sent


def test_a_server_that_started_anew_is_reached_at_the_first_try(canary: Receiver) -> None:
    """A kept connection that ended meanwhile is seen as such: nothing is sent into it."""

    async def run() -> list[int]:
        outbound = Outbound(OutboundSettings(HERE))
        try:
            before = await outbound.request("POST", f"{canary.url}/hook", content=b"{}")
            await asyncio.to_thread(canary.stop)
            await asyncio.to_thread(canary.start)
            after = await outbound.request("POST", f"{canary.url}/hook", content=b"{}")
        finally:
            await outbound.close()
        return [before.status, after.status]

    assert asyncio.run(run()) == [200, 200]


def test_many_requests_at_once_share_few_connections(canary: Receiver) -> None:
    async def run() -> list[int]:
        outbound = Outbound(OutboundSettings(HERE))
        try:
            asked = (
                outbound.request("POST", f"{canary.url}/hook", content=b"{}") for _ in range(60)
            )
            return [answer.status for answer in await asyncio.gather(*asked)]
        finally:
            await outbound.close()

    assert asyncio.run(run()) == [200] * 60
