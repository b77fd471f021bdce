"""The configs of a sweep."""

from collections.abc import Iterator
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ntkscope.errors import InvalidInput
from ntkscope.experiment.axes import leaves, members
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.sweep import AxisValue, SweepAxis, SweepRequest
from tests.cases import config

SCHEMA = RunConfig.model_json_schema()
SHA = "0" * 64


def request(base: RunConfig | None = None, /, **axes: list[AxisValue]) -> SweepRequest:
    """Axes by the names of their fields, with __ for a dot."""
    made = [SweepAxis(field=name.replace("__", "."), values=values) for name, values in axes.items()]
    return SweepRequest(config=base or config(), axes=made)


def refusal(base: RunConfig | None = None, /, **axes: list[AxisValue]) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        members(request(base, **axes))
    return caught.value


def value_at(made: RunConfig, path: str) -> Any:
    return reduce(getattr, path.split("."), made)


def test_every_combination_is_the_base_with_its_values_in_place() -> None:
    made = members(request(network__width=[8, 16], network__parameterization=["ntk", "mean_field"], seed=[0, 5]))

    assert len(made) == 8
    for number, member in enumerate(made):
        width, scaling, seed = (8, 16)[number // 4], ("ntk", "mean_field")[number // 2 % 2], (0, 5)[number % 2]
        assert member.values == {"network.width": width, "network.parameterization": scaling, "seed": seed}
        assert member.config == config(network__width=width, network__parameterization=scaling, seed=seed)
    assert len({member.config.digest() for member in made}) == 8


# ---- every leaf of the schema --------------------------------------------------------------------------------------


def schema_leaves(node: dict[str, Any], above: str = "", kinds: tuple[tuple[str, str], ...] = ()) -> Iterator[Any]:
    """Every field of the schema that holds one value: its name, its schema, and the kinds in which it is there."""
    if "$ref" in node:
        node = SCHEMA["$defs"][node["$ref"].rpartition("/")[2]]
    if "oneOf" in node:
        for kind, ref in node["discriminator"]["mapping"].items():
            yield from schema_leaves({"$ref": ref}, above, (*kinds, (above, kind)))
    elif "properties" in node:
        for name, part in node["properties"].items():
            yield from schema_leaves(part, f"{above}.{name}".lstrip("."), kinds)
    elif node.get("type") != "array":
        yield above, next((part for part in node.get("anyOf", ()) if part["type"] != "null"), node), kinds


LEAVES = sorted(schema_leaves(SCHEMA), key=str)


def of_kinds(kinds: tuple[tuple[str, str], ...]) -> RunConfig:
    """The config of defaults with these kinds in it."""
    fields = RunConfig().model_dump()
    for path, kind in kinds:
        *above, last = path.split(".")
        reduce(lambda tree, name: tree[name], above, fields)[last] = {"kind": kind}
        if (path, kind) == ("data.target", "dataset"):
            fields["data"]["points"] = {"kind": "dataset"}
        if fields["data"]["points"]["kind"] == "dataset":
            fields["data"]["points"]["sha256"] = SHA
    return RunConfig.model_validate(fields)


ANY = st.one_of(
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.integers(0, 100),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(0, 1),
    st.text(max_size=12),
)


@given(st.sampled_from(LEAVES), st.data())
def test_any_leaf_of_the_schema_is_an_axis_and_takes_what_its_field_takes(leaf: Any, data: st.DataObject) -> None:
    path, schema, kinds = leaf
    base = of_kinds(kinds)
    options = schema.get("enum", [schema["const"]] if "const" in schema else [])
    value = data.draw(st.one_of(ANY, st.sampled_from(options)) if options else ANY)
    fields = base.model_dump()
    *above, last = path.split(".")
    reduce(lambda tree, name: tree[name], above, fields)[last] = value
    try:
        expected = RunConfig.model_validate(fields, strict=True)
    except ValidationError:
        expected = None
    asked = SweepRequest(config=base, axes=[SweepAxis(field=path, values=[value])])
    asked = SweepRequest.model_validate_json(asked.model_dump_json())

    if last == "kind" and value != value_at(base, path):  # another kind has fields of its own: tested below
        return
    if expected is None:
        with pytest.raises(InvalidInput) as caught:
            members(asked)
        assert caught.value.where == "axes.0.values"
        assert f"{path} = " in caught.value.got
        assert caught.value.expected.endswith(".")
        assert "Input" not in caught.value.expected
    else:
        (member,) = members(asked)
        assert member.values == {path: value}
        assert type(member.values[path]) is type(value)
        assert member.config == expected


def test_the_leaves_of_a_config_are_those_of_the_schema() -> None:
    found = {path for _, _, kinds in LEAVES for path in leaves(of_kinds(kinds).model_dump())}

    assert found == {path for path, _, _ in LEAVES}
    assert not found & {"network", "data.points", "data.target.frequencies", "data.points.counts"}


# ---- kinds ---------------------------------------------------------------------------------------------------------


def test_a_field_of_a_kind_is_there_where_the_base_has_that_kind() -> None:
    circle = config(data__points={"kind": "circle", "n": 8})
    made = members(request(circle, data__points__n=[8, 16]))

    assert [member.config.data.points.n for member in made if member.config.data.points.kind == "circle"] == [8, 16]
    refused = refusal(circle, data__points__low=[-1.0])
    assert (refused.got, refused.where) == ("'data.points.low'", "axes.0.field")
    assert refused.remedy == "Here data.points is of kind 'circle', of which an axis can take kind, n, hold_out."


def test_another_kind_comes_with_its_defaults_and_the_base_s_own_stays_as_it_is() -> None:
    base = config(network__encoding={"kind": "fourier", "rows": 7})
    made = members(request(base, network__encoding__kind=["fourier", "none", "positional"]))

    assert [member.config.network.encoding.model_dump() for member in made] == [
        {"kind": "fourier", "rows": 7, "spread": 4.0},
        {"kind": "none"},
        {"kind": "positional", "octaves": 4},
    ]


def test_a_field_that_two_kinds_have_takes_its_values_in_both_whichever_axis_is_first() -> None:
    kinds: list[AxisValue] = ["interval", "circle"]
    numbers: list[AxisValue] = [8, 16]
    for axes in ({"data__points__kind": kinds, "data__points__n": numbers},
                 {"data__points__n": numbers, "data__points__kind": kinds}):  # fmt: skip
        points = [member.config.data.points for member in members(request(**axes))]
        assert {(one.kind, getattr(one, "n", None)) for one in points} == {
            ("interval", 8), ("interval", 16), ("circle", 8), ("circle", 16)
        }  # fmt: skip


# ---- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("axes", "expected", "got", "where"),
    [
        ({"seed": [1], "network__width": [64, -4]}, "network.width should be greater than or equal to 1.",
         "network.width = -4", "axes.1.values"),
        ({"network__width": [64, "128"]}, "network.width should be a valid integer.",
         "network.width = '128'", "axes.0.values"),
        ({"network__bias": [1]}, "network.bias should be a valid boolean.", "network.bias = 1", "axes.0.values"),
        ({"data__noise": [0.1, True]}, "data.noise should be a valid number.", "data.noise = true", "axes.0.values"),
        ({"seed": [2**53]}, f"seed should be less than or equal to {2**53 - 1}.", f"seed = {2**53}", "axes.0.values"),
        ({"network__parameterization": ["mup"]},
         "network.parameterization should be 'ntk', 'standard' or 'mean_field'.",
         "network.parameterization = 'mup'", "axes.0.values"),
        ({"seed": [0], "data__points__low": [0, 3]}, "The interval's left end must be below its right end.",
         "data.points.low = 3", "axes.1.values"),
        ({"data__points__low": [-2], "data__points__kind": ["interval", "circle"]},
         "A kind that has the field data.points.low.",
         "data.points.low = -2, data.points.kind = 'circle'", "axes.0.values"),
        ({"data__points__kind": ["dataset"]}, "A kind whose fields all have defaults; data.points.sha256 has none.",
         "data.points.kind = 'dataset'", "axes.0.values"),
        ({"network__encoding__kind": ["x"]},
         "network.encoding.kind should be one of 'none', 'fourier', 'positional'.",
         "network.encoding.kind = 'x'", "axes.0.values"),
        ({"seed": [0], "data__target__kind": ["dataset"]}, "A target from a data set needs the data set's points.",
         "data.target.kind = 'dataset'", "axes.1.values"),
    ],
)  # fmt: skip
def test_a_value_that_its_field_cannot_take(
    axes: dict[str, list[AxisValue]], expected: str, got: str, where: str
) -> None:
    refused = refusal(**axes)

    assert (refused.expected, refused.got, refused.where) == (expected, got, where)
    assert refused.remedy == "Take this value out of its axis."


