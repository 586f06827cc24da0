"""The shapes of what waits for InfluxDB."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from api.schemas.shape import Next, Shape


class SpoolTrouble(Shape):
    """Why lines wait."""

    kind: Annotated[str, Field(description="A stable word; docs/spool.md explains each.")]
    since_at: AwareDatetime | None
    words: Annotated[
        str | None, Field(description="What is wrong and what to do; null without role operator.")
    ]


class CourierView(Shape):
    """What the courier last said. Counts are since its start."""

    at: AwareDatetime
    started_at: AwareDatetime
    alive: Annotated[bool, Field(description="Whether it said so within half a minute.")]
    requests: int
    lines: Annotated[int, Field(description="Lines that InfluxDB has confirmed.")]
    retries: Annotated[dict[str, int], Field(description="Tries that failed, by kind of trouble.")]
    halved: Annotated[int, Field(description="Requests that were too large or too slow.")]
    searched: Annotated[int, Field(description="Requests taken apart in search of a bad line.")]
    dead: int
    spool_failures: int


class RollUpsView(Shape):
    """What makes roll-ups last said. Counts are since its start."""

    at: AwareDatetime
    newest_at: Annotated[
        AwareDatetime | None, Field(description="To here reach the newest roll-ups of an hour.")
    ]
    waiting_hours: Annotated[int, Field(description="Hours to be made, or to be made again.")]
    hours: Annotated[int, Field(description="Hours made.")]
    lines: Annotated[int, Field(description="Lines stored.")]
    dead: Annotated[int, Field(description="Lines given up.")]
    too_late: Annotated[int, Field(description="Hours of which raw points had gone already.")]
    failures: int
    trouble: Annotated[str | None, Field(description="What is wrong; null without role operator.")]


class SpoolView(Shape):
    """What waits on disk for InfluxDB. Counts without a time are since the spool was made."""

    records: int
    lines: int
    bytes: Annotated[int, Field(description="As it waits, squeezed.")]
    file_bytes: Annotated[int, Field(description="What the file takes on the disk.")]
    limit_bytes: Annotated[int, Field(description="The most that may wait (`spool_megabytes`).")]
    limit_age_seconds: Annotated[float, Field(description="How long (`spool_age`).")]
    oldest_at: Annotated[
        AwareDatetime | None, Field(description="Since when the oldest waits; null: nothing does.")
    ]
    age_seconds: Annotated[float, Field(description="How long the oldest has waited; 0: nothing.")]
    sent_lines: Annotated[int, Field(description="Lines that InfluxDB has confirmed.")]
    dropped_lines: Annotated[int, Field(description="Lost, because too much waited too long.")]
    dropping_since: Annotated[
        AwareDatetime | None, Field(description="Since when lines are being lost; null: none are.")
    ]
    dropped_at: Annotated[AwareDatetime | None, Field(description="When the last was lost.")]
    damaged_lines: Annotated[int, Field(description="Lost: the disk did not give them back.")]
    dead_letters: Annotated[int, Field(description="Lines that InfluxDB will never take.")]
    dead_dropped: Annotated[int, Field(description="Dead letters lost: more than are kept.")]
    trouble: SpoolTrouble | None
    courier: CourierView | None
    roll_ups: RollUpsView | None


class DeadLetterView(Shape):
    """A line that InfluxDB will never take."""

    id: int
    at: Annotated[AwareDatetime, Field(description="When it was given up.")]
    status: Annotated[int, Field(description="HTTP status of the refusal; 0: Pantau's own.")]
    words: Annotated[str, Field(description="Why, in the server's words.")]
    line: Annotated[str, Field(description="The line, as it was sent.")]


class DeadLetterPage(Shape):
    """Dead letters, newest first."""

    items: list[DeadLetterView]
    next: Next


class RetryView(Shape):
    """What is tried again."""

    lines: int
