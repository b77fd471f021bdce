"""A model that is pasted into the form, and a run that is copied out as plain PyTorch."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Server
from tests.e2e.lab import DONE, Open, status, train

pytestmark = pytest.mark.e2e

MODEL = """
model = nn.Sequential(nn.Linear(1, 24), nn.Sigmoid(), nn.Linear(24, 12), nn.Sigmoid(), nn.Linear(12, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for epoch in range(60): optimizer.step()
"""


def test_a_pasted_model_trains_and_its_run_is_copied_as_pytorch(server: Server, open_page: Open) -> None:
    page = open_page(f"{server.url}/#data.points=interval&data.points.n=12&seed=5")
    page.get_by_role("button", name="Paste your model").click()
    page.get_by_role("textbox", name="Paste your model").fill(MODEL)
    page.get_by_role("button", name="Use this model").click()
    expect(page.get_by_text("Not taken of SGD: momentum; training here is plain gradient descent.")).to_be_visible()
    expect(page.locator('[data-path="network.width"] input')).to_have_value("24, 12")
    expect(page.locator('[data-path="network.depth"] input')).to_have_value("2")
    expect(page.locator('[data-path="network.initialization"] select')).to_have_value("torch_linear")
    expect(page.locator('[data-path="training.loss"] select')).to_have_value("mean")
    expect(page.locator('[data-path="network.sigma_w"]')).to_have_count(0)
    train(page)
    expect(status(page)).to_have_text(DONE)
    page.get_by_role("button", name="Copy the run shown as PyTorch").click()
    expect(page.get_by_text("Script copied.")).to_be_visible()
    script = page.evaluate("navigator.clipboard.readText()")
    compile(script, "script.py", "exec")
    assert "nn.Sequential(nn.Linear(1, 24), nn.Sigmoid(), nn.Linear(24, 12), nn.Sigmoid(), nn.Linear(12, 1))" in script
    assert "torch.optim.SGD(model.parameters(), lr=0.05)" in script
    assert "range(61)" in script
