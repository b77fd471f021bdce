"""When is each wave of the target learnt? Answered from the kernel and the residual at the start, before a step."""

from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.experiment.theory.outlook import is_lazy, never
from ntkscope.experiment.theory.waves import Waves
from ntkscope.numerics.crossings import falls, norm_step_for_good, steps_for_good
from ntkscope.schemas.wave import Reason, WaveForecast

LARGEST_STEP = 2**63 - 1  # that bytes and databases hold; it stands for all that are larger
ROUND_OFF = 1e-13  # of what a part is a product of


def wave_forecasts(initial: InitialState, waves: Waves) -> list[WaveForecast]:
    """For each part of the target the step from which on gradient descent leaves less than epsilon of it, for good.

    With the kernel at the start, all of it: what lies in modes below the noise floor stays. A typed wave that the
    points see nothing of is told as absent.

    Args:
        initial: The run at step 0.
        waves: What its target is made of.
    """
    decomposed, epsilon, eta = initial.kernel.spectrum, initial.config.recording.epsilon, initial.learning_rate
    above = decomposed.count_above_floor
    shape = waves.map @ decomposed.modes.to(waves.map.dtype)  # (F, n) of each mode
    round_off = ROUND_OFF * waves.map.norm(dim=1, keepdim=True) * initial.kernel.residual.norm()
    parts = shape * initial.kernel.coefficients
    unmoved = parts[:, above:].sum(dim=1, keepdim=True)
    parts, unmoved = (values.where(values.abs() > round_off, 0.0) for values in (parts[:, :above], unmoved))
    limits = epsilon * waves.sizes
    counted = steps_for_good(decomposed.eigenvalues[:above], eta, parts, unmoved[:, 0], limits)
    steps = [None if step is None else min(step, LARGEST_STEP) for step in counted]
    stuck = (parts[:, ~falls(decomposed.eigenvalues[:above], eta)] != 0).any(dim=1)
    lazy = is_lazy(initial.config.network, float(initial.kernel.residual.norm()))
    answers = []
    for k, wave in enumerate(waves.describe()):
        remains = float(unmoved[k].abs()) / wave.amplitude if wave.amplitude > 0 else 0.0
        reason: Reason = "rate" if stuck[k] or remains <= epsilon else "unseen"
        step, reason = (steps[k], reason) if wave.amplitude > 0 else (None, "absent")
        answers.append(
            WaveForecast(
                **wave.model_dump(),
                step=step,
                time=None if step is None else eta * step,
                within_run=step is not None and step <= initial.last_step,
                remains=remains,
                reason=None if step is not None else reason,
                sentence=None
                if step is not None
                else _sentence(reason, remains, above, len(initial.kernel.residual), lazy),
            )
        )
    return answers


def forgotten(initial: InitialState) -> tuple[float, int | None]:
    """How many times as large as the target the network starts, and the step by which its start is forgotten.

    The target is measured about its mean, unless it is nothing else; the start is forgotten from the step on at which
    what the kernel at the start has left of f_0 is no larger. (0, 0) where one of the two is 0.
    """
    y, spectrum = initial.problem.targets, initial.kernel.spectrum
    varies, begin = float((y - y.mean()).norm()), initial.kernel.residual + y
    size = varies if varies > ROUND_OFF * float(y.norm()) else float(y.norm())
    if size == 0:
        return 0.0, 0
    eigenvalues = spectrum.eigenvalues.where(spectrum.eigenvalues > spectrum.noise_floor, 0.0)
    parts = spectrum.mode_coefficients(begin)
    return float(begin.norm()) / size, norm_step_for_good(eigenvalues, initial.learning_rate, parts, size)


def _sentence(reason: Reason, remains: float, above: int, points: int, lazy: bool) -> str:
    text = never(reason, [remains], above, points, lazy=lazy)
    return text[0].upper() + text[1:]
