"""Which changes of a config are tried: those that its own numbers ask for, the mildest first."""

from __future__ import annotations

import math

from ntkscope.experiment.estimate import sizes
from ntkscope.experiment.explain.rates import SLOW
from ntkscope.experiment.explain.trial import Change, Trial
from ntkscope.experiment.explain.trials import WORK
from ntkscope.experiment.format import number
from ntkscope.experiment.measure.endings import SIGMA, Condition, Facts
from ntkscope.experiment.problem.build import build
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.scaling import LARGE, MEAN_HIDES, SMALL
from ntkscope.experiment.theory.learnt import forgotten
from ntkscope.experiment.theory.offers import round_up
from ntkscope.experiment.theory.outlook import fitting_norm
from ntkscope.experiment.theory.rehearsed_words import EDGE
from ntkscope.numerics.rehearsal_leaps import Costs
from ntkscope.schemas.network import FourierFeatures, Positional
from ntkscope.schemas.training import RehearsedRate

STARTS = 0.5  # times the target: a start that is worth leaving out
ROWS = 32  # of random Fourier features
FREQUENCIES = 4.0  # periods over the range, where no wave of the target is known
SPREAD = 0.5  # of random Fourier features of several inputs, each of size 1
PERIODIC = 2.2  # longest range of an input for which octaves do not repeat themselves
MOST_OCTAVES = 12
WIDER, WIDEST = 4, 4096
MORE_STEPS, MOST_STEPS = 10, 100  # times the steps: where no wave tells how many, and at most
LEAPS = 8  # that a rehearsal of a wider network has work for, or it is not tried
BIAS = 0.5  # times the weights' scale
TOO_LARGE = 2.0  # ||y|| over what keeps the kernel near its start


def candidates(base: Trial, dataset: Table | None) -> list[Change]:
    """The changes that are worth a rehearsal, in the order in which they are preferred where they help alike.

    Args:
        base: The config as it is, rehearsed.
        dataset: Its table.
    """
    facts = Facts.of(build(base.config, dataset), base.config)
    rates = [*_units(base), *_rate(base)]
    return [
        *(rates if base.fraction >= 1 else []),
        *_biases(base),
        *_scales(base, facts),
        *_start(base),
        *_weights(base),
        *(rates if base.fraction < 1 else []),
        *([] if facts.scalable and facts.inputs.is_far else _encodings(base)),
        *_width(base, dataset),
        *_steps(base),
    ]


def _scales(base: Trial, facts: Facts) -> list[Change]:
    """Inputs, target, and both."""
    data, target = base.config.data, facts.target
    inputs, targets = list[Change](), list[Change]()
    if facts.inputs_to_blame:
        choice = "unit" if base.state.problem.coordinates.shape[1] == 1 else "standardize"
        to = "to [−1, 1]" if choice == "unit" else "to mean 0 and deviation 1"
        inputs = [Change(f"inputs scaled {to}", {"data.scale_inputs": choice})]
    deviation = target.size * max(0.0, 1 - target.mean_share) ** 0.5
    at_all = base.moves or not base.config.network.centered  # else K_0 learns a target of any size alike
    far = deviation > 0 and not SMALL <= deviation <= LARGE and at_all
    if data.scale_targets == "none" and data.norm is None and (far or MEAN_HIDES < target.mean_share < 1):
        targets = [Change("target scaled to mean 0 and deviation 1", {"data.scale_targets": "standardize"})]
    both = [one.and_also(other) for one in inputs for other in targets]
    norm = fitting_norm(base.config.network)
    small = list[Change]()
    scaled_norm = facts.target_norm if not targets else base.fewer.points**0.5
    if norm is not None and scaled_norm > TOO_LARGE * norm and facts.target_norm > TOO_LARGE * norm and at_all:
        scaled = Change(
            f"target scaled to ‖y‖ = {number(norm)}", {"data.scale_targets": "standardize", "data.norm": norm}
        )
        small = [scaled, *(one.and_also(scaled) for one in inputs)]
    return [*inputs, *targets, *both, *small]


def _units(base: Trial) -> list[Change]:
    """A given rate that is too large for half the sum may be one of PyTorch's mean."""
    training = base.config.training
    if training.learning_rate.kind != "given" or training.loss == "mean" or base.fraction < 1:
        return []
    return [Change("the given rate read as that of nn.MSELoss (a mean)", {"training.loss": "mean"})]


def _start(base: Trial) -> list[Change]:
    times, _ = forgotten(base.state)
    if base.config.network.centered or times < STARTS:
        return []
    return [Change("a start from zero", {"network.centered": True})]


