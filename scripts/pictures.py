"""The pictures of README and docs/images, taken of the page as it stands: stills, and Watch as an animation.

A server of its own shows the recorded run that ships; no run is trained. Needs what the checks need (`make setup`)
and a Chromium (tests/e2e/conftest.py says how it is found).

Usage: .venv/bin/python scripts/pictures.py [--folder docs/images] [--frames 90] [--only watch.gif]
"""

import argparse
import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.e2e.conftest import FLAGS, PATIENCE, PHONE, WIDE, Server, chromium
from tests.e2e.pictures import AT, ROUNDS, cards, small, still, use_inter

ROOT = Path(__file__).parents[1]
# Of the animation: its width, one colour table for all frames, ms a frame and of the last one, and where it begins and
# ends on the time bar, whose length is 2,000: before the first wave is learnt, and the end.
ACROSS, TABLE, EACH, LAST = 800, 255, 90, 2600
BEGIN, END = 640, 2000
SCRUB = """place => {
  const slider = document.querySelector('.bar .slider');
  slider.value = String(place);
  slider.dispatchEvent(new Event('input', { bubbles: true }));
}"""


def opened(browser: Browser, address: str, size: dict[str, int], theme: str, scale: float = 1) -> Page:
    """A page on which nothing moves by itself."""
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        color_scheme=theme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        device_scale_factor=scale,
    )
    use_inter(context)
    page = context.new_page()
    page.set_default_timeout(3 * PATIENCE)
    page.goto(address)
    return page


def rows(page: Page) -> None:
    expect(page.get_by_role("listitem")).to_have_count(6)


def scanned(page: Page) -> None:
    page.locator("#preset").select_option("fourier-features-1d")
    page.get_by_role("button", name="Scan one field before training").click()
    page.get_by_test_id("scan-field").select_option("network.encoding.spread")
    page.get_by_test_id("scan-values").fill("0.5, 1, 2, 4, 8, 16, 32")
    page.get_by_role("button", name="Scan", exact=True).click()
    expect(page.get_by_test_id("scan").locator("tbody tr")).to_have_count(7, timeout=120_000)
    expect(page.get_by_role("button", name="Scan", exact=True)).to_be_visible(timeout=120_000)


# Of each still: its address, size and theme, and what is done until it is there.
STILLS: dict[str, tuple[str, dict[str, int], str, Callable[[Page], None]]] = {
    "watch": (f"#depth=watch&{AT}", WIDE, "light", rows),
    "watch-dark": (f"#depth=watch&{AT}", WIDE, "dark", rows),
    "watch-phone": (f"#depth=watch&{AT}", PHONE, "light", rows),
    "watch-phone-dark": (f"#depth=watch&{AT}", PHONE, "dark", rows),
    "measure": (f"#depth=measure&{AT}", WIDE, "light", cards),
    "scan": ("#depth=measure", WIDE, "light", scanned),
}


def take(browser: Browser, url: str, name: str, to: Path) -> None:
    """One still, as a PNG of at most 256 colours."""
    address, size, theme, until = STILLS[name]
    page = opened(browser, f"{url}/{address}", size, theme)
    until(page)
    picture = Image.open(io.BytesIO(still(page, hidden=""))).convert("RGB")
    small(picture).save(to, optimize=True)
    page.context.close()


def places(frames: int) -> list[int]:
    """Of the time bar's knob, from the first frame to the last."""
    return [round(BEGIN + (END - BEGIN) * i / (frames - 1)) for i in range(frames)]


def film(browser: Browser, url: str, frames: int) -> list[Image.Image]:
    """Watch as its run is played, frame by frame, `ACROSS` wide."""
    page = opened(browser, f"{url}/#depth=watch&{AT}", WIDE, "light", scale=2)
    rows(page)
    still(page)
    taken = []
    for place in places(frames):
        page.evaluate(SCRUB, place)
        page.wait_for_timeout(60)
        full = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
        taken.append(full.resize((ACROSS, round(ACROSS * full.height / full.width)), Image.Resampling.LANCZOS))
    page.context.close()
    return taken


def animation(frames: list[Image.Image]) -> bytes:
    """A GIF that plays them over and over and rests at the last; one table of colours, so that none flickers."""
    sheet = Image.new("RGB", (frames[0].width, 3 * frames[0].height))
    for i, frame in enumerate((frames[0], frames[len(frames) // 2], frames[-1])):
        sheet.paste(frame, (0, i * frame.height))
    table = sheet.quantize(TABLE, kmeans=ROUNDS, dither=Image.Dither.NONE)
    first, *others = (frame.quantize(palette=table, dither=Image.Dither.NONE) for frame in frames)
    into = io.BytesIO()
    durations = [EACH] * len(others) + [LAST]
    first.save(into, "GIF", save_all=True, append_images=others, duration=durations, loop=0, optimize=True)
    return into.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs/images")
    parser.add_argument("--frames", type=int, default=90)
    parser.add_argument("--only", nargs="*", help="files' names; without it all")
    asked = parser.parse_args()
    wanted = asked.only or [*(f"{name}.png" for name in STILLS), "watch.gif"]
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            for name in wanted:
                to = asked.folder / name
                if to.suffix == ".gif":
                    to.write_bytes(animation(film(browser, server.url, asked.frames)))
                else:
                    take(browser, server.url, to.stem, to)
                print(f"{to}: {to.stat().st_size / 1000:.0f} kB")
            browser.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
