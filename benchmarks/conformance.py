"""Does the product agree with reference values that it did not compute?

python benchmarks/conformance.py FILE [--part NAME]... [--show-nt] [--device cuda] [--json PATH]

FILE has the structure of tests/reference/public.json; its README says what every number is and how errors are
measured. Everything is computed by public functions of `ntkscope.numerics`, in float64. One line for each case and
quantity: id, part, activation, quantity, max_rel_error, tolerance, ok | FAIL | SKIP.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from conformance_errors import Case, array
from conformance_parts import PARTS, Quantity, Skipped


@dataclass(frozen=True)
class Line:
    """One comparison, as it is printed."""

    id: str
    part: str
    activation: str
    quantity: str
    error: float
    tolerance: float
    outcome: str
    note: str = ""
    nt_error: float | None = None

    def text(self) -> str:
        numbers = f"{self.error:13.3e} {self.tolerance:10.3e}"
        nt = "" if self.nt_error is None else f"  nt={self.nt_error:.1e}"
        note = f"  {self.note}" if self.note else ""
        names = f"{self.id:16} {self.part:16} {self.activation:10} {self.quantity:23}"
        return f"{names} {numbers}  {self.outcome}{nt}{note}"


def judge(line: Line, case: Case, quantity: Quantity, show_nt: bool) -> Line:
    """The line with its error, tolerance and outcome."""
    line = replace(line, quantity=quantity.name)
    if quantity.truth not in case:
        return replace(line, note=f"the file has no {quantity.truth}")
    true = array(case[quantity.truth])
    try:
        found = quantity.compute()
        if not isinstance(found, Tensor) or found.dtype != torch.float64:
            return replace(line, note=f"dtype {getattr(found, 'dtype', type(found).__name__)}, not float64")
        if tuple(found.shape) != true.shape:
            return replace(line, note=f"shape {tuple(found.shape)}, not {true.shape}")
        values = found.detach().cpu().numpy()
        if not np.array_equal(np.isfinite(values), np.isfinite(true)):
            return replace(line, note="not finite where the truth is")
        error, tolerance = quantity.measure(values, true)
        nt_error = None
        if show_nt and quantity.other in case:
            nt_error = quantity.measure(array(case[quantity.other]), true)[0]
    except Exception as problem:
        return replace(line, note=first_line(problem))
    return replace(
        line, error=error, tolerance=tolerance, outcome="ok" if error <= tolerance else "FAIL", nt_error=nt_error
    )


def first_line(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}".splitlines()[0]


def check(part: str, case: Case, device: torch.device, show_nt: bool) -> Iterator[Line]:
    """Every line of one case."""
    name = case.get("activation") or case.get("K_source", {}).get("activation", "-")
    blank = Line(str(case.get("id", "?")), part, name, "-", math.nan, math.nan, "FAIL")
    try:
        for quantity in PARTS[part](case, device):
            yield judge(blank, case, quantity, show_nt)
    except Skipped as problem:
        yield replace(blank, outcome="SKIP", note=str(problem))
    except KeyError as problem:
        yield replace(blank, note=f"the case has no {problem}")
    except Exception as problem:
        yield replace(blank, note=first_line(problem))


def summary(lines: list[Line], cases: dict[str, int]) -> Iterator[str]:
    yield f"\n{'part':16} {'activation':10} {'worst error':>11} {'tolerance':>10}  {'passed':>9}  id"
    for part, activation_name in dict.fromkeys((line.part, line.activation) for line in lines):
        group = [line for line in lines if (line.part, line.activation) == (part, activation_name)]
        made = [line for line in group if line.outcome != "SKIP"]
        passed = sum(line.outcome == "ok" for line in made)
        worst = max(group, key=lambda line: math.inf if math.isnan(line.error) else line.error / line.tolerance)
        yield (
            f"{part:16} {activation_name:10} {worst.error:11.3e} {worst.tolerance:10.3e}  "
            f"{passed:4}/{len(made):4}  {worst.id} {worst.quantity}"
        )
    for part, count in cases.items():
        checked = len({line.id for line in lines if line.part == part and line.outcome != "SKIP"})
        yield f"{part}: {checked} of {count} cases checked" + ("" if count else "  FAIL: the part is empty")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Compares the product with reference values.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--part", action="append", choices=PARTS, help="only this one (repeatable)")
    parser.add_argument("--show-nt", action="store_true", help="how far neural-tangents itself is from the truth")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--json", type=Path, help="writes the same lines")
    given = parser.parse_args(arguments)
    device = torch.device(given.device)
    stored = json.loads(given.file.read_text())
    wanted = given.part or [*PARTS, *(name for name in stored if name not in PARTS and name != "meta")]

    lines: list[Line] = []
    for part in wanted:
        if part not in PARTS:
            lines.append(Line("-", part, "-", "-", math.nan, math.nan, "SKIP", "unknown part"))
            print(lines[-1].text())
            continue
        for case in stored.get(part, []):
            for line in check(part, case, device, given.show_nt):
                lines.append(line)
                print(line.text(), flush=True)

    cases = {part: len(stored.get(part, [])) for part in wanted if part in PARTS}
    passed, failed, skipped = (sum(line.outcome == outcome for line in lines) for outcome in ("ok", "FAIL", "SKIP"))
    for text in summary(lines, cases):
        print(text)
    if given.json:
        rows = [{key: None if value != value else value for key, value in asdict(line).items()} for line in lines]
        given.json.write_text(json.dumps(rows, indent=1, allow_nan=False) + "\n")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if passed and not failed and not skipped and all(cases.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
