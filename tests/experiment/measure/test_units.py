"""Every number of an event is a value, a size, a square, or said here to be free of units."""

import types
import typing

from ntkscope.experiment.measure.units import in_own_units, units_of
from ntkscope.experiment.problem.target_scaling import TargetScaling
from ntkscope.schemas.base import Model
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Finished, Frame, KernelFrame, Started
from ntkscope.schemas.event_parts import Ensemble
from ntkscope.schemas.preview import KernelPreview, PreviewedTarget
from ntkscope.schemas.run import Prediction

# Times, steps, kernels, shares, and losses, which stay those of what is trained on.
FREE = """
groups waves infinite predicted moving ensemble version seq parameters learning_rate largest_stable_rate
largest_stable_eigenvalue epsilon centered inputs grid grid_shape modes grid_modes mode_wave_vectors below_floor
target_norm target_power steps times kernel_steps law_difference frequencies eigenvalues noise_floor
mode_frequencies step time wall_seconds loss remaining learnt infinite_remaining modes_learnt wave_errors
wave_errors_predicted drift leading_modes subspace_overlap target_alignment trace effective_rank condition_number
slices median_errors reason outcome sentence end_step end_time groups_learnt frame_time distance truncation_error
kernel law geometry type notices config machine verdict frequency_fits laws rows learning_time_fit suggestion
identity hessian eigenvalue significant resolved frequency learning_time error frozen_error source share within_run
remains measured_step lost seconds cause changes columns count device device_name exponent floor fraction
function_error highest highest_eigenvalue kind largest lowest lowest_eigenvalue measured_learning_time median_error
modes_error precision predicted_learning_time products slope standard_error text threads time_at_highest
time_at_lowest torch_version values word worst_error worst_modes rising rehearsal rehearsed_error
budget build course ended first_step growth held_out horizon kernels largest_eigenvalues nodes peak processor range
at_risk reach step_high step_low steps_taken work at_points points parameter_drift
"""
SET_UP = ("ntkscope.schemas.network", "ntkscope.schemas.training")  # parts of a config, in its own units


def parts(annotation: object) -> list[type[Model]]:
    """The models in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return [annotation]
    if isinstance(annotation, types.UnionType) or typing.get_args(annotation):
        return [found for inner in typing.get_args(annotation) for found in parts(inner)]
    return []


def test_every_field_is_placed() -> None:
    todo: list[type[Model]] = [Started, Frame, KernelFrame, Finished, Prediction, KernelPreview, PreviewedTarget]
    seen = set[type[Model]]()
    while todo:
        kind = todo.pop()
        if kind in seen or kind is RunConfig or kind.__module__ in SET_UP:
            continue
        seen.add(kind)
        placed = set(units_of(kind))
        assert set(kind.model_fields) - placed <= set(FREE.split()), (kind, set(kind.model_fields) - placed)
        todo += [inner for field in kind.model_fields.values() for inner in parts(field.annotation)]
    assert len(seen) > 15


def test_values_are_moved_and_sizes_are_not() -> None:
    made = Ensemble(mean=[1.0, 2.0], standard_deviation=[3.0, 0.0])  # type: ignore[arg-type]
    told = in_own_units(made, TargetScaling(centre=10.0, spread=2.0))
    assert (told.mean.tolist(), told.standard_deviation.tolist()) == ([12, 14], [6, 0])
    assert in_own_units(made, TargetScaling()) is made
