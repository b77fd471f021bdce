"""Every preset's check, run over all of its variants with the thresholds of its text.

One seed each; where one network's chance is as large as the effect, several are pooled (five in `make soak`).
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from ntkscope.errors import NotFound
from ntkscope.experiment.presets import laid_over, preset, presets
from ntkscope.experiment.preview import preview
from ntkscope.experiment.problem.build import build
from ntkscope.experiment.trainer import train
from ntkscope.schemas.event import Finished, Frame, KernelFrame, Started
from ntkscope.schemas.training import Stop

Array = NDArray[np.float64]
FRAMES = (60, 12)  # and frames with the kernel: enough for times that are interpolated, in half the time


@dataclass(frozen=True)
class Run:
    """The events of one variant, sorted."""

    started: Started
    frames: list[Frame]
    kernels: list[KernelFrame]
    finished: Finished

    @property
    def steps(self) -> Array:
        return np.array([frame.step for frame in self.frames], dtype=float)

    @property
    def losses(self) -> Array:
        return np.array([frame.loss for frame in self.frames])

    @property
    def held_out(self) -> Array:
        return np.array([frame.held_out_error for frame in self.frames])

    def spectrum(self, frequency: int) -> Array:
        """|r_k| over its value at the start, at every frame."""
        at = list(self.started.frequencies).index(frequency)
        values = np.array([frame.residual_spectrum[at] for frame in self.frames])
        return values / values[0]


@cache
def run(id: str, name: str, seed: int = 0, frames: tuple[int, int] = FRAMES, steps: int | None = None) -> Run:
    """`steps`: fewer than the preset's own, where all that is looked at happens by then."""
    config = next(variant.config for variant in preset(id).variants if variant.name == name)
    recording = config.recording.model_copy(update=dict(zip(("frames", "kernel_frames"), frames, strict=True)))
    stop = config.training.stop if steps is None else Stop(steps=steps)
    training = config.training.model_copy(update={"stop": stop})
    config = config.model_copy(update={"seed": seed, "recording": recording, "training": training})
    started: list[Started] = []
    frames: list[Frame] = []
    kernels: list[KernelFrame] = []
    finished: list[Finished] = []
    for event in train(config, threads=1):
        match event:
            case Started():
                started.append(event)
            case Frame():
                frames.append(event)
            case KernelFrame():
                kernels.append(event)
            case Finished():
                finished.append(event)
    return Run(started[0], frames, kernels, finished[0])


def first_below(x: Array, values: Array, limit: float) -> float:
    """Where values first fall below the limit, interpolated linearly; an error if they never do."""
    below = np.flatnonzero(values < limit)
    assert below.size, f"never below {limit}: ends at {values[-1]}"
    i = int(below[0])
    if i == 0:
        return float(x[0])
    part = (values[i - 1] - limit) / (values[i - 1] - values[i])
    return float(x[i - 1] + part * (x[i] - x[i - 1]))


