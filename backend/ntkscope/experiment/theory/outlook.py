"""What is said before a run: every sentence a claim from numbers, made here and nowhere else."""

from dataclasses import dataclass

from ntkscope.experiment.format import frequency, number, percent
from ntkscope.schemas.network import Network
from ntkscope.schemas.preview import WaveAnswer
from ntkscope.schemas.rehearsal import BAD_ENDINGS, Rehearsed
from ntkscope.schemas.wave import Reason

STARTS_LARGE = 3.0  # times the target: below, answers about the target are not about forgetting the start
TARGET_LARGE, TARGET_SMALL, TARGET_HUGE = 2.0, 0.5, 10.0  # ||f_0 - y|| / sqrt(width)
SURELY_LAZY = 0.1  # the same, below which the kernel at the start is right about what it cannot learn
FAR_BEYOND = 1e30  # times the size that a width can bear: no width is large enough, and the power stays a number
LARGEST_WIDTH = 100_000  # a wider network is no advice
MOST_NAMED = 8


def count(value: int, noun: str) -> str:
    """1 step; 2 steps; 12,345 steps."""
    return f"{value:,} {noun}" if value == 1 else f"{value:,} {noun}s"


def is_lazy(network: Network, residual: float) -> bool:
    """Whether the kernel moves so little that what it cannot learn at the start it never learns.

    Of 440 random networks none with ||f_0 - y|| / sqrt(width) < 0.1 learnt what K_0 has no mode for; a fifth and more
    of others did.
    """
    scale = _scale(network)
    return scale is not None and residual < SURELY_LAZY * scale.value


def never(reason: Reason, remains: list[float], above_floor: int, points: int, *, lazy: bool = False) -> str:
    """Why one wave, or several, are not learnt with the kernel at the start.

    Args:
        reason: One of three.
        remains: Of each wave's own size in the target, in modes of round-off.
        above_floor: Modes above the noise floor.
        points: All modes.
        lazy: Whether the kernel stays: then it is never, and not only with this kernel.
    """
    begin, end = "not with the kernel at the start, because", "; if the kernel moves, later."
    if lazy and reason == "unseen":
        begin, end = "never: the kernel hardly moves, and", "."
    it = "it" if len(remains) == 1 else "them"
    match reason:
        case "absent":
            return f"the target holds nothing of {it} at these points."
        case "rate":
            return f"{begin} no step at this rate makes a mode smaller that is needed (from 2/λ on it grows){end}"
        case "unseen":
            modes = f"that kernel has {count(above_floor, 'mode')} above round-off for {count(points, 'point')}"
            leaves = "leaves" if above_floor == 1 else "leave"
            return f"{begin} {modes}, which {leaves} {', '.join(map(percent, remains))} of {it}{end}"


def unlearnt(
    answers: list[WaveAnswer],
    above_floor: int,
    points: int,
    last_step: int,
    *,
    lazy: bool = False,
    rehearsed: Rehearsed | None = None,
) -> list[str]:
    """What this run does not learn, with the reason; "why can't my net fit oscillations?".

    Args:
        answers: Of K_0.
        above_floor: Its modes above the noise floor.
        points: All modes.
        last_step: Of the run.
        lazy: As `is_lazy` has it.
        rehearsed: What the rehearsal says of the same waves: once it is there, what is learnt is its to say.
    """
    said = []
    waves = rehearsed.waves if rehearsed else [None] * len(answers)
    learnt = {id(answer) for answer, wave in zip(answers, waves, strict=True) if wave and wave.step is not None}
    for reason, remedy in REMEDIES.items():
        those = [answer for answer in answers if answer.reason == reason and id(answer) not in learnt]
        if those:
            why = never(reason, [answer.remains for answer in those[:MOST_NAMED]], above_floor, points, lazy=lazy)
            said.append(f"{_named(those)}: {why}{remedy}")
    if rehearsed:
        return said + _late(answers, rehearsed, last_step)
    late = [answer for answer in answers if answer.step is not None and not answer.within_run]
    if late:
        most = max(answer.step or 0 for answer in late)
        said.append(
            f"{_named(late)}: not within {count(last_step, 'step')}; with the kernel at the start it takes "
            f"{number(float(most))}. Take more steps, or a network or encoding whose eigenvalues fall less steeply."
        )
    return said


def _late(answers: list[WaveAnswer], rehearsed: Rehearsed, last_step: int) -> list[str]:
    """What the rehearsal learns after the run's end, and what only K_0 does."""
    if rehearsed.ended in BAD_ENDINGS:
        return []
    pairs = [(answer, wave) for answer, wave in zip(answers, rehearsed.waves, strict=True) if wave]
    late = [(answer, wave.step) for answer, wave in pairs if wave.step is not None and not wave.within_run]
    said = []
    if late:
        most = max(step for _, step in late)
        said.append(
            f"{_named([answer for answer, _ in late])}: not within {count(last_step, 'step')}; rehearsed, it takes "
            f"{number(float(most))}. Take more steps, or a network or encoding whose eigenvalues fall less steeply."
        )
    lost = [answer for answer, wave in pairs if wave.step is None and answer.step is not None]
    if lost:
        said.append(
            f"{_named(lost)}: rehearsed, not within {count(rehearsed.horizon, 'step')}. Take a network or encoding "
            "whose eigenvalues fall less steeply."
        )
    return said


