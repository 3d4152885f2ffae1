"""A target with the words that its tests are written in."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess

MODELS = Path(__file__).resolve().parent / "models"
MODULE = "millrace_local_deployment.target"


class Target:
    """Deletes in the end what it deployed: models are served also when nobody is there."""

    def __init__(self, process: PluginProcess, folder: Path) -> None:
        self.folder = folder
        self.instance: Instance = process.open(
            "deployment_target", "local-deployment", uri=f"local-deployment:{folder}"
        )

    def create(self, name: str = "a", model: Path = MODELS / "line", **fields: Any) -> m.Deployment:
        new = m.NewDeployment(name=name, model_uri="models:/m/1", model_directory=str(model), **fields)
        return self._deployment("CreateDeployment", new)

    def update(self, name: str = "a", **fields: Any) -> m.Deployment:
        return self._deployment("UpdateDeployment", m.DeploymentChanges(name=name, **fields))

    def get(self, name: str = "a") -> m.Deployment:
        return self._deployment("GetDeployment", m.DeploymentKey(name=name))

    def delete(self, name: str = "a") -> None:
        self.instance.call("DeleteDeployment", m.DeploymentKey(name=name))

    def names(self) -> list[str]:
        return [
            entry.name for entry in self.instance.call("ListDeployments", m.DeploymentQuery()).deployments
        ]

    def settled(self, name: str = "a") -> m.Deployment:
        wait_for(lambda: self.get(name).state != m.Deployment.DEPLOYMENT_STATE_STARTING)
        return self.get(name)

    def serving(self, name: str = "a") -> m.Deployment:
        found = self.settled(name)
        assert found.state == m.Deployment.DEPLOYMENT_STATE_SERVING, found.message
        return found

    def predict(self, asked: Any, name: str = "a") -> Any:
        text = asked if isinstance(asked, str) else json.dumps(asked)
        answer = self.instance.call("Predict", m.Prediction(deployment_name=name, input_json=text))
        return json.loads(answer.output_json)["predictions"]

    def __enter__(self) -> Target:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in self.names():
            self.delete(name)

    def _deployment(self, operation: str, request: Any) -> m.Deployment:
        answer = self.instance.call(operation, request)
        assert isinstance(answer, m.Deployment)
        return answer


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "this takes too long"
        time.sleep(0.01)
