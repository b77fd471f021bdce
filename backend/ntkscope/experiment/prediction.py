"""The frozen-kernel prediction of a run at any time, not only at those that were recorded."""

import torch

from ntkscope.experiment.start import Start
from ntkscope.experiment.theory import LARGEST, group_learnt, group_remaining
from ntkscope.numerics import descent_factor, flow_factor, gradient_descent, gradient_flow, predict
from ntkscope.schemas.event import Law
from ntkscope.schemas.run import Prediction


def prediction(begun: Start, law: Law, time: float) -> Prediction:
    """Evaluates the law at one time; under gradient descent at the nearest whole step.

    Args:
        begun: The run at step 0: its data, K_0 and the residual.
        law: exp(-lambda t), or (1 - eta lambda)^k.
        time: learning rate times step; not negative.
    """
    eigenvalues, coefficients = begun.spectrum.eigenvalues.clamp(min=0), begun.mode_coefficients
    if law == "gradient_flow":
        times = torch.tensor([time], dtype=torch.float64)
        moved = gradient_flow(eigenvalues, coefficients, times)
        factor = flow_factor(eigenvalues, times)
    else:
        step = torch.tensor([time / begun.learning_rate], dtype=torch.float64).round()
        time = float(step) * begun.learning_rate
        moved = gradient_descent(eigenvalues, coefficients, begun.learning_rate, step)
        factor = descent_factor(eigenvalues, begun.learning_rate, step)
    moved = moved.clamp(-LARGEST, LARGEST)
    function = predict(begun.spectrum, begun.cross_kernel, begun.residual, begun.grid_function, factor)[0]
    start, values = coefficients.numpy(), moved.numpy()
    return Prediction(
        time=time,
        grid_prediction=function.clamp(-LARGEST, LARGEST).numpy(),
        fitted_prediction=(begun.problem.targets + begun.spectrum.modes @ moved[0]).numpy(),
        remaining=group_remaining(values, start, begun.groups)[0],
        learnt=group_learnt(values, start, begun.groups)[0],
        loss=0.5 * float((moved[0] ** 2).sum()),
    )
