"""Tensors in, tensors out: networks, kernels, spectra and what they predict."""

from ntkscope.numerics.activations import ACTIVATIONS, activation
from ntkscope.numerics.architecture import Architecture
from ntkscope.numerics.diagnostics import (
    LARGEST,
    LogLogFit,
    drift,
    effective_rank,
    identity_error,
    learning_time,
    log_log_fit,
    log_log_slope,
    measured_learning_time,
    parameter_drift,
)
from ntkscope.numerics.dynamics import (
    descent_factor,
    flow_factor,
    gradient_descent,
    gradient_flow,
    mean_loss_time,
    predict,
)
from ntkscope.numerics.elementwise import Activation, ClosedForm, FusedActivation, PiecewiseLinear, Series, TwoHalves
from ntkscope.numerics.empirical_ntk import (
    empirical_ntk,
    empirical_ntk_full,
    empirical_ntk_mean,
    empirical_ntk_stages,
    kernel_matrix,
    output_stages,
)
from ntkscope.numerics.encodings import fourier_features, fourier_matrix, positional
from ntkscope.numerics.ensemble import ensemble_variance
from ntkscope.numerics.euler_step import EulerStep, euler_step
from ntkscope.numerics.fourier import (
    circle_frequencies,
    interval_frequencies,
    nonuniform_frequencies,
    wave_vectors,
)
from ntkscope.numerics.frequency_fit import frequency_fit
from ntkscope.numerics.frozen_kernel import FrozenKernel, KernelPrediction
from ntkscope.numerics.hessian import Sharpness, hessian_sharpness
from ntkscope.numerics.infinite_ntk import InfiniteKernels, infinite_kernels, infinite_ntk, nngp
from ntkscope.numerics.initialization import INITIALIZATIONS, Initialization, layer_draws
from ntkscope.numerics.kernel_diagnostics import (
    condition_number,
    cumulative_power,
    kernel_target_alignment,
    subspace_overlap,
)
from ntkscope.numerics.law import LAWS, GradientDescent, GradientFlow, Law
from ntkscope.numerics.mlp import MLP, ForwardSignals
from ntkscope.numerics.module_ntk import ModuleNTK, module_ntk, module_ntk_full
from ntkscope.numerics.moments import series_terms_of_layers
from ntkscope.numerics.momentum import momentum_flow, momentum_flow_factor
from ntkscope.numerics.parameterization import Scales, scales
from ntkscope.numerics.spectrum import (
    Spectrum,
    eigenvalue_groups,
    is_semidefinite,
    modes_at,
    noise_floor,
    rotate_pair,
    spectrum,
    unit_roundoff,
)
from ntkscope.numerics.stages import Stages, complete, pieces
from ntkscope.numerics.step_graph import plain_steps, step_graph
from ntkscope.numerics.transfer import to_host
from ntkscope.numerics.unit_slopes import UnitSlopes, largest_slope, unit_slope_shares, unit_slopes

__all__ = [
    "ACTIVATIONS",
    "INITIALIZATIONS",
    "LARGEST",
    "LAWS",
    "MLP",
    "Activation",
    "Architecture",
    "ClosedForm",
    "EulerStep",
    "ForwardSignals",
    "FrozenKernel",
    "FusedActivation",
    "GradientDescent",
    "GradientFlow",
    "InfiniteKernels",
    "Initialization",
    "KernelPrediction",
    "Law",
    "LogLogFit",
    "ModuleNTK",
    "PiecewiseLinear",
    "Scales",
    "Series",
    "Sharpness",
    "Spectrum",
    "Stages",
    "TwoHalves",
    "UnitSlopes",
    "activation",
    "circle_frequencies",
    "complete",
    "condition_number",
    "cumulative_power",
    "descent_factor",
    "drift",
    "effective_rank",
    "eigenvalue_groups",
    "empirical_ntk",
    "empirical_ntk_full",
    "empirical_ntk_mean",
    "empirical_ntk_stages",
    "ensemble_variance",
    "euler_step",
    "flow_factor",
    "fourier_features",
    "fourier_matrix",
    "frequency_fit",
    "gradient_descent",
    "gradient_flow",
    "hessian_sharpness",
    "identity_error",
    "infinite_kernels",
    "infinite_ntk",
    "interval_frequencies",
    "is_semidefinite",
    "kernel_matrix",
    "kernel_target_alignment",
    "largest_slope",
    "layer_draws",
    "learning_time",
    "log_log_fit",
    "log_log_slope",
    "mean_loss_time",
    "measured_learning_time",
    "modes_at",
    "module_ntk",
    "module_ntk_full",
    "momentum_flow",
    "momentum_flow_factor",
    "nngp",
    "noise_floor",
    "nonuniform_frequencies",
    "output_stages",
    "parameter_drift",
    "pieces",
    "plain_steps",
    "positional",
    "predict",
    "rotate_pair",
    "scales",
    "series_terms_of_layers",
    "spectrum",
    "step_graph",
    "subspace_overlap",
    "to_host",
    "unit_roundoff",
    "unit_slope_shares",
    "unit_slopes",
    "wave_vectors",
]
