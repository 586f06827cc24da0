"""Keys, signatures and ciphers of SNMPv3, held against the RFCs and against pysnmp."""

import hashlib
import hmac
from typing import get_args

import pytest
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from hypothesis import given, settings
from hypothesis import strategies as st
from pysnmp.entity.config import (
    USM_AUTH_HMAC96_MD5,
    USM_AUTH_HMAC96_SHA,
    USM_AUTH_HMAC128_SHA224,
    USM_AUTH_HMAC192_SHA256,
    USM_AUTH_HMAC256_SHA384,
    USM_AUTH_HMAC384_SHA512,
)
from pysnmp.proto.rfc1902 import OctetString
from pysnmp.proto.secmod.eso.priv.aes192 import Aes192, AesBlumenthal192
from pysnmp.proto.secmod.eso.priv.aes256 import Aes256, AesBlumenthal256
from pysnmp.proto.secmod.rfc3414.localkey import hash_passphrase
from pysnmp.proto.secmod.rfc3414.priv.des import Des
from pysnmp.proto.secmod.rfc3826.priv.aes import Aes

from collector.config.credentials import Authentication, Privacy
from collector.probes.snmp.errors import BerError
from collector.probes.snmp.v3.keys import digest, is_slow, localise, localise_for, stretch
from collector.probes.snmp.v3.sealing import Signer, sealer_of
from collector.probes.snmp.v3.security import CIPHERS, DIGESTS, Security

PASSWORD, ENGINE_ID = b"maplesyrup", bytes(11) + b"\x02"
THEIR_HASHES = {
    "md5": USM_AUTH_HMAC96_MD5,
    "sha": USM_AUTH_HMAC96_SHA,
    "sha224": USM_AUTH_HMAC128_SHA224,
    "sha256": USM_AUTH_HMAC192_SHA256,
    "sha384": USM_AUTH_HMAC256_SHA384,
    "sha512": USM_AUTH_HMAC384_SHA512,
}
THEIR_CIPHERS = {
    "des": Des(),
    "aes128": Aes(),
    "aes192": AesBlumenthal192(),
    "aes256": AesBlumenthal256(),
    "aes192c": Aes192(),
    "aes256c": Aes256(),
}


@pytest.mark.parametrize(
    ("hash_name", "master", "local"),
    [
        ("md5", "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b"),
        (
            "sha1",
            "9fb5cc0381497b3793528939ff788d5d79145211",
            "6695febc9288e36282235fc7151f128497b38f3f",
        ),
    ],
)
def test_keys_are_those_of_rfc_3414_appendix_a_3(hash_name: str, master: str, local: str) -> None:
    assert stretch(PASSWORD, hash_name).hex() == master
    assert localise(bytes.fromhex(master), ENGINE_ID, hash_name).hex() == local


@pytest.mark.parametrize("cipher", CIPHERS)
@pytest.mark.parametrize("word", DIGESTS)
def test_keys_of_every_kind_are_those_of_pysnmp(word: str, cipher: str) -> None:
    name = DIGESTS[word].hash
    master = stretch(PASSWORD, name)
    ours = localise_for(CIPHERS[cipher], master, ENGINE_ID, name)
    theirs = THEIR_CIPHERS[cipher].localize_key(
        THEIR_HASHES[word], OctetString(master), OctetString(ENGINE_ID)
    )
    assert ours == bytes(theirs)
    assert len(ours) == CIPHERS[cipher].octets


@pytest.mark.parametrize(
    "password", ["x" * 8, "kata sandi yang panjangnya", "sandi-é-ü", "y" * 999]
)
def test_passwords_of_any_length_are_stretched_as_pysnmp_does_it(password: str) -> None:
    octets = password.encode()
    assert stretch(octets, "sha256") == bytes(hash_passphrase(octets, hashlib.sha256))


def test_only_keys_that_are_stretched_again_are_slow() -> None:
    slow = {
        (word, cipher)
        for word in DIGESTS
        for cipher in CIPHERS
        if is_slow(CIPHERS[cipher], DIGESTS[word].hash)
    }
    assert slow == {
        ("md5", "aes192c"), ("md5", "aes256c"), ("sha", "aes192c"), ("sha", "aes256c"),
        ("sha224", "aes256c"),
    }  # fmt: skip


def test_an_empty_password_is_refused() -> None:
    with pytest.raises(ValueError, match="empty password"):
        stretch(b"", "sha1")