def _biases(base: Trial) -> list[Change]:
    network = base.config.network
    if network.initialization != "normal" or (network.bias and network.sigma_b > 0):
        return []
    size = float(f"{BIAS * network.sigma_w:.2g}")
    return [Change(f"biases of σ_b = {number(size)}", {"network.bias": True, "network.sigma_b": size})]


def _weights(base: Trial) -> list[Change]:
    """PyTorch's own start, and scales that saturate no unit."""
    network, changes = base.config.network, list[Change]()
    if network.parameterization == "standard" and network.initialization != "torch_linear":
        words = "PyTorch's own initialization"
        changes.append(Change(words, {"network.initialization": "torch_linear", "network.bias": True}))
    start = Condition.at_start(base.state)
    if network.initialization == "normal" and network.sigma_w > SIGMA and start.saturated:
        changes.append(Change(f"smaller weights, σ_w = {number(SIGMA)}", {"network.sigma_w": SIGMA}))
    return changes


def _rate(base: Trial) -> list[Change]:
    rate = base.config.training.learning_rate
    bad = base.ends_badly or base.run.rehearsal.peak >= EDGE
    if rate.kind == "rehearsed" or not (bad or base.fraction < SLOW):
        return []
    return [Change("a learning rate found by rehearsal", {"training.learning_rate": RehearsedRate()})]


def _encodings(base: Trial) -> list[Change]:
    """Features with the frequencies that the target has: of those that are not learnt the highest."""
    if base.config.network.encoding.kind != "none":
        return []
    coordinates = base.state.problem.coordinates
    length = float((coordinates.max(dim=0).values - coordinates.min(dim=0).values).max())
    if length == 0:  # one place alone, which has no frequency
        return []
    if coordinates.shape[1] > 1:
        return [_fourier(SPREAD / max(float(coordinates.std(dim=0).max()), 1e-12))]
    highest = missing_frequency(base) or FREQUENCIES
    octaves = min(MOST_OCTAVES, 1 + max(0, math.ceil(math.log2(max(1.0, 2 * highest / length)))))
    positional = Change(f"{octaves} octaves of sines as inputs", {"network.encoding": Positional(octaves=octaves)})
    within = length <= PERIODIC and float(coordinates.abs().max()) <= PERIODIC / 2
    return [_fourier(highest / length), *([positional] if within else [])]


def missing_frequency(base: Trial) -> float | None:
    """Of the waves that are not learnt within the steps the highest frequency; None where all are."""
    seen = [wave for wave in base.run.waves.describe() if wave.amplitude > 0]
    crossings = base.run.rehearsal.watched
    late = [
        wave.frequency
        for wave, found in zip(seen, crossings, strict=True)
        if wave.frequency > 0 and (found.for_good.step is None or found.for_good.step > base.state.last_step)
    ]
    return max(late, default=None)


def _fourier(spread: float) -> Change:
    spread = min(1e4, float(f"{spread:.2g}"))
    words = f"random Fourier features of spread {number(spread)} as inputs"
    return Change(words, {"network.encoding": FourierFeatures(rows=ROWS, spread=spread)})


def _width(base: Trial, dataset: Table | None) -> list[Change]:
    width = base.config.network.width
    if not isinstance(width, int) or WIDER * width > WIDEST or not base.moves:
        return []
    wider = base.config.network.model_copy(update={"width": WIDER * width})
    before, after = (
        sizes(base.config.model_copy(update={"network": network}), dataset).multiply_adds
        for network in (base.config.network, wider)
    )
    leap = Costs.of(base.state.network, len(base.about)).leap * after / before
    if LEAPS * leap > WORK:
        return []
    words = f"a width of {number(WIDER * width)} ({number(float(f'{after / before:.2g}'))} times the work)"
    return [Change(words, {"network.width": WIDER * width})]


def _steps(base: Trial) -> list[Change]:
    """As many as the last wave takes that is learnt in a hundred times the steps; ten times where none tells."""
    last = base.state.last_step
    ends = [found.for_good.high for found in base.run.rehearsal.watched]
    later = [end for end in ends if end is not None and last < end <= MOST_STEPS * last]
    steps = round_up(max(later, default=MORE_STEPS * last))
    if base.ends_badly:
        return []
    changes: dict[str, int | None] = {"training.stop.steps": steps}
    if base.config.training.stop.time is not None:
        changes["training.stop.time"] = None
    return [Change(f"{steps:,} steps instead of {last:,}", {**changes})]
