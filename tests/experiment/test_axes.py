"""The configs of a sweep."""

import pytest

from ntkscope.errors import InvalidInput
from ntkscope.experiment.axes import members
from ntkscope.schemas.sweep import AxisField, AxisValue, SweepAxis, SweepRequest
from tests.cases import config


def request(**axes: list[AxisValue]) -> SweepRequest:
    names: dict[str, AxisField] = {
        "width": "network.width",
        "parameterization": "network.parameterization",
        "seed": "seed",
    }
    return SweepRequest(
        config=config(), axes=[SweepAxis(field=names[name], values=values) for name, values in axes.items()]
    )


def test_every_combination_is_the_base_with_its_values_in_place() -> None:
    made = members(request(width=[8, 16], parameterization=["ntk", "mean_field"], seed=[0, 5]))

    assert len(made) == 8
    for number, member in enumerate(made):
        width, scaling, seed = (8, 16)[number // 4], ("ntk", "mean_field")[number // 2 % 2], (0, 5)[number % 2]
        assert member.values == {"network.width": width, "network.parameterization": scaling, "seed": seed}
        assert member.config == config(network__width=width, network__parameterization=scaling, seed=seed)
    assert len({member.config.digest() for member in made}) == 8


@pytest.mark.parametrize(
    ("axes", "got", "where"),
    [
        ({"seed": [1], "width": [64, -4]}, "network.width = -4", "axes.1.values"),
        ({"width": [64, "128"]}, "network.width = '128'", "axes.0.values"),
        ({"seed": [2**53]}, f"seed = {2**53}", "axes.0.values"),
        ({"parameterization": ["ntk", "mup"]}, "network.parameterization = 'mup'", "axes.0.values"),
    ],
)
def test_a_value_that_its_field_cannot_take_is_named(axes: dict[str, list[AxisValue]], got: str, where: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        members(request(**axes))
    assert (caught.value.got, caught.value.where) == (got, where)
    assert caught.value.remedy
