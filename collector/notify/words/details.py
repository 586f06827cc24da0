"""The details that Pantau itself writes of pings and thresholds, said in a language. Pure.

A check's detail is English, as the log is. Two kinds of them are told at night more often than all
others, so these are translated when words are made; what a device, a network or another check said
stays quoted as it is.
"""

import re
from collections.abc import Mapping

_COUNT = "([0-9]{1,4})"
_PING = re.compile(rf"{_COUNT} of {_COUNT} echoes answered(?:; the network says: (.+))?")
_READING = re.compile(r"([a-z_]{1,60}) = (-?[0-9]{1,9}(?:\.[0-9]{1,9})?) ([A-Za-z°%]{1,8})")

_PINGS: Mapping[str, tuple[str, str]] = {
    "id": ("ping: {} dari {} dijawab", "; kata jaringan: {}"),
    "en": ("ping: {} of {} answered", "; the network says: {}"),
}
METRICS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "ping_rtt_seconds": "waktu tempuh ping",
        "ping_loss_percent": "ping hilang",
        "ping_jitter_seconds": "jitter ping",
        "ping_rtt_min_seconds": "waktu tempuh ping terpendek",
        "ping_rtt_max_seconds": "waktu tempuh ping terpanjang",
        "cpu_percent": "CPU",
        "memory_used_percent": "memori terpakai",
        "temperature_celsius": "suhu",
    },
    "en": {
        "ping_rtt_seconds": "ping round trip",
        "ping_loss_percent": "ping loss",
        "ping_jitter_seconds": "ping jitter",
        "ping_rtt_min_seconds": "shortest ping round trip",
        "ping_rtt_max_seconds": "longest ping round trip",
        "cpu_percent": "CPU",
        "memory_used_percent": "memory used",
        "temperature_celsius": "temperature",
    },
}
"""What metrics are called: as on the desk, which has a capital letter (a test holds them to it)."""
_UNITS: Mapping[str, Mapping[str, tuple[str, float]]] = {
    "id": {"%": ("%", 1), "s": (" md", 1_000), "°C": (" °C", 1)},
    "en": {"%": ("%", 1), "s": (" ms", 1_000), "°C": (" °C", 1)},
}
_POINT = {"id": ",", "en": "."}


def say_detail(detail: str, language: str) -> str:
    """Return `ping: 0 dari 3 dijawab`, `ping hilang 33,3%`; what is not known: as it is."""
    if ping := _PING.fullmatch(detail):
        answered, sent, network = ping.groups()
        said, quoted = _PINGS[language]
        return said.format(answered, sent) + (quoted.format(network) if network else "")
    if reading := _READING.fullmatch(detail):
        metric, value, unit = reading.groups()
        name, shown = METRICS[language].get(metric), _UNITS[language].get(unit)
        if name is not None and shown is not None:
            sign, times = shown
            number = f"{float(value) * times:.1f}".removesuffix(".0")
            return f"{name} {number.replace('.', _POINT[language])}{sign}"
    return detail
