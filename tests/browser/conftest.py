"""The built pages, a Chromium that a test can drive, a server that says what a test tells it."""

import json
import os
import shutil
import subprocess
from collections.abc import Generator
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import pytest

from tests.browser.wall_server import WallServer
from tests.conftest import REPOSITORY, need_program

WEB = REPOSITORY / "dashboards" / "web"


class Browser:
    """One Chromium behind `dashboards/web/scripts/drive.mjs`; its page's time is the test's."""

    def __init__(self, node: str, chromium: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own script
            [node, "scripts/drive.mjs"],
            cwd=WEB,
            env=os.environ | {"CHROMIUM": chromium},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the browser and wait for it."""
        self._process.communicate()

    def _do(self, op: str, **values: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"op": op, **values}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the browser's driver has ended"
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["value"]

    def open(
        self,
        url: str,
        at: datetime,
        size: tuple[int, int] = (1920, 1080),
        *,
        still: bool = False,
        light: str = "light",
        worker: bool = False,
        real: bool = False,
    ) -> Self:
        """Open a page whose panel believes that it is `at`; `still`: it asks for no motion.

        `light`: what the system prefers, `light` or `dark`; `worker`: a service worker may run;
        `real`: time passes by itself.
        """
        self._do(
            "open",
            url=url,
            time=int(at.timestamp() * 1000),
            width=size[0],
            height=size[1],
            reducedMotion="reduce" if still else "no-preference",
            light=light,
            worker=worker,
            real=real,
        )
        return self

    def before(self, script: str) -> None:
        """Let a script run in the next page before its own, in place of a part of the browser."""
        self._do("before", script=script)

    def wait(self, selector: str, text: str | None = None, state: str = "visible") -> None:
        """Wait until such an element is there (`state="detached"`: until it is gone)."""
        values = {} if text is None else {"text": text}
        self._do("wait", selector=selector, state=state, **values)

    def texts(self, selector: str) -> list[str]:
        """The visible text of every such element, its lines joined by a space."""
        return [" ".join(text.split()) for text in self._do("texts", selector=selector)]

    def text(self, selector: str) -> str:
        """The visible text of the only such element."""
        (only,) = self.texts(selector)
        return only

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page."""
        return self._do("evaluate", script=script)

    def click(self, selector: str) -> None:
        """Click the first such element."""
        self._do("click", selector=selector)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        self._do("press", keys=keys)

    def fill(self, selector: str, text: str) -> None:
        """Write a text into a field."""
        self._do("fill", selector=selector, text=text)

    def wait_for(self, script: str) -> None:
        """Wait until an expression in the page is true."""
        self._do("wait_for", script=script)

    def forward(self, seconds: float) -> None:
        """Let so much of the page's time pass at once."""
        self._do("forward", milliseconds=int(seconds * 1000))

    def offline(self, *, off: bool) -> None:
        """Pull the cable of the page's network, or put it back."""
        self._do("offline", off=off)

    def reload(self) -> None:
        """Load the page anew, as a panel that is switched on again does."""
        self._do("reload")

    def counts(self) -> dict[str, int]:
        """What Chromium counts after collecting garbage: `heap` (bytes), `nodes`, `listeners`."""
        return dict(self._do("counts"))

    def busy_seconds(self) -> float:
        """How long the page's main thread has been at work since it was opened."""
        return float(self._do("busy"))

    def screenshot(self, path: Path, *, full: bool = False) -> None:
        """Write what the panel shows; `full`: all of the page, also what is scrolled away."""
        self._do("screenshot", path=str(path), full=full)

    def axe(self, rule: str | None = None) -> list[str]:
        """What breaks WCAG 2.1 A or AA on the page, or one rule of axe's, each with its place."""
        return [
            f"{one['id']}: {one['help']} · {one['why']} · {one['target']} · {one['html'][:200]}"
            for one in self._do("axe", **({} if rule is None else {"rule": rule}))
        ]

    def address(self) -> str:
        """What stands in the address bar."""
        return str(self._do("address"))

    def leave(self) -> None:
        """Close the page."""
        self._do("leave")

    def problems(self) -> list[str]:
        """New errors and warnings of the console, refused resources, requests to other servers."""
        return list(self._do("problems"))


@pytest.fixture(scope="session")
def web_dist() -> Path:
    """The built front end; built here if it is absent or older than its sources."""
    npm = need_program("npm")
    need_program("node")
    if not (WEB / "node_modules" / "playwright-core").is_dir():
        _run(npm, "ci")
    dist = WEB / "dist"
    sources = [path for path in (WEB / "src").rglob("*") if path.is_file()]
    sources += [*WEB.glob("*/index.html"), WEB / "vite.config.ts", WEB / "package-lock.json"]
    newest = max(path.stat().st_mtime for path in sources)
    index = dist / "dinding" / "index.html"
    if not index.is_file() or index.stat().st_mtime < newest:
        _run(npm, "run", "build")
    return dist


def _run(*command: str) -> None:
    done = subprocess.run(  # noqa: S603 - npm, with our own scripts
        command, cwd=WEB, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"


def chromium_program() -> str:
    """Path of Debian's Chromium: its shell without windows where there is one, a third of the CPU.

    Skips the test that needs it where there is neither.
    """
    return shutil.which("chromium-headless-shell") or need_program("chromium")


@pytest.fixture(scope="session")
def chromium(web_dist: Path) -> Generator[Browser]:
    """A running Chromium, shared: every test opens a page of its own in it."""
    del web_dist  # its node_modules hold the driver
    browser = Browser(need_program("node"), chromium_program())
    yield browser
    browser.close()


@pytest.fixture
def browser(chromium: Browser, server: WallServer) -> Generator[Browser]:
    """The shared Chromium; a test that leaves errors in its console has failed."""
    del server  # must outlive the page, which would call its absence an error
    yield chromium
    problems = chromium.problems()
    chromium.leave()
    assert problems == []


@pytest.fixture
def server(web_dist: Path) -> Generator[WallServer]:
    """A server for the wall, listening."""
    server = WallServer(web_dist)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: `WEB_PICTURES` if set, else a temporary folder."""
    wanted = os.environ.get("WEB_PICTURES")
    folder = Path(wanted) if wanted else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