# --- signing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("word", DIGESTS)
@settings(deadline=None, max_examples=30)
@given(message=st.binary(max_size=400), at=st.integers(0, 400), data=st.data())
def test_a_signature_is_the_hmac_and_any_changed_octet_breaks_it(
    word: str, message: bytes, at: int, data: st.DataObject
) -> None:
    kind = DIGESTS[word]
    key = digest(kind.hash, b"kunci")
    at = min(at, len(message))
    whole = message[:at] + bytes(kind.octets) + message[at:]
    signer = Signer(kind, key)
    signature = signer.sign(whole)
    assert signature == hmac.digest(key, whole, kind.hash)[: kind.octets]
    signed = whole[:at] + signature + whole[at + kind.octets :]
    assert signer.is_signed(signed, signature, at)
    place = data.draw(st.integers(0, len(signed) - 1))
    bent = bytearray(signed)
    bent[place] ^= 1 << data.draw(st.integers(0, 7))
    assert not signer.is_signed(bytes(bent), bytes(bent[at : at + kind.octets]), at)


# --- encrypting -------------------------------------------------------------------------------

_numbers = st.integers(0, 2**31 - 1)


@pytest.mark.parametrize("word", CIPHERS)
@settings(deadline=None, max_examples=30)
@given(
    plains=st.lists(st.binary(max_size=300), min_size=1, max_size=4), boots=_numbers, time=_numbers
)
def test_what_one_side_encrypts_the_other_reads(
    word: str, plains: list[bytes], boots: int, time: int
) -> None:
    key = bytes(range(CIPHERS[word].octets))
    ours, theirs = sealer_of(CIPHERS[word], key), THEIR_CIPHERS[word]
    salts = set()
    for plain in plains:
        sealed, salt = ours.seal(plain, boots, time)
        salts.add(salt)
        assert (
            bytes(
                theirs.decrypt_data(
                    OctetString(key), (boots, time, OctetString(salt)), OctetString(sealed)
                )
            )[: len(plain)]
            == plain
        )
        sealed, parameters = theirs.encrypt_data(OctetString(key), (boots, time, b""), plain)
        read = ours.open(bytes(sealed), bytes(parameters), boots, time)
        assert read[: len(plain)] == plain
    assert len(salts) == len(plains)


@settings(deadline=None, max_examples=50)
@given(
    plains=st.lists(st.binary(max_size=100), min_size=1, max_size=6), boots=_numbers, time=_numbers
)
def test_aes_in_any_order_is_cipher_feedback_with_a_vector_of_clock_and_salt(
    plains: list[bytes], boots: int, time: int
) -> None:
    key = bytes(range(16))
    sealer = sealer_of(CIPHERS["aes128"], key)
    for plain in plains:
        sealed, salt = sealer.seal(plain, boots, time)
        vector = boots.to_bytes(4, "big") + time.to_bytes(4, "big") + salt
        assert sealed == Cipher(AES(key), CFB(vector)).encryptor().update(plain)
        assert sealer.open(sealed, salt, boots, time) == plain


@pytest.mark.parametrize("word", CIPHERS)
def test_a_salt_or_text_of_impossible_length_is_refused(word: str) -> None:
    sealer = sealer_of(CIPHERS[word], bytes(CIPHERS[word].octets))
    with pytest.raises(BerError):
        sealer.open(bytes(16), b"1234567", 1, 1)
    if word == "des":
        with pytest.raises(BerError, match="cut off"):
            sealer.open(bytes(15), bytes(8), 1, 1)


# --- users ------------------------------------------------------------------------------------


def test_the_words_of_the_settings_are_those_that_are_spoken() -> None:
    assert get_args(Authentication) == tuple(DIGESTS)
    assert get_args(Privacy) == tuple(CIPHERS)


@pytest.mark.parametrize(
    ("authentication", "password", "privacy", "other", "problem"),
    [
        ("sha3", "x" * 8, None, "", "authentication sha3 is not spoken"),
        ("sha", "", None, "", "authentication without a password"),
        (None, "", "aes128", "x" * 8, "privacy without authentication"),
        ("sha", "x" * 8, "3des", "x" * 8, "privacy 3des is not spoken"),
        ("sha", "x" * 8, "des", "", "privacy without a password"),
    ],
)
def test_a_user_that_cannot_be_is_refused(
    authentication: str | None, password: str, privacy: str | None, other: str, problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        Security("pantau", authentication, password, privacy, other)


def test_no_password_is_in_the_repr_of_a_user() -> None:
    user = Security("pantau", "sha", "rahasia-satu", "aes128", "rahasia-dua")
    assert "rahasia" not in repr(user)
