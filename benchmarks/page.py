"""The page in a real Chromium: time from a click on Train to the first drawn frame, and frames a second.

Starts its own server on an empty database. Rerun: the time until the loss chart shows a mark of the new run. Frame
rate: requestAnimationFrame calls a second while six charts are live, and while a finished run plays.
Usage: python benchmarks/page.py
"""

import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from report import print_table, write_json
from tests.e2e.conftest import FLAGS, WIDE, Server, chromium

RERUN = """
window.rerun = new Promise(done => {
  const begun = performance.now();
  document.querySelector('form[aria-label="Set-up"] button[type=submit]').click();
  const place = document.querySelector('[data-testid=place]');
  let cleared = false;
  const look = () => {
    const fresh = /step [0-9]/.test(place.textContent) && !/step 300/.test(place.textContent);
    cleared ||= !/step 300/.test(place.textContent);
    if (cleared && fresh && document.querySelector('section[aria-label="Loss"] .trace path.point')) {
      requestAnimationFrame(() => done(performance.now() - begun));
    } else requestAnimationFrame(look);
  };
  look();
}); window.rerun
"""
RATE = """new Promise(done => {
  let frames = 0; const begun = performance.now();
  const count = () => { frames++; const past = performance.now() - begun;
    past < 4000 ? requestAnimationFrame(count) : done(1000 * frames / past); };
  requestAnimationFrame(count);
})"""
DRAWS = """new Promise(done => {
  let draws = 0; const plots = document.querySelectorAll('.js-plotly-plot');
  const watch = new MutationObserver(() => draws++);
  plots.forEach(plot => watch.observe(plot, {subtree: true, childList: true, attributes: true}));
  setTimeout(() => { watch.disconnect(); done(draws / 4); }, 4000);
})"""


def fill(page: Page, path: str, value: str) -> None:
    page.locator(f'[data-path="{path}"] input').fill(value)


def wait(page: Page, text: str) -> None:
    page.get_by_test_id("status").get_by_text(text).wait_for(timeout=120_000)


def rerun(page: Page) -> float:
    """Milliseconds, of a run that differs by its seed."""
    fill(page, "seed", str(int(time.time() * 1000) % 100_000))
    page.wait_for_timeout(800)
    milliseconds = float(page.evaluate(RERUN))
    wait(page, "Completed")
    return milliseconds


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, contextlib.ExitStack() as stack:
        server = Server(Path(folder))
        server.start()
        stack.callback(server.stop)
        page = playwright.chromium.launch(executable_path=chromium(), args=FLAGS).new_page(viewport=WIDE)  # type: ignore[arg-type]
        page.goto(server.url)
        page.locator("section.card .trace").nth(10).wait_for(state="attached")
        playing = float(page.evaluate(RATE))
        fill(page, "training.stop.steps", "300")
        page.get_by_label("Set-up").get_by_role("button", name="Train").click()
        wait(page, "Completed")
        times = [rerun(page) for _ in range(10)]
        fill(page, "training.stop.steps", "60000")
        page.get_by_label("Set-up").get_by_role("button", name="Train").click()
        wait(page, "Live")
        page.wait_for_timeout(1000)
        live, draws = float(page.evaluate(RATE)), float(page.evaluate(DRAWS))
        page.get_by_role("button", name="Stop").click()
    rows = [
        {"measure": "edit and rerun to the first drawn frame, median of 10, ms", "value": statistics.median(times)},
        {"measure": "the same, worst of 10, ms", "value": max(times)},
        {"measure": "animation frames a second, six charts live while training", "value": live},
        {"measure": "chart changes a second meanwhile", "value": draws},
        {"measure": "animation frames a second, six charts playing", "value": playing},
    ]
    print_table(rows)
    write_json("page", rows)


if __name__ == "__main__":
    main()
