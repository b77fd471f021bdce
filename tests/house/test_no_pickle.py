"""Nothing that the program reads can run code: no pickle, in any of its shapes."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "backend" / "ntkscope"
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"}
CALLS = {("torch", "load"), ("torch", "save"), ("yaml", "load"), ("builtins", "eval"), ("builtins", "exec")}


def unsafe(source: str) -> list[str]:
    """What could run code, by the names that the source uses."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [name.name for name in names if name.name.partition(".")[0] in MODULES]
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in MODULES:
                found.append(module)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)) if (owner, name) in CALLS:
                found.append(f"{owner}.{name}")
            case ast.Call(func=ast.Name(id=name)) if ("builtins", name) in CALLS:
                found.append(name)
            case ast.keyword(arg="allow_pickle", value=ast.Constant(value=True)):
                found.append("allow_pickle")
    return found


@pytest.mark.parametrize(
    "source", ["import pickle", "from dill import loads", "torch.load(x)", "np.load(x, allow_pickle=True)", "eval(x)"]
)
def test_it_would_be_found(source: str) -> None:
    assert unsafe(source)


def test_there_is_none() -> None:
    found = {str(file.relative_to(ROOT)): what for file in ROOT.rglob("*.py") if (what := unsafe(file.read_text()))}
    assert found == {}
