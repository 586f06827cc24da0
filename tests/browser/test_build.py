"""The pages as they are built and shipped: its own logic tests, its size, its lock."""

import subprocess
from pathlib import Path

from tests.browser.conftest import WEB
from tests.conftest import need_program


def npm_run(script: str) -> subprocess.CompletedProcess[str]:
    command = [need_program("npm"), "run", "--silent", script]
    return subprocess.run(  # noqa: S603 - npm, with our own scripts
        command, cwd=WEB, capture_output=True, text=True, check=False
    )


def test_the_logic_of_the_pages_passes_its_own_tests(web_dist: Path) -> None:
    del web_dist
    done = npm_run("test")
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_page_is_small_enough_for_a_slow_link(web_dist: Path) -> None:
    del web_dist
    done = npm_run("size")
    assert done.returncode == 0, done.stdout


def test_the_built_page_has_no_inline_script_and_names_no_other_server(web_dist: Path) -> None:
    page = (web_dist / "dinding" / "index.html").read_text()
    assert "<script>" not in page
    assert "style=" not in page
    assert "//" not in page.replace("<!doctype html>", "")
    styles = "".join(path.read_text() for path in (web_dist / "assets").glob("*.css"))
    assert "http" not in styles
    assert "data:" not in styles


def test_the_lock_names_no_download_address() -> None:
    lock = (WEB / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "integrity" in lock
