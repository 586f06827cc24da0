"""Labels of readings as tags of InfluxDB, and back.

A label is a tag of its name, but for two cases. Telegraf has a name for it: `interface` is `ifName`
in the measurement `interface`. Or the name is taken, by the device's own tags or by the server:
`source` is `label_source`. Values: see `lines.tag_value`.
"""

from collections.abc import Mapping

from collector.model import Labels
from collector.sinks.influx.identity import TAGS
from collector.sinks.influx.lines import from_tag_value
from collector.sinks.influx.schema import LABEL_TAGS

ADDRESS_TAGS = ("url", "source")
"""A device's address: Telegraf's tags of pings, and of all else."""

_PREFIX = "label_"
_TAKEN = {*TAGS, *ADDRESS_TAGS, "time"}
_TELEGRAF_TAGS = {(measurement, tag): label for (measurement, label), tag in LABEL_TAGS.items()}


def tag_of(measurement: str, label: str) -> str:
    """Return the name of the tag that holds a label."""
    tag = LABEL_TAGS.get((measurement, label))
    if tag is not None:
        return tag
    taken = label in _TAKEN or (measurement, label) in _TELEGRAF_TAGS
    return _PREFIX + label if taken or label.startswith((_PREFIX, "_")) else label


def label_tags(measurement: str, labels: Labels) -> dict[str, str]:
    """Return the tags that hold labels. A label without text has none."""
    return {tag_of(measurement, name): value for name, value in labels if value}


def labels_of(measurement: str, tags: Mapping[str, str | None]) -> Labels:
    """Return the labels that tags of a line hold, sorted by name; the device's own are left out.

    A tag without text is none: that is how InfluxQL shows tags that a series does not have.
    """
    return tuple(
        sorted(
            (_label_of(measurement, tag), from_tag_value(value))
            for tag, value in tags.items()
            if value and tag not in _TAKEN
        )
    )


def _label_of(measurement: str, tag: str) -> str:
    label = _TELEGRAF_TAGS.get((measurement, tag))
    return label if label is not None else tag.removeprefix(_PREFIX)
