"""Requests that work, for the documentation."""

from fastapi.openapi.models import Example

from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.data import Data, Sinusoids
from ntkscope.schemas.network import Network
from ntkscope.schemas.scan import ScanRequest
from ntkscope.schemas.sweep import SweepAxis, SweepRequest
from ntkscope.schemas.training import Recording, Stop, Training

SMALL = RunConfig(
    data=Data(target=Sinusoids(frequencies=[1, 3], amplitudes=[1, 0.5])),
    network=Network(width=128, sigma_w=4, sigma_b=2),
    training=Training(stop=Stop(steps=500)),
    recording=Recording(frames=40, kernel_frames=5),
)
CONFIG = SMALL.model_dump(mode="json")
RUN_REQUESTS = {
    "two sines": Example(
        summary="Two sines, a small network, half a second",
        value={"name": "Two sines", "tags": ["example"], "config": CONFIG},
    ),
    "defaults": Example(summary="Everything as it is by default", value={}),
}
SWEEP_REQUESTS = {
    "width study": Example(
        summary="Three widths in two scalings, two seeds of each",
        value=SweepRequest(
            name="Width study",
            config=SMALL,
            axes=[
                SweepAxis(field="network.parameterization", values=["ntk", "mean_field"]),
                SweepAxis(field="network.width", values=[64, 256, 1024]),
                SweepAxis(field="seed", values=[0, 1]),
            ],
        ).model_dump(mode="json"),
    ),
    "activations": Example(
        summary="Three activations at three learning rates; any field of the config can be an axis",
        value=SweepRequest(
            name="Activations and rates",
            config=SMALL,
            axes=[
                SweepAxis(field="network.activation", values=["relu", "tanh", "erf"]),
                SweepAxis(field="training.learning_rate.fraction", values=[0.25, 0.5, 0.75]),
            ],
        ).model_dump(mode="json"),
    ),
}
SCANS = {
    "widths": Example(
        summary="How wide?",
        value=ScanRequest(config=SMALL, field="network.width", values=[16, 64, 256]).model_dump(mode="json"),
    ),
    "rates": Example(
        summary="How fast may it learn?",
        value=ScanRequest(
            config=SMALL, field="training.learning_rate.fraction", values=[0.1, 0.5, 0.9, 1.5]
        ).model_dump(mode="json"),
    ),
}
CONFIGS = {"two sines": Example(summary="Two sines and a small network", value=CONFIG)}
MODELS = {
    "PyTorch": Example(
        summary="An nn.Sequential with its optimizer and its loss",
        value={
            "text": "model = nn.Sequential(nn.Linear(1, 64), nn.Tanh(), nn.Linear(64, 1))\n"
            "optimizer = torch.optim.SGD(model.parameters(), lr=0.01)\nloss = nn.MSELoss()"
        },
    ),
    "Keras": Example(
        summary="Dense layers of two widths",
        value={"text": "[Dense(64, activation='relu'), Dense(16, activation='relu'), Dense(1)]"},
    ),
}
TABLE = "x1,y\n-1,0.2\n-0.5,-0.8\n0,0.1\n0.5,0.9\n1,-0.1\n"
