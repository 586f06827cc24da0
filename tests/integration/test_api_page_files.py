"""The built pages: each under its prefix, hashed assets they share, and what is not there."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from api.routes.page_files import PAGES
from tests.api_city import City, client_of, make_city

TEXT = "<!doctype html><title>Pantau</title>"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "assets" / "index-1a2b3c.js").write_text("export {};")
    for page in PAGES:
        (folder / page).mkdir()
        (folder / page / "index.html").write_text(TEXT + page)
        (folder / page / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "outside.txt").write_text("not for everyone")
    return folder


@pytest.fixture
async def client(city: City, dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(city.app(web_directory=dist)) as client:
        yield client


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("path", ["", "ringkasan", "peta/kota", "assets", "index.html"])
async def test_every_address_of_a_page_is_its_index_and_never_kept(
    client: httpx.AsyncClient, page: str, path: str
) -> None:
    answer = await client.get(f"/{page}/{path}")
    assert (answer.status_code, answer.text) == (200, TEXT + page)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"


async def test_hashed_assets_are_kept_for_ever(client: httpx.AsyncClient) -> None:
    answer = await client.get("/assets/index-1a2b3c.js")
    assert answer.status_code == 200
    assert "javascript" in answer.headers["content-type"]
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_other_files_are_asked_for_anew_and_answered_briefly(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/dinding/favicon.svg")
    assert answer.headers["cache-control"] == "no-cache"
    again = await client.get(
        "/dinding/favicon.svg", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "assets/missing.js", "assets/", "assets/../outside.txt", "assets/..%2foutside.txt",
        "dinding/nothing.png", "dinding/../outside.txt", "dinding/%2e%2e/outside.txt",
        "dinding/..%2foutside.txt", "dinding/a%00b.js", "dinding/" + "x" * 5000 + ".js",
    ],
)  # fmt: skip
async def test_what_is_not_there_or_outside_is_not_found(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(f"/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_nothing_can_be_written(client: httpx.AsyncClient) -> None:
    assert (await client.put("/dinding/index.html", content="x")).status_code == 405


async def test_a_page_that_is_not_built_says_what_to_run(city: City, tmp_path: Path) -> None:
    for folder in (None, tmp_path / "nowhere"):
        async with client_of(city.app(web_directory=folder)) as client:
            answer = await client.get("/dinding/")
            assert answer.status_code == 503
            assert answer.json()["code"] == "pages_not_built"
            assert "make web" in answer.json()["detail"]


async def test_a_page_built_later_is_served_without_a_restart(city: City, tmp_path: Path) -> None:
    folder = tmp_path / "later"
    async with client_of(city.app(web_directory=folder)) as client:
        assert (await client.get("/dinding/")).status_code == 503
        assert (await client.get("/assets/index-1a2b3c.js")).status_code == 404
        (folder / "dinding").mkdir(parents=True)
        (folder / "dinding" / "index.html").write_text(TEXT)
        (folder / "assets").mkdir()
        (folder / "assets" / "index-1a2b3c.js").write_text("export {};")
        assert (await client.get("/dinding/")).text == TEXT
        assert (await client.get("/assets/index-1a2b3c.js")).status_code == 200
