"""How the page feels in a real Chromium, on an empty database: first visit, edits, training, scrubbing.

Every figure has its limit; both are printed, and written to results/page.json. On a machine that does other things the
clock says little: what the page does is therefore told in the processor time of its main thread, which is what remains
of a wait where nothing else runs, with the clock's own time beside it and the machine's load below. What waits for the
server too is told by the clock, best of some rounds. Playing and training are measured with six charts in view. What a
first visit fetches is counted as it is sent, heads and compression in it. The page's policy of content is switched off,
so that its measuring script may be evaluated.

Usage: python benchmarks/page.py
"""

import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from report import print_table, write_json
from tests.e2e.conftest import FLAGS, PHONE, WIDE, Server, chromium

ROUNDS = 5
SIZES = [PHONE, {"width": 768, "height": 1024}, WIDE, {"width": 2560, "height": 1440}]
# Since navigation began: the first text or picture, and when Train could be pressed and play-head and rows were there.
VISIT = """
window.marks = {}; window.shifts = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  if (!entry.hadRecentInput) window.shifts += entry.value;
})).observe({type: 'layout-shift', buffered: true});
const look = () => {
  const train = [...document.querySelectorAll('button')].find(one => /^Train/.test(one.textContent.trim()));
  const shown = document.querySelector('.ladder li') || document.querySelector('section.card .trace');
  if (train && !train.disabled && shown) window.marks.interactive = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
# Until something that matches is painted: the frame after the one that finds it.
UNTIL = """([act, found]) => new Promise(done => {
  const [begin, there] = [new Function(act), new Function('return ' + found)];
  const begun = performance.now();
  begin();
  const finish = () => done(performance.now() - begun);
  const look = () => requestAnimationFrame(there() ? finish : look);
  look();
})"""
FRAMES = """new Promise(done => {
  let frames = 0; const begun = performance.now();
  const count = () => { frames++; performance.now() - begun < 4000 ? requestAnimationFrame(count) : done(frames); };
  requestAnimationFrame(count);
})"""
SCRUB = """place => {
  const slider = document.querySelector('footer .slider');
  slider.value = String(place);
  slider.dispatchEvent(new Event('input', {bubbles: true}));
}"""
SQUARE = "[...document.querySelectorAll('button')].find(one => one.textContent.trim() === 'Square').click()"
# A card that is not seen is not drawn.
LINES_ONLY = 'section.card:not([aria-label^="What the network"]) { display: none !important; }'
SETTLED = 1500  # ms after which all is drawn, on a busy machine too
TEXT = "document.querySelector('[data-testid=caption]').textContent"


foreign: list[str] = []  # what any visit asked another host for


class Fetched:
    """What a page has fetched, in kB as sent."""

    def __init__(self, page: Page) -> None:
        self.files = self.answers = self.log = 0.0
        self._addresses: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", self._named)
        session.on("Network.loadingFinished", self._counted)
        session.on("Network.webSocketFrameReceived", self._told)

    def _named(self, event: dict[str, Any]) -> None:
        self._addresses[event["requestId"]] = event["response"]["url"]

    def _counted(self, event: dict[str, Any]) -> None:
        if "/api/" in self._addresses.get(event["requestId"], ""):
            self.answers += event["encodedDataLength"] / 1000
        else:
            self.files += event["encodedDataLength"] / 1000

    def _told(self, event: dict[str, Any]) -> None:
        sent, is_binary = event["response"]["payloadData"], event["response"]["opcode"] == 2
        self.log += (0.75 if is_binary else 1) * len(sent) / 1000  # bytes are told in base64


class Worked:
    """Processor time of a page's main thread."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def so_far(self) -> float:
        """In ms."""
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return float(next(1000 * one["value"] for one in metrics if one["name"] == "TaskDuration"))


def visit(browser: Browser, url: str, size: dict[str, int], depth: str | None) -> tuple[Page, float, float, float]:
    """A visit with an empty cache: the page, ms to its first content and until it can be used, and its layout shift."""
    context = browser.new_context(viewport=size, bypass_csp=True)  # type: ignore[arg-type]
    own = (url, "data:", "blob:")
    context.on("request", lambda sent: None if sent.url.startswith(own) else foreign.append(sent.url))
    context.add_init_script(VISIT)
    if depth is not None:
        context.add_init_script(f"localStorage.setItem('ntkscope.depth', '{depth}')")
    page = context.new_page()
    page.goto(url)
    page.wait_for_function("window.marks.interactive")
    page.wait_for_timeout(3000)
    return page, float(page.evaluate(PAINT)), float(page.evaluate("window.marks.interactive")), shifted(page)


def first_visit(browser: Browser, url: str) -> Fetched:
    """What somebody fetches who comes to Watch for the first time, until the run is there."""
    context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
    page = context.new_page()
    fetched = Fetched(page)
    page.goto(url)
    page.get_by_role("listitem").nth(5).wait_for()
    page.wait_for_timeout(3000)
    context.close()
    return fetched


def shifted(page: Page) -> float:
    return float(page.evaluate("window.shifts"))


def best(measure: Callable[[int], float]) -> float:
    return min(measure(i) for i in range(ROUNDS))


