"""A pasted model: the request, and what it says."""

from typing import Any

from ntkscope.schemas.base import Model, field

LONGEST_TEXT = 20_000


class ModelRequest(Model):
    """POST /api/models: the text of a model in PyTorch or Keras. It is read, never run."""

    text: str = field(
        title="Model",
        help="nn.Sequential(...) or a list of Dense layers, with the lines of the optimizer and the loss.",
        min_length=1,
        max_length=LONGEST_TEXT,
    )


class PastedModel(Model):
    """What a text says of a config; other fields stay as they are.

    `inputs`: how many the first layer takes; None where the text does not say.
    """

    changes: dict[str, Any]  # by the fields' dotted names, as in a suggestion
    ignored: list[str]  # a sentence on each thing that was not taken
    inputs: int | None