@pytest.mark.parametrize(
    ("field", "remedy"),
    [
        ("network.widht", "Did you mean 'network.width'?"),
        ("width", "Did you mean 'network.width'?"),
        ("training.rate.fraction", "Did you mean 'training.learning_rate.fraction'?"),
        ("seeds", "Did you mean 'seed'?"),
        ("network", "Take one of its fields, such as 'network.width'."),
        ("network.width.x", "Did you mean 'network.width'?"),
        ("data.target.frequencies", "Here data.target is of kind 'sinusoids', of which an axis can take kind, draw."),
        (".", "GET /api/schema lists them."),
    ],
)
def test_a_field_that_is_not_known(field: str, remedy: str) -> None:
    refused = refusal(seed=[0], **{field: [1]})

    assert refused.expected.startswith("A field of the configuration that holds one number, text or switch")
    assert (refused.got, refused.where) == (f"'{field}'", "axes.1.field")
    assert refused.remedy == remedy


def test_widths_of_their_own_leave_no_axis_and_the_remedy_says_so() -> None:
    base = config(network__width=[32, 16], network__depth=2)
    with pytest.raises(InvalidInput) as caught:
        members(SweepRequest(config=base, axes=[SweepAxis(field="network.width", values=[8])]))
    assert caught.value.remedy == "Here it holds a list. Give the base configuration one number instead."
    with pytest.raises(InvalidInput, match="As many hidden layers as there are widths, 2"):
        members(SweepRequest(config=base, axes=[SweepAxis(field="network.depth", values=[3])]))