def scrub(page: Page, worked: Worked) -> float:
    """Ms of work to draw all that is in view at another place of the play-head: median of rounds."""
    took = []
    for place in (300, 1700, 700, 1300, 1000):
        before = worked.so_far()
        page.evaluate(SCRUB, place)
        page.wait_for_timeout(SETTLED)
        took.append(worked.so_far() - before)
    return statistics.median(took)


def rate(page: Page, worked: Worked) -> tuple[float, float]:
    """Frames a second that the main thread has the time for, and those on the clock."""
    begun, before = time.perf_counter(), worked.so_far()
    frames = float(page.evaluate(FRAMES))
    return 1000 * frames / (worked.so_far() - before), frames / (time.perf_counter() - begun)


def edits(page: Page) -> tuple[float, float]:
    """Ms from a click on a target to its ladder, and to its rehearsal being drawn; Watch is shown."""

    def ladder(i: int) -> float:
        page.get_by_role("button", name="Six waves").click()
        page.wait_for_timeout(1500)
        page.evaluate("window.before = document.querySelector('figure path.target').getAttribute('d')")
        found = "document.querySelector('figure path.target')?.getAttribute('d') !== window.before"
        took = float(page.evaluate(UNTIL, [SQUARE, f"{found} && document.querySelector('.ladder li')"]))
        page.wait_for_timeout(1500)
        return took

    def rehearsal(i: int) -> float:
        fraction = f"document.querySelectorAll('.controls .slider')[1].value = {2 + i % 4};"
        act = (
            fraction
            + "document.querySelectorAll('.controls .slider')[1].dispatchEvent(new Event('input', {bubbles: true}))"
        )
        page.evaluate("window.before = document.querySelector('[data-testid=training]').textContent")
        changed = (
            f"{TEXT}.startsWith('Rehearsed') && document.querySelector('figure path.rehearsed')?.getAttribute('d')"
        )
        page.wait_for_timeout(600)
        gone = "document.querySelector('figure path.rehearsed').setAttribute('d', '');"
        took = float(page.evaluate(UNTIL, [gone + act, changed]))
        page.wait_for_timeout(1500)
        return took

    return best(ladder), best(rehearsal)


def main() -> None:
    rows: list[dict[str, object]] = []

    def told(measure: str, value: float, limit: float, *, least: bool = False, clock: float | None = None) -> None:
        met = value >= limit if least else value <= limit
        on_clock = None if clock is None else round(clock, 1)
        rows.append(
            {"measure": measure, "value": round(value, 3), "limit": limit, "met": met, "on the clock": on_clock}
        )

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, contextlib.ExitStack() as stack:
        server = Server(Path(folder))
        server.start()
        stack.callback(server.stop)
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for depth in (None, "measure"):
            visits = [visit(browser, server.url, WIDE, depth) for _ in range(ROUNDS)]
            name = depth.capitalize() if depth else "Watch"
            told(f"{name}, first content, ms", min(paint for _, paint, _, _ in visits), 1000)
            told(f"{name}, interactive, ms", min(ready for _, _, ready, _ in visits), 2000)
            for page, *_ in visits:
                page.context.close()
        for depth in ("watch", "measure"):
            for size in SIZES:
                page, _, _, shift = visit(browser, server.url, size, depth)
                told(f"layout shift, {depth}, {size['width']} px", round(shift, 3), 0)
                page.context.close()

        fetched = first_visit(browser, server.url)
        told("Watch, a first visit: the page's files, kB", fetched.files, 150)
        told("Watch, a first visit: the server's answers, kB", fetched.answers, 200)
        told("Watch, a first visit: the recorded run's log, kB", fetched.log, 1100)

        page, *_ = visit(browser, server.url, WIDE, None)
        ladder, rehearsal = edits(page)
        told("an edit to its redrawn preview, ms", ladder, 300)
        told("an edit to its drawn rehearsal, ms", rehearsal, 1000)
        page.context.close()

        page, *_ = visit(browser, server.url, WIDE, "measure")
        worked = Worked(page)
        told("scrub to redraw, all six charts, ms of work", scrub(page, worked), 150)
        page.get_by_role("button", name="Play", exact=True).click()
        played, clock = rate(page, worked)
        told("frames a second, six charts playing", played, 24, least=True, clock=clock)
        page.locator('[data-path="training.stop.steps"] input').fill("60000")
        page.get_by_role("button", name="Train", exact=True).click()
        page.get_by_test_id("status").get_by_text("Live").wait_for(timeout=120_000)
        page.wait_for_timeout(1000)
        lived, clock = rate(page, worked)
        told("frames a second, six charts live while training", lived, 24, least=True, clock=clock)
        before = shifted(page)
        page.get_by_role("button", name="Stop").click()
        page.get_by_test_id("status").get_by_text("Stopped").wait_for(timeout=60_000)
        page.wait_for_timeout(1000)
        told("layout shift at a run's end", round(shifted(page) - before, 3), 0)
        page.add_style_tag(content=LINES_ONLY)
        page.wait_for_timeout(SETTLED)
        told("scrub to redraw, the function's lines, ms of work", scrub(page, worked), 50)
        told("requests to other hosts", len(foreign), 0)
    print_table(rows)
    load = os.getloadavg()[0]
    print(f"load of the machine {load:.1f}, on {os.cpu_count()} processors")
    write_json("page", {"load": round(load, 1), "processors": os.cpu_count(), "figures": rows})


if __name__ == "__main__":
    main()
