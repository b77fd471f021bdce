"""What bytes of version 1 say, in the words of version 2: the only code that knows the old names.

Such bytes have no `version`, and a field that came later may be missing from them. Arrays are float64 here.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Fields = dict[str, Any]
LAWS = ("gradient_flow", "gradient_descent")


def upgrade(fields: Fields, started: Callable[[], Fields | None]) -> Fields:
    """The event's fields as version 2 has them; those of another version as they are.

    Args:
        fields: Of one event.
        started: Finds the Started before it in its log, upgraded; asked only for a second Started, which told of the
            added times alone. None where it is not known.
    """
    if "version" in fields:
        return fields
    change = _CHANGES.get(fields.get("type", ""))
    return {"version": 2, **(change(fields, started) if change else fields)}


def _started(fields: Fields, started: Callable[[], Fields | None]) -> Fields:
    rate, config, infinite = fields["learning_rate"], fields["config"], fields.get("infinite")
    steps = _integers(fields["steps"])
    added = {
        **_without(fields, "stability_limit", *LAWS),
        "largest_stable_rate": fields["stability_limit"],
        "largest_stable_eigenvalue": 2 / rate if np.isfinite(2 / rate) else None,
        "epsilon": config["recording"]["epsilon"],
        "centered": config["network"]["centered"],
        **_missing(fields, "target_power", "grid_modes", "mode_wave_vectors", "slices"),
        "groups": [_group(group) for group in fields["groups"]],
        "frequency_fits": _fits(fields),
        "steps": steps,
        "times": [step * rate for step in steps],
        "kernel_steps": _integers(fields["kernel_steps"]),
        "laws": {law: fields[law] for law in LAWS},
        "infinite": infinite and _infinite(infinite),
    }
    before = started()
    return added if before is None else _joined(before, added)


def _joined(before: Fields, added: Fields) -> Fields:
    """A whole run from two Started, the second of which tells of the added times alone.

    Times that were planned but never reached, since the run was stopped early, are replaced by the added ones. Which
    law is drawn the first one has said: the second compared them over its own times.
    """

    def kept(name: str) -> int:
        return bisect_left(before[name], added[name][0]) if added[name] else len(before[name])

    keep, keep_kernels = kept("steps"), kept("kernel_steps")
    drawn = {name: before[name] for name in ("law", "law_difference", "groups")}
    infinite = added["infinite"]
    if infinite:
        loss, further = before["infinite"] and before["infinite"]["loss"], infinite["loss"]
        missing = loss is None or further is None
        infinite = {**infinite, "loss": None if missing else _rows(loss, further, keep)}
    return {
        **added,
        **(drawn if before["law"] != added["law"] else {}),
        "steps": before["steps"][:keep] + added["steps"],
        "times": before["times"][:keep] + added["times"],
        "kernel_steps": before["kernel_steps"][:keep_kernels] + added["kernel_steps"],
        "laws": {
            law: {name: _rows(before["laws"][law][name], values, keep) for name, values in predictions.items()}
            for law, predictions in added["laws"].items()
        },
        "infinite": infinite,
    }


def _frame(fields: Fields, _started: object) -> Fields:
    distances, ensemble = fields.get("distances") or {}, fields.get("ensemble")
    functions = {
        "frozen": (fields["function_predicted"], None),
        "infinite": (fields.get("function_infinite"), None),
        "ensemble": (ensemble["mean"], ensemble["standard_deviation"]) if ensemble else (None, None),
    }
    old = ("index", "function_predicted", "function_infinite", "ensemble", "distances", "spectrum")
    return {
        **_without(fields, *old, "median_error", *(f"median_error_{law}" for law in LAWS)),
        **_missing(fields, "infinite_remaining", "verdict"),
        "residual_spectrum": fields["spectrum"],
        "predicted": {
            name: {"function": function, "spread": spread, "distance": distances.get(name)}
            for name, (function, spread) in functions.items()
            if function is not None
        },
        "median_errors": _median_errors(fields),
    }


def _kernel_frame(fields: Fields, _started: object) -> Fields:
    moving = fields.get("moving")
    return {
        **fields,
        **_missing(
            fields, "mode_coefficients", "remaining", "slices", "leading_modes", "subspace_overlap",
            "target_alignment", "trace", "effective_rank", "condition_number", "hessian",
        ),
        "moving": moving and {**moving, **_missing(moving, "distance")},
    }  # fmt: skip


def _checkpoint(fields: Fields, _started: object) -> Fields:
    return {
        "time": 0.0,
        "moving": b"",
        "moving_kernel": b"",
        **_missing(fields, "recorded_function_errors", "drift", "moving_error", "frozen_error"),
        **fields,
        "recorded_steps": _integers(fields["recorded_steps"]),
        "recorded_kernel_steps": _integers(fields.get("recorded_kernel_steps", [])),
    }


def _finished(fields: Fields, _started: object) -> Fields:
    return {
        **_without(fields, "median_error", *(f"median_error_{law}" for law in LAWS)),
        **_missing(fields, "learning_time_fit", "verdict", "suggestion"),
        "median_errors": _median_errors(fields),
        "rows": [{**_without(row, "counts"), "significant": row["counts"]} for row in fields["rows"]],
    }


_CHANGES: Mapping[str, Callable[[Fields, Callable[[], Fields | None]], Fields]] = {
    "started": _started,
    "frame": _frame,
    "kernel_frame": _kernel_frame,
    "checkpoint": _checkpoint,
    "finished": _finished,
}


def _infinite(fields: Fields) -> Fields:
    return {
        **_without(fields, "quadrature_error"),
        **_missing(fields, "loss", "slices"),
        "truncation_error": fields["quadrature_error"],
        "groups": [_group(group) for group in fields.get("groups", [])],
        "frequency_fits": _fits(fields),
    }


def _group(group: Fields) -> Fields:
    return {**_without(group, "counts", "drawn"), "significant": group["counts"], "resolved": group["drawn"]}


def _fits(fields: Fields) -> list[Fields]:
    ends = ("lowest_eigenvalue", "highest_eigenvalue")
    return [{**fit, **_missing(fit, *ends)} for fit in fields.get("frequency_fits", [])]


def _median_errors(fields: Fields) -> Fields:
    return {law: fields[f"median_error_{law}"] for law in LAWS}


def _integers(values: Iterable[float]) -> list[int]:
    return [int(value) for value in values]


def _rows(before: NDArray[np.float64], added: NDArray[np.float64], keep: int) -> NDArray[np.float64]:
    return np.concatenate([before[:keep], added])


def _without(fields: Fields, *names: str) -> Fields:
    return {name: value for name, value in fields.items() if name not in names}


def _missing(fields: Fields, *names: str) -> Fields:
    """None for each of these that is not there."""
    return {name: fields.get(name) for name in names}
