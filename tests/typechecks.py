"""The run-time type checker of numerics under pytest: of every function the first calls in each test.

A run calls the same functions with the same shapes thousands of times; to check each call would triple its time.
"""

import functools
import inspect
from collections import Counter
from collections.abc import Callable
from typing import Any

import jaxtyping
from beartype import BeartypeConf, beartype

CALLS = 2  # that are checked, of each function in each test
MAKINGS = 2  # of a function within a function, that are checked in a process: each needs a checker of its own
checked = beartype(conf=BeartypeConf(is_pep484_tower=True))  # an int is a float, as mypy has it
_every_call = jaxtyping.jaxtyped
_left: list[list[int]] = []  # of each function, how many calls are still to be checked
_made: Counter[int] = Counter()  # by the id of its code


def begin_test() -> None:
    """Counts anew."""
    for left in _left:
        left[0] = CALLS


def install() -> None:
    """Checks numerics, whose modules are not imported yet."""
    jaxtyping.jaxtyped = _first_calls  # the decorator that the hook writes above every function
    jaxtyping.install_import_hook("ntkscope.numerics", "tests.typechecks.checked")


def _first_calls(made: Any = None, *, typechecker: Any = None) -> Any:
    if made is None:
        return functools.partial(_first_calls, typechecker=typechecker)
    if inspect.isclass(made):
        plain = made.__init__
        made = _every_call(made, typechecker=typechecker)
        if made.__init__ is not plain:
            made.__init__ = _with(plain, made.__init__)
        return made
    _made[id(made.__code__)] += 1
    if _made[id(made.__code__)] > MAKINGS:
        return made
    return _with(made, _every_call(made, typechecker=typechecker))


def _with(plain: Callable[..., Any], checking: Callable[..., Any]) -> Callable[..., Any]:
    left = [CALLS]
    _left.append(left)

    @functools.wraps(plain)
    def call(*args: Any, **options: Any) -> Any:
        if left[0] < 1:
            return plain(*args, **options)
        left[0] -= 1
        return checking(*args, **options)

    return call
