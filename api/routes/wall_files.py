"""The built wall: static files under `/dinding`, with `index.html` for its own sub-paths.

Nothing here is secret or asks for a token; the data the page shows comes from the API.
"""

from http import HTTPStatus
from pathlib import Path, PurePosixPath

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.errors import Code, ProblemError

PREFIX = "/dinding"
_FOR_EVER = "public, max-age=31536000, immutable"


class WallFiles(StaticFiles):
    """Serves the build in `directory`; it may be built, or built anew, while we run."""

    def __init__(self, directory: Path | None) -> None:
        self._index = None if directory is None else directory / "index.html"
        super().__init__(directory=directory, check_dir=False)

    async def check_config(self) -> None:
        """Ask nothing of the directory once and for all: `get_response` looks each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file; `index.html` for paths that the page itself knows how to show.

        Raises ProblemError (503) when the wall was not built.
        """
        if self._index is None or not self._index.is_file():
            raise ProblemError(
                503, Code.WALL_NOT_BUILT, "The wall has not been built: run `make wall`."
            )
        if _is_page(path):
            path = "index.html"
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code == HTTPStatus.UNAUTHORIZED:  # a file we may not read
                raise HTTPException(HTTPStatus.NOT_FOUND) from None
            raise
        hashed = path.startswith("assets/")
        response.headers["Cache-Control"] = _FOR_EVER if hashed else "no-cache"
        return response


def _is_page(path: str) -> bool:
    """Tell a page (`ringkasan`, `peta/kota`) from a file (`favicon.svg`, `assets/x-1a2b.js`)."""
    parts = PurePosixPath(path).parts
    return not parts or (parts[0] != "assets" and "." not in parts[-1]) or parts == (".",)
