"""The script that takes the pictures of README: its parts, and in `make soak` all of it."""

import importlib.util
import io
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts/pictures.py"
IMAGES = ROOT / "docs/images"
LARGEST = {".png": 150_000, ".gif": 2_500_000}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pictures_of_readme", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_animation_keeps_every_frame_and_its_colours_and_rests_at_the_last(script: ModuleType) -> None:
    colours = [(197, 120, 7), (161, 56, 51), (61, 24, 135)]
    frames = [Image.new("RGB", (80, 50), "#ffffff") for _ in colours]
    for at, colour in enumerate(colours):
        frames[at].paste(colour, (10 * at, 10, 10 * at + 10, 20))
    with Image.open(io.BytesIO(script.animation(frames))) as made:
        assert (made.n_frames, made.size, made.info["loop"]) == (3, (80, 50), 0)
        durations = []
        for at, colour in enumerate(colours):
            made.seek(at)
            durations.append(made.info["duration"])
            assert made.convert("RGB").getpixel((10 * at + 5, 15)) == colour
    assert durations == [script.EACH, script.EACH, script.LAST]


def test_its_frames_go_from_before_the_first_wave_to_the_end(script: ModuleType) -> None:
    places = script.places(90)
    assert (places[0], places[-1], len(places)) == (script.BEGIN, script.END, 90)
    assert places == sorted(set(places))


def test_every_picture_is_there_small_and_shown(script: ModuleType) -> None:
    made = {*(f"{name}.png" for name in script.STILLS), "watch.gif"}
    assert {path.name for path in IMAGES.iterdir()} == made
    assert [path.name for path in IMAGES.iterdir() if path.stat().st_size > LARGEST[path.suffix]] == []
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"docs/images/([\w.-]+)", readme)) == made


@pytest.mark.soak
@pytest.mark.e2e
def test_the_script_takes_them(tmp_path: Path) -> None:
    wanted = ["watch-phone.png", "watch.gif"]
    subprocess.run([sys.executable, SCRIPT, "--folder", tmp_path, "--frames", "4", "--only", *wanted], check=True)
    with Image.open(tmp_path / "watch-phone.png") as phone, Image.open(tmp_path / "watch.gif") as played:
        assert phone.size == (390, 844)
        assert (played.size, played.n_frames) == ((800, 500), 4)
