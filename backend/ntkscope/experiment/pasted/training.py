"""The optimizer's, the loss's and the loop's lines -> rate, loss and steps; what is not taken, in sentences."""

from __future__ import annotations

import ast
from typing import Any

from ntkscope.errors import InvalidInput
from ntkscope.experiment.pasted.source import Source, called, shown

OPTIMIZERS = ("Adam", "AdamW", "NAdam", "RAdam", "Adamax", "RMSprop", "Adagrad", "Adadelta", "LBFGS", "Rprop", "Ftrl")
RATES = {"torch": 0.001, "keras": 0.01}  # of an SGD that says none
SQUARES = ("MSELoss", "mse_loss", "MeanSquaredError", "mean_squared_error")
NAMED_SQUARES = ("mse", "MSE", "mean_squared_error", "MeanSquaredError")
OTHER_LOSSES = (
    "L1Loss", "SmoothL1Loss", "HuberLoss", "CrossEntropyLoss", "BCELoss", "BCEWithLogitsLoss", "NLLLoss", "l1_loss",
    "huber_loss", "cross_entropy", "MeanAbsoluteError", "Huber", "BinaryCrossentropy",
)  # fmt: skip
NOT_PLAIN = ("momentum", "weight_decay", "nesterov", "dampening", "clipnorm")
MOST_RATE, MOST_STEPS = 1e12, 100_000_000


def read_training(source: Source, framework: str) -> tuple[dict[str, Any], list[str]]:
    """The config's fields that the text says, by their dotted names, and what was not taken.

    Args:
        source: The text.
        framework: "torch" or "keras", whose defaults hold.
    """
    changes: dict[str, Any] = {}
    ignored: list[str] = []
    for call in source.calls():
        name = called(call)
        if name == "SGD":
            _rate(source, call, framework, changes, ignored)
        elif name in OPTIMIZERS:
            ignored.append(_no_optimizer(name))
        elif name in SQUARES:
            changes["training.loss"] = _reduction(source, call, ignored)
        elif name in OTHER_LOSSES:
            ignored.append(_no_loss(name))
        elif name == "compile":
            _compiled(source, call, framework, changes, ignored)
        elif name in ("DataLoader", "fit"):
            ignored.append(f"Batches of {name} are not taken: every step here sees all points.")
        elif name.endswith("_") and isinstance(call.func, ast.Attribute) and called(call.func.value) == "init":
            ignored.append(f"{shown(call)} is not taken: weights are drawn as the layers draw them by themselves.")
    steps = _steps(source)
    if steps and not any("Batches" in sentence for sentence in ignored):
        changes["training.stop.steps"] = steps
    if "training.learning_rate" in changes and "training.loss" not in changes:
        changes["training.loss"] = "mean"
        ignored.append("There is no loss in the text: the rate is taken as one of the mean of squares.")
    return changes, list(dict.fromkeys(ignored))


def _rate(source: Source, call: ast.Call, framework: str, changes: dict[str, Any], ignored: list[str]) -> None:
    """SGD(params, lr) of PyTorch, SGD(learning_rate) of Keras."""
    given = source.arguments(call, ("params", "lr") if framework == "torch" else ("learning_rate",))
    node = given.get("lr", given.get("learning_rate"))
    rate = RATES[framework] if node is None else _number(source, node)
    if rate is None or not 0 < rate <= MOST_RATE:
        ignored.append(f"The rate of {shown(call)} is no number above 0 in the text: it stays as it is.")
    else:
        changes["training.learning_rate"] = {"kind": "given", "value": rate}
    others = [name for name in NOT_PLAIN if name in given and _number(source, given[name]) != 0]
    if others:
        ignored.append(f"Not taken of SGD: {', '.join(others)}; training here is plain gradient descent.")


def _compiled(source: Source, call: ast.Call, framework: str, changes: dict[str, Any], ignored: list[str]) -> None:
    """Keras's compile, where optimizer and loss may be names; those that are calls are read by themselves."""
    given = source.arguments(call, ("optimizer", "loss"))
    optimizer, loss = (source.resolved(given[name]) if name in given else None for name in ("optimizer", "loss"))
    if isinstance(optimizer, ast.Constant):
        if str(optimizer.value).lower() == "sgd":
            changes["training.learning_rate"] = {"kind": "given", "value": RATES[framework]}
        else:
            ignored.append(_no_optimizer(str(optimizer.value)[:40]))
    if isinstance(loss, ast.Constant):
        if loss.value in NAMED_SQUARES:
            changes["training.loss"] = "mean"
        else:
            ignored.append(_no_loss(str(loss.value)[:40]))


def _reduction(source: Source, call: ast.Call, ignored: list[str]) -> str:
    given = source.arguments(call, ())
    try:
        said = source.value(given["reduction"]) if "reduction" in given else "mean"
    except InvalidInput:
        said = "mean"
    if said in ("sum", "mean"):
        return str(said)
    ignored.append(f"{shown(call)} is no number: the loss is taken as the mean.")
    return "mean"


def _steps(source: Source) -> int | None:
    """N of the outermost `for ... in range(N)` that takes a step of an optimizer."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.For) or not isinstance(node.iter, ast.Call):
            continue
        inside = [called(call) for call in ast.walk(node) if isinstance(call, ast.Call)]
        if called(node.iter) in ("range", "trange") and len(node.iter.args) == 1 and "step" in inside:
            steps = _number(source, node.iter.args[0])
            if steps is not None and steps == int(steps) and 1 <= steps <= MOST_STEPS:
                return int(steps)
    return None


def _number(source: Source, node: ast.expr) -> float | None:
    try:
        value = source.value(node)
    except InvalidInput:
        return None
    return float(value) if isinstance(value, int | float) else None


def _no_optimizer(name: str) -> str:
    return f"{name} is not taken: training here is gradient descent on all points. The learning rate stays as it is."


def _no_loss(name: str) -> str:
    return f"{name} is not taken: the loss here is one of squares."