def slope(x: list[float], y: list[float]) -> float:
    """On log-log axes."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


WIDTHS = (64, 256, 1024, 4096)


def test_six_frequencies_are_learnt_in_order_when_the_preview_says() -> None:
    done = run("six-frequencies", "wide")
    learnt = [first_below(done.steps, done.spectrum(k), 0.1) for k in range(1, 7)]
    assert all(earlier < later for earlier, later in pairwise(learnt))
    answered = preview(done.started.config).spectrum
    assert answered is not None
    predicted = {answer.frequency: answer.step for answer in answered.waves}
    np.testing.assert_allclose([predicted[k] for k in range(1, 7)], learnt, rtol=0.1)
    error = done.finished.median_errors[done.started.law]
    assert error is not None
    assert error < 0.01


def test_two_sines_measured_modes_lie_on_their_lines() -> None:
    error = run("two-sines", "width-1024").finished.median_errors["gradient_descent"]
    assert error is not None
    assert error < 0.02


@pytest.mark.parametrize(
    ("widths", "seeds"), [((64, 256), (0, 1)), pytest.param(WIDTHS, (0, 1, 2), marks=pytest.mark.soak)]
)
def test_two_sines_error_falls_with_width(widths: tuple[int, ...], seeds: tuple[int, ...]) -> None:
    means = []
    for width in widths:
        done = [run("two-sines", f"width-{width}", seed).finished for seed in seeds]
        errors = [end.median_errors["gradient_descent"] for end in done]
        means.append(float(np.mean([error for error in errors if error is not None])))
    assert slope(list(widths), means) < -0.6


def test_two_sines_learning_times_follow_the_eigenvalues() -> None:
    done = run("two-sines", "width-1024")
    started = done.started
    eigenvalues, times = [], []
    for group in started.groups:
        if group.significant and group.eigenvalue < started.eigenvalues[0] / 2:
            mode = group.modes[0]
            left = np.array([abs(frame.mode_coefficients[mode]) for frame in done.frames])
            eigenvalues.append(group.eigenvalue)
            times.append(first_below(done.steps * started.learning_rate, left / left[0], np.exp(-1)))
    assert len(eigenvalues) >= 3
    assert -1.2 <= slope(eigenvalues, times) <= -0.9
    assert done.losses[-1] < 5e-4 * done.losses[0]


def test_circle_harmonics_take_k_squared_as_long() -> None:
    done = run("circle-harmonics", "harmonics", steps=300)
    times = [first_below(done.steps, done.spectrum(k), 0.3) for k in range(1, 9)]
    assert 1.9 <= slope(list(range(1, 9)), times) <= 2.5


def test_circle_harmonics_modes_are_fourier_modes() -> None:
    modes = run("circle-harmonics", "harmonics", steps=300).started.modes[:, :17]
    power = np.abs(np.fft.rfft(modes, axis=0)) ** 2
    assert power.argmax(axis=0).tolist() == [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8]


def test_no_bias_is_stuck_at_odd_frequencies() -> None:
    done = run("no-bias-parity", "without-bias")
    for k in (3, 5):
        assert np.abs(done.spectrum(k) - 1).max() < 1e-10
    for k in (1, 2, 4, 6):
        assert done.spectrum(k)[-1] < 0.05


def test_bias_learns_odd_frequencies() -> None:
    done = run("no-bias-parity", "with-bias")
    for k in (3, 5):
        assert done.spectrum(k)[-1] < 0.25


def arcs() -> list[slice]:
    ends = np.cumsum([0, 20, 40, 80])
    return [slice(int(low), int(high)) for low, high in pairwise(ends)]


def test_dense_arcs_learn_sooner() -> None:
    done = run("nonuniform-density", "three-arcs")
    residuals = np.array([frame.fitted - done.started.targets for frame in done.frames])
    halved = []
    for arc in arcs():
        size = np.sqrt((residuals[:, arc] ** 2).mean(axis=1))
        halved.append(first_below(done.steps, size / size[0], 0.5))
    assert -1.3 <= slope([1, 2, 4], halved) <= -0.7


def test_modes_oscillate_faster_where_points_are_dense() -> None:
    modes = run("nonuniform-density", "three-arcs").started.modes[:, 12:24]
    crossings = [float((np.diff(np.sign(modes[arc]), axis=0) != 0).sum()) for arc in arcs()]
    assert 0.35 <= slope([1, 2, 4], crossings) <= 0.65


def test_fourier_features_have_a_spread_that_is_right() -> None:
    low, middle, high = (run("fourier-features-1d", f"spread-{spread}") for spread in ("0.5", "4", "32"))
    assert middle.held_out[-1] <= low.held_out[-1] / 3
    assert middle.held_out[-1] <= high.held_out[-1] / 10
    assert 2 * high.losses[-1] / 64 < 1e-6
    usable = [int((done.started.eigenvalues > done.started.eigenvalues[0] / 100).sum()) for done in (low, middle, high)]
    assert usable[0] < 12
    assert 20 <= usable[1] <= 50
    assert usable[2] > 60


def pooled(values: list[float]) -> float:
    """The geometric mean over seeds: ratios and slopes on log axes average there."""
    return float(np.exp(np.mean(np.log(values))))


@pytest.mark.parametrize("seeds", [2, pytest.param(5, marks=pytest.mark.soak)])
def test_noisy_labels_are_overfitted_late(seeds: int) -> None:
    """Measured, seeds 0 to 7: ratios 3.0 to 9.2, turns at step 28 to 91, rises of the loss of at most 2.1 %."""
    ratios, turns = [], []
    for seed in range(seeds):
        done = run("noisy-labels", "noise-1", seed)
        best = int(done.held_out.argmin())
        ratios.append(float(done.held_out[-1] / done.held_out[best]))
        turns.append(float(done.steps[best] / done.steps[-1]))
        assert done.losses.max() <= done.losses[0]
        assert (np.diff(done.losses) / done.losses[:-1]).max() < 0.05
        assert done.losses[-1] < done.losses[best]
    alone = sum(ratio >= 3 and turn < 0.1 for ratio, turn in zip(ratios, turns, strict=True))
    print(f"noisy-labels: {alone} of {seeds} seeds pass alone")
    assert pooled(ratios) >= 3
    assert pooled(turns) < 0.1


def test_noisy_labels_signal_is_in_the_first_modes() -> None:
    started = run("noisy-labels", "noise-1").started
    clean = build(started.config).clean.numpy()
    leading = started.modes[:, :8]

    def share(values: Array) -> float:
        return float(((leading.T @ values) ** 2).sum() / (values**2).sum())

    assert share(clean) > 0.99
    assert share(started.targets - clean) < 0.35


@pytest.mark.parametrize(
    ("widths", "seeds"), [((64, 512), 2), pytest.param((64, 512, 4096), 5, marks=pytest.mark.soak)]
)
@pytest.mark.parametrize(("scaling", "low", "high"), [("ntk", -np.inf, -0.8), ("mean-field", -0.1, 0.1)])
def test_drift_against_width(scaling: str, low: float, high: float, widths: tuple[int, ...], seeds: int) -> None:
    drifts = [
        [run("lazy-vs-feature", f"{scaling}-{width}", seed).kernels[-1].drift for width in widths]
        for seed in range(seeds)
    ]
    alone = sum(low < slope(list(widths), of_seed) < high for of_seed in drifts)
    print(f"lazy-vs-feature, {scaling}: {alone} of {seeds} seeds pass alone")
    means = [pooled([of_seed[at] for of_seed in drifts]) for at in range(len(widths))]
    assert low < slope(list(widths), means) < high
    if scaling == "mean-field":
        assert min(means) > 0.2


def test_presets_are_complete_and_named_once() -> None:
    found = presets()
    assert found[0].id == "six-frequencies"
    ids = {entry.id for entry in found}
    assert len(ids) == len(found)
    assert ids >= {
        "six-frequencies", "two-sines", "circle-harmonics", "no-bias-parity", "nonuniform-density",
        "fourier-features-1d", "noisy-labels", "lazy-vs-feature", "edge-of-stability",
    }  # fmt: skip
    for entry in found:
        names = [variant.name for variant in entry.variants]
        assert len(set(names)) == len(names) >= 1
        digests = {variant.config.digest() for variant in entry.variants}
        assert len(digests) == len(names)
        assert all((entry.title, entry.look_for, entry.check, entry.source))


def test_a_preset_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(NotFound, match="two-sines"):
        preset("three-sines")


def test_a_table_of_another_kind_replaces_the_base() -> None:
    base = {"points": {"kind": "circle", "n": 4}, "width": 2}
    assert laid_over(base, {"points": {"n": 5}}) == {"points": {"kind": "circle", "n": 5}, "width": 2}
    assert laid_over(base, {"points": {"kind": "interval"}}) == {"points": {"kind": "interval"}, "width": 2}


def test_two_points_turn_the_corner() -> None:
    done = run("two-points", "wide")
    started = done.started
    path = np.array([frame.fitted for frame in done.frames])
    assert started.path is not None
    assert np.linalg.norm(path - started.path, axis=1).max() < 0.005 * started.target_norm
    first = path[1] - path[0]
    assert abs(first @ started.modes[:, 0]) / np.linalg.norm(first) > np.cos(np.radians(10))
    left = np.abs(np.array([frame.mode_coefficients for frame in done.frames]))
    left /= left[0]
    assert left[np.flatnonzero(left[:, 0] < 0.01)[0], 1] > 0.5
