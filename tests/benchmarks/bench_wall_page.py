"""What the wall costs the panel's browser: a real API, a real Chromium, ten thousand devices.

Run it: `python -m tests.benchmarks.bench_wall_page [--devices 10000] [--updates 10000]`. It needs
the built pages (`make web`), Node.js and Chromium. Prints figures, judges nothing.

*first paint*: from opening the link until the browser has drawn a frame with data; *drawn after*:
from the commit of a transition until the browser has drawn its row; *busy*: time of the page's
main thread in tasks (Chromium's `TaskDuration`); *heap*: after its garbage is collected.
"""

import argparse
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path

from collector.clock import SystemClock
from collector.model import State
from collector.store import Store
from tests.benchmarks.bench_wall_clients import wait_until_served
from tests.benchmarks.wall_city import (
    PAGES,
    api_process,
    beat,
    commit,
    fill,
    one_of_each_district,
    say,
)
from tests.browser.conftest import Browser

PAINTS = 3
WATCHES = 30
STEADY_SECONDS = 30.0
UPDATES_A_SECOND = 100

# Notes when a frame with data was drawn first, and when one with a row that has `window.wanted`.
WATCH = """
window.painted = null; window.wanted = null; window.drawn = null;
const look = () => {
  const after = (call) => requestAnimationFrame(() => setTimeout(call));
  if (window.painted === null && document.querySelector("[data-test=field], [data-test=calm]")) {
    window.painted = 0;
    after(() => { window.painted = performance.now(); });
  }
  const verdict = document.querySelector("[data-test=verdict]")?.textContent;
  if (window.wanted !== null && window.drawn === null && verdict === window.wanted) {
    window.drawn = 0;
    after(() => { window.drawn = Date.now(); });
  }
};
new MutationObserver(look).observe(document, {
  childList: true, subtree: true, characterData: true,
});
"""
CALM = "Semua layanan aktif"


class Beating:
    """A collector that gives signs of life beside what is measured."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._beat)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_exception: object) -> None:
        self._enough.set()
        self._thread.join()

    def _beat(self) -> None:
        heard = one_of_each_district()
        while not self._enough.wait(2):
            beat(self._store, heard)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--updates", type=int, default=10_000)
    options = parser.parse_args()
    node, chromium = shutil.which("node"), shutil.which("chromium")
    if node is None or chromium is None or not PAGES.is_dir():
        say("needs node, chromium and the built pages (make web)")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        token = fill(folder, options.devices)
        with api_process(folder) as (_, port), Store.open(folder / "pantau.db") as store:
            wait_until_served(port, token)
            browser = Browser(node, chromium)
            try:
                with Beating(store):
                    measure(
                        browser,
                        store,
                        f"http://127.0.0.1:{port}/dinding/#token={token}",
                        options.updates,
                    )
            finally:
                browser.close()


def measure(browser: Browser, store: Store, link: str, updates: int) -> None:
    """Measure one after the other, in one page."""
    ids = [row.id for row in store.for_walls() if row.kind == "camera"]
    paints = []
    for _ in range(PAINTS):
        browser.before(WATCH)
        browser.open(link, SystemClock().now(), real=True)
        browser.wait_for("window.painted > 0")
        paints.append(
            f"{browser.evaluate('window.painted'):.0f} ms "
            f"(main thread {browser.busy_seconds() * 1000:.0f} ms)"
        )
    say(f"first paint with data: {', '.join(paints)}")
    browser.wait("[data-test=verdict]", CALM)
    time.sleep(5)  # noqa: TID251 - no event loop here; what is asked once is answered
    say(drawn_after(browser, store, ids))
    say(f"busy, nothing happens: {busy(browser, STEADY_SECONDS):.1%} of the main thread")
    with Changing(store, ids, 1, int(STEADY_SECONDS) + 5):
        say(f"busy, 1 transition/s: {busy(browser, STEADY_SECONDS):.1%} of the main thread")
    browser.wait("[data-test=verdict]", CALM)
    change(store, ids, updates // 5)  # whatever is made once is made
    settle(browser)
    before = browser.counts()
    change(store, ids, updates)
    settle(browser)
    after = browser.counts()
    grown = (after["heap"] - before["heap"]) / 1e6
    say(f"heap over {updates} updates: {before['heap'] / 1e6:.1f} MB, {grown:+.2f} MB")


def drawn_after(browser: Browser, store: Store, ids: list[str]) -> str:
    """Let a camera die and come back, again and again; return how long each took to be drawn."""
    took = []
    for number in range(WATCHES):
        camera = ids[number * 97 % len(ids)]
        for old, new, words in (
            (State.UP, State.DOWN, "1 insiden belum ditangani"),
            (State.DOWN, State.UP, CALM),
        ):
            browser.evaluate(f"(window.drawn = null, window.wanted = {words!r}, 0)")
            commit(store, [camera], old, new, SystemClock().now())
            stored = time.time()
            browser.wait_for("window.drawn > 0")
            took.append(float(browser.evaluate("window.drawn")) - stored * 1000)
    took.sort()
    return (
        f"drawn after it is stored: median {statistics.median(took):.0f} ms, "
        f"95 % within {took[int(len(took) * 0.95)]:.0f} ms, at most {took[-1]:.0f} ms"
    )


def busy(browser: Browser, seconds: float) -> float:
    """Return the share of the main thread that is used."""
    before, began = browser.busy_seconds(), time.monotonic()
    time.sleep(seconds)  # noqa: TID251 - no event loop here
    return (browser.busy_seconds() - before) / (time.monotonic() - began)


def change(store: Store, ids: list[str], updates: int) -> None:
    """So many transitions, a hundred a second; afterwards all is up."""
    clock = SystemClock()
    for number in range(updates // UPDATES_A_SECOND):
        some = [ids[(number * 50 + one) % len(ids)] for one in range(UPDATES_A_SECOND // 2)]
        commit(store, some, State.UP, State.DOWN, clock.now())
        time.sleep(0.5)  # noqa: TID251 - no event loop here
        commit(store, some, State.DOWN, State.UP, clock.now())
        time.sleep(0.5)  # noqa: TID251 - no event loop here


def settle(browser: Browser) -> None:
    """Wait until the page shows what is: all is up."""
    browser.wait("[data-test=verdict]", CALM)
    time.sleep(8)  # noqa: TID251 - no event loop here; the last recovery and figures are asked


class Changing:
    """One transition a second beside what is measured."""

    def __init__(self, store: Store, ids: list[str], rate: int, seconds: int) -> None:
        self._thread = threading.Thread(target=self._change, args=(store, ids, rate * seconds))

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_exception: object) -> None:
        self._thread.join()

    def _change(self, store: Store, ids: list[str], times: int) -> None:
        clock = SystemClock()
        for number in range(times - times % 2):
            old, new = (State.UP, State.DOWN) if number % 2 == 0 else (State.DOWN, State.UP)
            commit(store, [ids[number // 2]], old, new, clock.now())
            time.sleep(1)  # noqa: TID251 - no event loop here


if __name__ == "__main__":
    main()
