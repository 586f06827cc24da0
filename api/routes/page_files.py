"""The built front end: each page under its prefix, and the assets that the pages share.

A page is a folder of the build with its `index.html`, which also answers the page's own sub-paths.
Nothing here is secret or asks for a token; the data the pages show comes from the API.
"""

from collections.abc import Awaitable, Iterator
from http import HTTPStatus
from pathlib import Path, PurePosixPath

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.errors import Code, ProblemError

WALL = "dinding"
DESK = "meja"
PAGES = (WALL, DESK)
_ASSETS = "assets"
_FOR_EVER = "public, max-age=31536000, immutable"


def page_files(directory: Path | None) -> Iterator[tuple[str, StaticFiles]]:
    """Yield what answers which prefix, for the build in `directory` (`None`: there is none)."""
    for page in PAGES:
        yield f"/{page}/", PageFiles(None if directory is None else directory / page)
    yield f"/{_ASSETS}/", AssetFiles(None if directory is None else directory / _ASSETS)


class PageFiles(StaticFiles):
    """Serves the page in `directory`; it may be built, or built anew, while we run."""

    def __init__(self, directory: Path | None) -> None:
        self._index = None if directory is None else directory / "index.html"
        super().__init__(directory=directory, check_dir=False)

    async def check_config(self) -> None:
        """Ask nothing of the directory once and for all: `get_response` looks each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file; `index.html` for paths that the page itself knows how to show.

        Raises ProblemError (503) when the page was not built.
        """
        if self._index is None or not self._index.is_file():
            raise ProblemError(
                503, Code.PAGES_NOT_BUILT, "The pages have not been built: run `make web`."
            )
        file = "index.html" if _is_page(path) else path
        response = await _found(super().get_response(file, scope))
        response.headers["Cache-Control"] = "no-cache"
        return response


class AssetFiles(StaticFiles):
    """Serves scripts, styles and fonts, whose names change with what is in them."""

    def __init__(self, directory: Path | None) -> None:
        super().__init__(directory=directory, check_dir=False)

    async def check_config(self) -> None:
        """Ask nothing of the directory once and for all: it may be built while we run."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file that browsers may keep for ever."""
        response = await _found(super().get_response(path, scope))
        response.headers["Cache-Control"] = _FOR_EVER
        return response


async def _found(answer: Awaitable[Response]) -> Response:
    try:
        return await answer
    except HTTPException as error:
        if error.status_code == HTTPStatus.UNAUTHORIZED:  # a file we may not read
            raise HTTPException(HTTPStatus.NOT_FOUND) from None
        raise


def _is_page(path: str) -> bool:
    """Tell a page (`ringkasan`, `insiden/12`) from a file (`sw.js`, `manifest.webmanifest`)."""
    parts = PurePosixPath(path).parts
    return not parts or "." not in parts[-1] or parts == (".",)
