"""The user's guide shows the same pictures in both languages, and only such as are made."""

import re

import pytest

from tests.browser.pictures import CONDITIONS, WALL_PAGES, desk_pages
from tests.conftest import REPOSITORY

# For those who work on Pantau itself, not for its users.
NOT_SHOWN = {"meja-rancangan"}


@pytest.mark.parametrize(("name", "language"), [("panduan.md", "id"), ("guide.md", "en")])
def test_the_guide_shows_every_page(name: str, language: str) -> None:
    text = (REPOSITORY / "docs" / name).read_text()
    shown = re.findall(rf"\(pictures/{language}/([a-z-]+)\.png\)", text)
    made = {f"meja-{page}" for page in desk_pages()} | {"meja-ponsel"}
    made |= {f"dinding-{page}" for page in (*WALL_PAGES, *CONDITIONS)}
    assert set(shown) <= made - NOT_SHOWN
    assert {"meja-masalah", "dinding-ringkasan"} <= set(shown)