REMEDIES: dict[Reason, str] = {
    "absent": "",
    "rate": " Take a learning rate below 2/λ₁.",
    "unseen": " Change the biases, the depth, the encoding or the activation.",
}


def large_start(times: float, step: int | None, last_step: int) -> list[str]:
    """Where the network starts far from the target, what comes first is that it forgets its start.

    Args:
        times: ||f_0|| over the target's size about its mean.
        step: From which on less than the target is left of f_0, with the kernel at the start; None: never.
        last_step: Of the run.
    """
    if times < STARTS_LARGE:
        return []
    when = "it never forgets its start" if step is None else f"it first forgets its start, by step {step:,}"
    if step is not None:
        when += " (what is left of it is then no larger than the target)"
    if step is not None and step > last_step:
        when += ", after the end of this run"
    return [
        f"The network starts {_rounded(times)} times as large as the target about its mean; with the kernel at the "
        f"start {when}. Start from zero (centered) to leave it out."
    ]


def large_target(network: Network, *, residual: float, start: float, target: float, times: float) -> list[str]:
    """Where the target is so large for the width that the kernel moves far, K_0's steps do not hold.

    Args:
        network: The width of its last hidden layer and its scaling say how large is large.
        residual: ||f_0 - y||.
        start: ||f_0||.
        target: ||y||.
        times: As in `large_start`: where the start is what is large, it is the target alone that is asked about.
    """
    scale = _scale(network)
    size, name = (target, "‖y‖") if times >= STARTS_LARGE else (residual, "‖f₀ − y‖")
    if scale is None or size <= TARGET_LARGE * scale.value:
        return []
    ratio = size / scale.value
    edge = (
        "above 10 most reached it, with λ₁ 4 to 21 times its start" if ratio > TARGET_HUGE
        else "between 2 and 10 a third to a half reached it"
    )  # fmt: skip
    wider = network.last_width * min(ratio / TARGET_SMALL, FAR_BEYOND) ** (1 / scale.power)
    remedies = [f"scale the target to a norm of {_rounded(TARGET_SMALL * scale.value)} or less"]
    if start > TARGET_SMALL * scale.value:
        remedies.append("start from zero (centered)")
    elif wider <= LARGEST_WIDTH and isinstance(network.width, int):
        remedies[0] += f", or take a width of {_rounded(wider)}"
    return [
        f"The target is large for this network: {name} = {number(size)} is {_rounded(ratio)} times {scale.name}. So "
        "the kernel moves far, and the steps that the kernel at the start predicts do not hold. Of 440 random "
        f"networks of scaling ntk, half of 2/λ₁ as a rate kept 96 to 100 % off the edge of stability where "
        f"‖f₀ − y‖ / sqrt(width) was below 0.5; {edge}. To stay with the kernel at the start, {' and '.join(remedies)}."
    ]


def fitting_norm(network: Network) -> float | None:
    """||y|| up to which the kernel stays near its start; None where no size does that."""
    scale = _scale(network)
    return None if scale is None else float(f"{TARGET_SMALL * scale.value:.2g}")


@dataclass(frozen=True)
class _Scale:
    """Of targets for which the kernel moves: value ~ width^power."""

    value: float
    power: float
    name: str


def _scale(network: Network) -> _Scale | None:
    """None under mean_field, where features move at any size.

    Measured for ntk. A standard network is an ntk one whose layers behind a hidden one have width times the rate: the
    weights between hidden layers move as much; with one hidden layer those before it move width times less. A network
    times alpha learns y as the network itself learns y / alpha.
    """
    if network.parameterization == "mean_field":
        return None
    power = 1.5 if network.parameterization == "standard" and network.depth == 1 else 0.5
    name = "sqrt(width)" if power == 0.5 else "width^1.5"
    if network.output_scale != 1:
        name += " times the output scale"
    return _Scale(network.output_scale * network.last_width**power, power, name)


def _rounded(value: float) -> str:
    return number(float(f"{value:.2g}"))


def _named(answers: list[WaveAnswer]) -> str:
    """The mean; Frequency 3; The mean and frequencies 1, 2."""
    waves = [frequency(answer.frequency) for answer in answers if answer.source != "mean"]
    names = ", ".join(waves[:MOST_NAMED] + ["…"] * (len(waves) > MOST_NAMED))
    noun = "frequency" if len(waves) == 1 else "frequencies"
    parts = ["the mean"] * any(answer.source == "mean" for answer in answers) + [f"{noun} {names}"] * bool(waves)
    text = " and ".join(parts)
    return text[0].upper() + text[1:]
