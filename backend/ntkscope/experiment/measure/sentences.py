"""The first and the last event of a run: what theory says before the first step, and how it ended."""

import platform
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ntkscope.experiment.format import number
from ntkscope.experiment.measure.history import History, learning_time_fit
from ntkscope.experiment.schedule import Steps
from ntkscope.experiment.theory.frequencies import spectrum_frequencies
from ntkscope.experiment.theory.frozen import Theory
from ntkscope.experiment.theory.infinite import frequency_fits, left_out
from ntkscope.experiment.theory.initial_state import Start
from ntkscope.experiment.theory.modes import mode_wave_vectors
from ntkscope.experiment.theory.slices import Slices
from ntkscope.experiment.theory.wide import Wide
from ntkscope.numerics import cumulative_power, modes_at
from ntkscope.schemas.event import Checkpoint, Finished, Outcome, Reason, Started
from ntkscope.schemas.event_parts import Machine

LARGEST_GRID_MODES = 131_072  # values: half a megabyte on the wire


def started(start: Start, theory: Theory, wide: Wide | None, slices: Slices, kernel_steps: Steps,
            seq: int) -> Started:  # fmt: skip
    """The Started event: data, K_0, its modes, and the prediction of every recording time."""
    problem, eigenvalues = start.problem, start.spectrum.eigenvalues
    by_law: dict[str, Any] = {name: one for name, one in theory.predictions.items()}  # a field of each law's name
    missing = [] if wide else [left_out(start)]
    return Started(
        seq=seq,
        config=start.config,
        machine=machine(start),
        notices=[*problem.notices, *rate_notices(start.learning_rate, start.stability_limit), *missing],
        parameters=start.network.parameter_count,
        learning_rate=start.learning_rate,
        stability_limit=start.stability_limit,
        geometry=problem.geometry,
        inputs=problem.inputs,
        targets=problem.targets.numpy(),
        grid=problem.grid_inputs,
        grid_target=None if problem.grid_target is None else problem.grid_target.numpy(),
        grid_shape=problem.grid_shape,
        grid_start=start.grid_function.numpy(),
        eigenvalues=eigenvalues.numpy(),
        noise_floor=start.spectrum.noise_floor,
        coefficient_floor=start.coefficient_floor,
        modes=start.spectrum.leading(start.followed).numpy(),
        mode_coefficients=start.mode_coefficients[: start.followed].numpy(),
        mode_frequencies=start.mode_frequencies,
        groups=theory.groups,
        below_floor=int((eigenvalues < start.spectrum.noise_floor).sum()),
        residual_norm=float(start.residual.norm()),
        target_norm=float(problem.targets.norm()),
        steps=theory.steps.astype(np.float64),
        times=theory.steps.astype(np.float64) * start.learning_rate,
        kernel_steps=kernel_steps.astype(np.float64),
        law=theory.law,
        law_difference=theory.law_difference,
        **by_law,
        frequencies=spectrum_frequencies(problem).numpy(),
        target_power=cumulative_power(start.spectrum.mode_coefficients(problem.targets)).numpy(),
        frequency_fits=frequency_fits(torch.from_numpy(start.mode_frequencies), start.spectrum, problem),
        infinite=wide.announce(slices) if wide else None,
        grid_modes=grid_modes(start),
        mode_wave_vectors=mode_wave_vectors(start.spectrum, problem, start.followed),
        slices=slices.event(start.kernel),
    )


def grid_modes(start: Start) -> NDArray[np.float64]:
    """(g, k) the leading modes at new points: those that are followed, above the floor, and fit into the event."""
    most = min(start.followed, LARGEST_GRID_MODES // len(start.grid_function))
    values: NDArray[np.float64] = modes_at(start.spectrum, start.cross_kernel, most).numpy()
    return values


def machine(start: Start) -> Machine:
    """Where the run runs."""
    device = start.inputs.device.type
    return Machine(
        device=device,
        device_name=torch.cuda.get_device_name() if device == "cuda" else platform.processor() or platform.machine(),
        precision=start.config.training.precision,
        threads=torch.get_num_threads(),
        torch_version=str(torch.__version__),
    )


def rate_notices(learning_rate: float, stability_limit: float | None) -> list[str]:
    """A warning where the rate is above 2/lambda_1(K_0); such a run may still converge, so never a refusal."""
    if stability_limit is None or learning_rate <= stability_limit:
        return []
    return [
        f"Learning rate {number(learning_rate)} is above 2/λ₁ = {number(stability_limit)}: with a constant kernel "
        "the fastest mode would grow. The run may still converge if the kernel moves."
    ]


def finished(start: Start, history: History, reason: Reason, seq: int, step: int, loss: float | None,
             wall_seconds: float) -> Finished:  # fmt: skip
    """The Finished event, with a sentence that says what happened and what to do."""
    rows = history.rows()
    return Finished(
        seq=seq,
        outcome=OUTCOMES.get(reason, "completed"),
        sentence=sentence(start, reason, step, loss),
        reason=reason,
        step=step,
        time=step * start.learning_rate,
        loss=loss,
        wall_seconds=wall_seconds,
        **history.median_errors(),
        rows=rows,
        learning_time_fit=learning_time_fit(rows),
        verdict=history.verdict(),
    )


def cancelled_early(resume: Checkpoint | None, seq: int) -> Finished:
    """The Finished event of a run that was cancelled before Started: nothing is known of it yet."""
    where = f"it went on from step {resume.step:,}" if resume else "its first step"
    return Finished(
        seq=seq,
        outcome="cancelled",
        sentence=f"Cancelled before {where}, while its kernel was computed.",
        reason="cancelled",
        step=resume.step if resume else 0,
        time=resume.time if resume else 0.0,
        loss=None,
        wall_seconds=resume.wall_seconds if resume else 0.0,
        median_error=None,
        median_error_gradient_flow=None,
        median_error_gradient_descent=None,
        rows=[],
    )


OUTCOMES: dict[Reason, Outcome] = {
    "diverged": "diverged",
    "dead_units": "dead_units",
    "cancelled": "cancelled",
}


def sentence(start: Start, reason: Reason, step: int, loss: float | None) -> str:
    """How the run ended, in one or two sentences."""
    at = f"step {step:,}, t = {number(step * start.learning_rate)}"
    if reason == "diverged":
        rate, limit = start.learning_rate, start.stability_limit
        grew = "The loss is no longer finite" if loss is None else "The loss passed 10⁸ times its start"
        if limit is None:
            return f"{grew} at {at}. Try a smaller learning rate than {number(rate)}."
        side = "above" if rate > limit else "below"
        return (
            f"{grew} at {at}. Learning rate {number(rate)} is {side} 2/λ₁ = {number(limit)}. "
            f"Try {number(min(rate, limit) / 2)}."
        )
    return {
        "steps": f"Reached the last step: {at}.",
        "time": f"Reached the last time: {at}.",
        "loss": f"The loss reached {number(loss or 0)} at {at}.",
        "wall_seconds": f"The time allowed on the clock is used up, at {at}.",
        "all_learnt": f"Every mode above round-off is learnt, at {at}.",
        "dead_units": f"All hidden units are dead at {at}: no point activates any of them, so nothing more is "
        "learnt. Try a smaller learning rate or another seed.",
        "cancelled": f"Cancelled at {at}.",
    }[reason]
