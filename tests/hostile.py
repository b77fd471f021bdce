"""Texts that are made up to break a reader, and what a reader may do with them: answer, or refuse in a sentence."""

import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ntkscope.errors import NtkscopeError

# `ast.parse`; attributes of numpy's; lazy imports.
HARMLESS = frozenset({"compile", "object.__getattr__", "import", "builtins.id", "array.__new__"})
# Where `ast.parse` looks for a line to quote, and where pandas finds how many processors a container may use.
READ = re.compile(r"<unknown>|/sys/fs/cgroup/cpu[./][a-z_./]+")
TOLD_EVERY = 20_000
_escapes: list[str] = []
_watching = False


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    """Python's own report of what a program does: files, processes, sockets, code that is run (PEP 578)."""
    if event == "sys._getframe" and arguments[0].f_code.co_filename == "<frozen abc>":
        return  # beartype's, which checks numerics under pytest, where Python asks its classes for their subclasses
    if _watching and event not in HARMLESS and not (event == "open" and _is_looked_at(*arguments)):
        _escapes.append(f"{event} {arguments!r:.200}")


def _is_looked_at(path: Any, mode: Any, _flags: Any) -> bool:
    return isinstance(path, str) and mode in ("r", "rb") and READ.fullmatch(path) is not None


@dataclass
class Told:
    """What became of the texts."""

    answered: int = 0
    refused: int = 0
    longest: float = 0.0  # seconds of the processor for one
    slowest: Any = None
    escapes: list[str] = field(default_factory=list)


def read_all(read: Callable[[Any], object], texts: Iterator[Any]) -> Told:
    """Reads each of them, under Python's audit.

    Raises:
        Exception: any that is not our own refusal; the text stands in its notes.
    """
    global _watching
    if _audit not in _hooks:
        sys.addaudithook(_audit)
        _hooks.append(_audit)
    told = Told()
    _escapes.clear()
    for number, text in enumerate(texts):
        if number and number % TOLD_EVERY == 0:
            print(f"{number:,} read, {len(_escapes)} escaped", flush=True)
        start = time.process_time()
        _watching = True
        try:
            read(text)
            told.answered += 1
        except NtkscopeError:
            told.refused += 1
        except BaseException as error:
            error.add_note(f"of the text {text!r:.2000}")
            raise
        finally:
            _watching = False
        took = time.process_time() - start
        if took > told.longest:
            told.longest, told.slowest = took, text
    told.escapes = list(_escapes)
    return told


_hooks: list[Any] = []


def texts(
    number: int, seed: int, good: Sequence[str], bad: Sequence[str], signs: Sequence[str], between: str
) -> Iterator[str]:
    """Random ones: of the reader's own signs, and good and bad ones that are cut, joined, repeated and changed."""
    draw = random.Random(seed)
    for _ in range(number):
        kind = draw.random()
        if kind < 0.2:
            yield between.join(draw.choices(good, k=draw.randint(1, 3)))
        elif kind < 0.45:
            yield "".join(draw.choices(signs, k=draw.randint(1, 40)))
        elif kind < 0.9:
            text = draw.choice(good if draw.random() < 0.6 else bad)
            for _ in range(draw.randint(0, 4)):
                text = _changed(text, draw, good, bad, signs)
            yield text
        else:
            yield "".join(chr(draw.choice([draw.randrange(32), draw.randrange(128), draw.randrange(0x11000)]))
                          for _ in range(draw.randint(1, 30)))  # fmt: skip


def _changed(text: str, draw: random.Random, good: Sequence[str], bad: Sequence[str], signs: Sequence[str]) -> str:
    at, to = sorted((draw.randint(0, len(text)), draw.randint(0, len(text))))
    match draw.randrange(6):
        case 0:
            return text[:at] + text[to:]
        case 1:
            return text[:at] + draw.choice(signs) + text[at:]
        case 2:
            return text[:at] + text[at:to] * draw.randint(2, 9) + text[to:]
        case 3:
            return text[:at] + draw.choice(bad) + text[to:]
        case 4:
            return text[:at] + draw.choice(good) + text[to:]
    return "".join(reversed(text[at:to])).join((text[:at], text[to:]))
