"""A process that reads one list and plans, imports, or takes an import back.

`python -m api.importing` starts it.

What it reads was made by others, and reading 10,000 rows holds an interpreter for seconds: it has
one of its own, with a bound on its memory. One request as JSON on standard input, one answer as
JSON on standard output; what goes wrong is an answer as well.
"""

import logging
import os
import resource
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from api.importing.service import (
    Importer,
    NotReadyError,
    PlanChangedError,
    RegisterRefusedError,
    Wanted,
)
from api.importing.uploads import Upload, UploadGoneError, Uploads
from api.importing.views import applied_view, preview_view
from collector.clock import SystemClock
from collector.config import Config, ProblemsError, load_config
from collector.inventory.adopting import InventoryBrokenError
from collector.model import Field, Source
from collector.register.file import NotInPlaceError
from collector.store import Store, StoreError
from collector.store.register.lists import ListChangedError, UndoRefusedError

MEMORY_BYTES = 2 << 30
PROGRESS = 2  # standard error: what is no line of progress there is for the log
_LOG = logging.getLogger(__name__)
_OPTIONS = orjson.OPT_UTC_Z

Answer = dict[str, Any]
"""`body` of a good answer; or `refused`: a word for why, with `detail` and perhaps a `body`."""


def main() -> None:
    """Answer the request on standard input."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    request = orjson.loads(sys.stdin.buffer.read())
    try:
        answer = answer_to(request)
    except MemoryError:
        answer = _refused("too_large", "The list takes too much memory; split it.")
    sys.stdout.buffer.write(orjson.dumps(answer, option=_OPTIONS))


def answer_to(request: Mapping[str, Any]) -> Answer:
    """Return the answer to a request: `deed` is `preview`, `apply`, `undo`, `source`, `rewrite`."""
    try:
        path = Path(request["config"]) if request["config"] else None

        def load() -> Config:
            return load_config(path, os.environ)

        config = load()
        with Store.open(config.store_path) as store:
            importer = Importer(store, SystemClock(), load)
            return _DEEDS[request["deed"]](importer, config, request)
    except (UndoRefusedError, ListChangedError, PlanChangedError) as error:
        word = "undo" if isinstance(error, UndoRefusedError) else "plan_changed"
        return _refused(word, f"Nothing was changed: {error}.")
    except UploadGoneError:
        return _refused("upload_gone", "The list is not kept (any more); send it again.")
    except NotInPlaceError as error:
        return _refused("inventory", f"{error}.")
    except InventoryBrokenError as error:
        return _refused("inventory", f"Nothing was changed: {error}.")
    except RegisterRefusedError as error:
        return _refused("inventory", f"Nothing was changed: {error.problems[0]}.")
    except ProblemsError as error:
        return _refused("inventory", f"Nothing was changed: {error.problems[0]}.")
    except StoreError:
        _LOG.exception("the store could not be used")
        return _refused("store", "The store cannot be used now; try again.")


def _refused(word: str, detail: str, body: Answer | None = None) -> Answer:
    return {"refused": word, "detail": detail, "body": body}


def _preview(importer: Importer, config: Config, request: Mapping[str, Any]) -> Answer:
    upload = Uploads(config.data_directory).get(request["upload"])
    look = importer.preview(_wanted(upload, request), _progress)
    return {"body": preview_view(look, upload.file)}


def _apply(importer: Importer, config: Config, request: Mapping[str, Any]) -> Answer:
    upload = Uploads(config.data_directory).get(request["upload"])
    wanted = _wanted(upload, request)
    try:
        applied = importer.apply(
            wanted, author=request["author"], plan=request["plan"], progress=_progress
        )
    except NotReadyError as error:
        detail = "Nothing was imported: the list has problems or rows in doubt; see its preview."
        return _refused("not_ready", detail, preview_view(error.look, upload.file))
    return {"body": applied_view(applied)}


def _undo(importer: Importer, _config: Config, request: Mapping[str, Any]) -> Answer:
    author = request["author"]
    return {
        "body": applied_view(importer.undo(request["import_id"], author=author, progress=_progress))
    }


def _source(importer: Importer, _config: Config, request: Mapping[str, Any]) -> Answer:
    source = Source(
        request["id"],
        request["name"],
        request["agency"],
        request["rank"],
        _meanings(request["columns"]),
        {Field(name): value for name, value in request["defaults"].items()},
    )
    return {"body": {"devices": importer.change_source(source, author=request["author"])}}


def _rewrite(importer: Importer, _config: Config, _request: Mapping[str, Any]) -> Answer:
    return {"body": {"devices": importer.rewrite()}}


_DEEDS: Mapping[str, Callable[[Importer, Config, Mapping[str, Any]], Answer]] = {
    "preview": _preview,
    "apply": _apply,
    "undo": _undo,
    "source": _source,
    "rewrite": _rewrite,
}


def _progress(what: str, done: int, of: int) -> None:
    """Say how far it is, a line each, to the process that asked."""
    os.write(PROGRESS, f"{what} {done} {of}\n".encode())


def _wanted(upload: Upload, request: Mapping[str, Any]) -> Wanted:
    columns = request.get("columns")
    defaults = request.get("defaults")
    return Wanted(
        source=request["source"],
        file=upload.file,
        octets=upload.octets,
        sheet=request.get("sheet"),
        columns=columns and _meanings(columns),
        defaults=defaults and {Field(name): value for name, value in defaults.items()},
        answers=request.get("answers") or {},
    )


def _meanings(columns: Mapping[str, str | None]) -> dict[str, Field | None]:
    return {heading: None if name is None else Field(name) for heading, name in columns.items()}
