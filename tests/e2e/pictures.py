"""Pictures of the page that come out the same on another machine, and their comparison with references.

Fonts are Inter's own files, which the page's packages bring; what a clock or a disk says is hidden; nothing moves. Kept
and compared at half size, where the edges of letters, which every Chromium draws a little differently, weigh less than
what was drawn. `PICTURES=renew` writes the references anew: look at them before they are committed.
"""

import base64
import io
import json
import os
from pathlib import Path

from PIL import Image
from pixelmatch.contrib.PIL import pixelmatch
from playwright.sync_api import BrowserContext, Page, expect

REFERENCES = Path(__file__).parent / "references"
FOUND = Path(__file__).parents[2] / "test-results"
INTER = Path(__file__).parents[2] / "frontend/node_modules/@fontsource-variable/inter"
SUBSETS = ("latin", "latin-ext", "greek")
# Share of a picture's points that may differ. Another Chromium (138 beside 156), other settings of letters and another
# font for the few signs that Inter's files lack were up to 0.0001; a line of another colour is 0.001, a card that has
# moved 0.006 (test_pictures.py: both are seen).
TOLERANCE = 0.0003
COLOURS, ROUNDS = 256, 2
AT = "t=0.045"  # of the recorded run: the wave that turns three times has just arrived
PATIENCE = 20_000  # ms until a page stands still
PAUSE, SECOND = 150, 1100  # ms between two looks at it; an axis grows once a second
# What depends on the machine's speed, its disk or the time of the day.
CHANGING = """
.hint, .facts, .all td:nth-child(n + 2), [data-testid=waves] { visibility: hidden !important; }
"""
BARS = "::-webkit-scrollbar { display: none; }"


def use_inter(context: BrowserContext) -> None:
    """Pages opened from now on have Inter, whatever is installed; as bytes, which no policy of content refuses.

    Letters stand where the font says, not on whole points, as far as which the settings of a machine decide.
    """
    context.add_init_script(
        """const placed = new CSSStyleSheet();
        placed.replaceSync("* { text-rendering: geometricPrecision !important; }");
        document.adoptedStyleSheets = [placed];"""
    )
    ranges = json.loads((INTER / "unicode.json").read_text(encoding="utf-8"))
    for subset in SUBSETS:
        content = base64.b64encode((INTER / f"files/inter-{subset}-wght-normal.woff2").read_bytes()).decode()
        context.add_init_script(
            f"""{{ const bytes = Uint8Array.from(atob("{content}"), character => character.charCodeAt(0));
            const about = {{ weight: "100 900", unicodeRange: "{ranges[subset]}" }};
            document.fonts.add(new FontFace("Inter", bytes.buffer, about)); }}"""
        )


def still(page: Page, hidden: str = CHANGING) -> bytes:
    """A PNG of the window, once two in a row are the same; where there are axes to grow, a second apart.

    `hidden`: a style sheet that hides what is not to be compared.
    """
    pause = SECOND if page.locator(".js-plotly-plot").count() else PAUSE
    page.evaluate("document.fonts.ready.then(() => null)")
    before = b""
    for _ in range(PATIENCE // pause):
        now = page.screenshot(animations="disabled", caret="hide", style=hidden + BARS)
        if now == before:
            return now
        before = now
        page.wait_for_timeout(pause)
    raise AssertionError(f"the page does not stand still within {PATIENCE / 1000:g} s")


def cards(page: Page) -> None:
    """Waits until Measure's six charts are drawn."""
    expect(page.locator("section.card .trace").nth(10)).to_be_attached()
    expect(page.get_by_text("Loading", exact=False)).to_have_count(0)


def small(picture: Image.Image) -> Image.Image:
    """In so few colours that it takes a third of the bytes, of which hardly one differs for an eye."""
    return picture.quantize(COLOURS, kmeans=ROUNDS, dither=Image.Dither.NONE)


def half(content: bytes) -> Image.Image:
    """A picture at half its size."""
    return Image.open(io.BytesIO(content)).convert("RGB").reduce(2)


def differing(one: Image.Image, other: Image.Image, drawn: Image.Image | None = None) -> float:
    """The share of points at which two pictures differ for an eye, edges of letters and lines apart; 1 for other sizes.

    `drawn`: where they do, in red.
    """
    if one.size != other.size:
        return 1.0
    count = pixelmatch(one.convert("RGBA"), other.convert("RGBA"), drawn)
    return float(count) / (one.width * one.height)


def reference(name: str) -> Image.Image:
    """What the page looked like when somebody looked at it."""
    kept = REFERENCES / f"{name}.png"
    assert kept.exists(), f"{kept} is missing: PICTURES=renew writes it"
    return Image.open(kept).convert("RGB")


def compare(page: Page, name: str) -> None:
    """Fails where the page looks different from its reference; what was found lies in test-results/ then."""
    found = half(still(page))
    if os.environ.get("PICTURES") == "renew":
        small(found).save(REFERENCES / f"{name}.png", optimize=True)
        return
    difference = Image.new("RGBA", found.size)
    share = differing(reference(name), found, difference)
    if share > TOLERANCE:
        FOUND.mkdir(exist_ok=True)
        found.save(FOUND / f"{name}.png")
        difference.save(FOUND / f"{name}-difference.png")
    assert share <= TOLERANCE, (
        f"{name}: {share:.2%} of the picture differ, {TOLERANCE:.2%} may. See test-results/{name}.png and "
        f"{name}-difference.png; where it is as meant: PICTURES=renew, then look at tests/e2e/references/{name}.png"
    )
