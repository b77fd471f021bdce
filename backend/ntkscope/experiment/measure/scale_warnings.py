"""What is to be said of scales before the first step: of inputs, target and weights; each with what changes it."""

from __future__ import annotations

from ntkscope.experiment.format import number, percent
from ntkscope.experiment.measure.endings import FEW_MODES, Condition, Facts, from_start
from ntkscope.experiment.problem.scaling import LARGE, MEAN_HIDES, SMALL
from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.experiment.theory.learnt import forgotten
from ntkscope.experiment.theory.outlook import fitting_norm, large_target
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event_parts import Changes, Suggestion

FAR_LEFT = 0.01  # of the target about its mean: more than this beyond the kernel's modes is told, if inputs are far


def scale_warnings(state: InitialState, facts: Facts, start: Condition) -> list[Suggestion]:
    """Each a sentence with its numbers, and the config's new values that it asks for."""
    return [
        *start_warnings(state.config, facts, start),
        *hidden_by_mean(state.config, facts),
        *_large_target(state, facts),
    ]


def start_warnings(config: RunConfig, facts: Facts, start: Condition) -> list[Suggestion]:
    """Why K_0 sees so little of the target, where inputs or weights are to blame."""
    few = start.rank <= FEW_MODES * start.points and start.left > FAR_LEFT
    far = facts.scalable and facts.inputs.is_far and few and not start.linear
    if not start.saturated and not far:
        return []
    if facts.inputs_to_blame:
        sentence = f"{from_start(facts, start)}. Scale the inputs (data.scale_inputs)."
        return [Suggestion(changes={"data.scale_inputs": "unit"}, sentence=sentence)]
    remedy = f"Take smaller weights than σ_w = {number(config.network.sigma_w)}."
    if config.network.initialization != "normal":  # which reads no σ_w
        remedy = "Take another activation, encoding or initialization."
    return [Suggestion(changes={}, sentence=f"{from_start(facts, start)}. {remedy}")]


def hidden_by_mean(config: RunConfig, facts: Facts) -> list[Suggestion]:
    """A mean that is nearly all of the target: what is learnt of the rest hardly shows in the loss."""
    target = facts.target
    if config.data.scale_targets != "none" or not MEAN_HIDES < target.mean_share < 1 or target.low == target.high:
        return []
    deviation = target.size * (1 - target.mean_share) ** 0.5
    choice = "subtract_mean" if SMALL <= deviation <= LARGE else "standardize"
    return [
        Suggestion(
            changes={"data.scale_targets": choice},
            sentence=f"The target's mean is {percent(target.mean_share)} of its mean square: the loss tells of that "
            f"number, and little of the rest, which lies {number(deviation)} about it. Subtract the mean "
            "(data.scale_targets).",
        )
    ]


def _large_target(state: InitialState, facts: Facts) -> list[Suggestion]:
    config, problem = state.config, state.problem
    times, _ = forgotten(state)
    said = large_target(
        config.network,
        residual=float(state.kernel.residual.norm()),
        start=float((state.kernel.residual + problem.targets).norm()),
        target=float(problem.targets.norm()),
        times=times,
    )
    norm = fitting_norm(config.network)
    changes: Changes = {}
    if norm is not None and facts.target_norm > norm:
        changes = {"data.norm": norm}
        if config.data.scale_targets == "none":
            changes["data.scale_targets"] = "standardize"
    return [Suggestion(changes=changes, sentence=sentence) for sentence in said]
