"""What became of a change whose process ended without an answer: the store knows.

A process that reads lists is ended after two minutes, or dies. It may have written the store by
then, and perhaps not yet `register.yaml`: then the file is written anew here.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from api.importing.running import CUT_SHORT, ListDesk

Answer = Mapping[str, Any]


async def settled(
    desk: ListDesk, answer: Answer, done: Callable[[], Mapping[str, object] | None]
) -> Answer:
    """Return an answer that says what is known; one that was not cut short as it is.

    `done` says what the store has of what was asked for, None: nothing; it blocks. The process is
    dead when this is called, so that what the store says is final. Raises StoreError.
    """
    if answer.get("refused") != CUT_SHORT:
        return answer
    found = await asyncio.to_thread(done)
    if found is None:
        return {"refused": CUT_SHORT, "detail": f"Nothing was changed. {answer['detail']}"}
    written = await desk.ask("rewrite")
    if "refused" not in written:
        return {"body": {**found, **written["body"]}}
    detail = (
        "It was done, and stands in the list of imports; but devices are watched as before: "
        f"{written['detail']} Then run `pantau import --rewrite`, or restart Pantau."
    )
    return {"refused": "not_in_place", "detail": detail}
