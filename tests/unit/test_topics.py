"""Topics of profiles: whose topic it is, what its levels say, and what to subscribe to."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.profiles.topics import TopicMatch, topic_pattern, without_overlap


@pytest.mark.parametrize(
    ("pattern", "topic", "match"),
    [
        ("tele/{topic}/LWT", "tele/one/LWT", TopicMatch("one", ())),
        ("tele/{topic}/LWT", "tele/hall/north/LWT", TopicMatch("hall/north", ())),
        ("tele/{topic}/LWT", "tele/LWT", None),
        ("tele/{topic}/LWT", "tele/one/STATE", None),
        ("v3/+/devices/{topic}/up", "v3/app@ttn/devices/d1/up", TopicMatch("d1", ())),
        ("{topic}", "a/b", TopicMatch("a/b", ())),
        ("homie/{topic}/{node}/{p}", "homie/x/n/t", TopicMatch("x", (("node", "n"), ("p", "t")))),
        ("homie/{topic}/{node}/{p}", "homie/x/$stats/uptime", None),
        ("homie/{topic}/$stats/{stat}", "homie/x/$stats/up", TopicMatch("x", (("stat", "up"),))),
    ],
)
def test_a_topic_is_matched(pattern: str, topic: str, match: TopicMatch | None) -> None:
    assert topic_pattern(pattern).match(topic) == match


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("tele/LWT", "needs {topic} once"),
        ("{topic}/{topic}", "needs {topic} once"),
        ("tele/plug-{topic}/LWT", "needs {topic} once"),
        ("{topic}/{a}/{a}", "two levels of one name"),
        ("{topic}/#", 'has a level "#"'),
        ("{topic}/x{a}", 'has a level "x{a}"'),
        ("{topic}/{A}", 'has a level "{A}"'),
    ],
)
def test_a_topic_that_cannot_be_matched_is_refused(pattern: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        topic_pattern(pattern)


def test_filters_share_no_topic_unless_they_would_be_every_topic() -> None:
    assert without_overlap(["a/+/x", "a/b/x", "a/c", "a/+/x"]) == ("a/+/x", "a/c")
    assert without_overlap(["a/+/x", "a/b/+"]) == ("a/+/+",)
    assert without_overlap(["+/b", "a/+"]) == ("+/b", "a/+")
    assert without_overlap(["z/+/+/s", "h/+/+/+", "h/5/+/s"]) == ("z/+/+/s", "h/+/+/+")


LEVEL = st.sampled_from(["a", "b", "c", "+"])
FILTERS = st.lists(st.lists(LEVEL, min_size=1, max_size=4).map("/".join), max_size=8)
TOPICS = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=4).map("/".join)


def takes_in(pattern: str, topic: str) -> bool:
    ours, theirs = pattern.split("/"), topic.split("/")
    return len(ours) == len(theirs) and all(
        one in ("+", two) for one, two in zip(ours, theirs, strict=True)
    )


@given(FILTERS, TOPICS)
@settings(deadline=None)
def test_what_was_listened_to_still_is(filters: list[str], topic: str) -> None:
    joined = without_overlap(filters)
    if any(takes_in(one, topic) for one in filters):
        assert any(takes_in(one, topic) for one in joined)
    literal = [one for one in joined if not one.startswith("+")]
    assert sum(takes_in(one, topic) for one in literal) <= 1
