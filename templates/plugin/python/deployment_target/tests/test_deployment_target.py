from __future__ import annotations

import json
from pathlib import Path

import pytest
from millrace.plugin import AlreadyExists, InvalidParameter, NotFound, ResourceExhausted
from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess


@pytest.fixture
def target(process: PluginProcess, tmp_path: Path) -> Instance:
    uri = f"sample-name:{tmp_path}"
    return process.open("deployment_target", "sample-name", uri=uri, settings={"limit": "2"})


def create(target: Instance, name: str) -> None:
    target.call("CreateDeployment", m.NewDeployment(name=name, model_uri="models:/m/1", model_directory="/"))


def names(target: Instance) -> list[str]:
    return [found.name for found in target.call("ListDeployments", m.DeploymentQuery()).deployments]


def test_a_deployment_lives_from_creation_to_deletion(target: Instance) -> None:
    create(target, "b/ä")
    create(target, "a")
    assert names(target) == ["a", "b/ä"]
    target.call("UpdateDeployment", m.DeploymentChanges(name="a", model_uri="models:/m/2"))
    assert target.call("GetDeployment", m.DeploymentKey(name="a")).model_uri == "models:/m/2"
    target.call("DeleteDeployment", m.DeploymentKey(name="a"))
    assert names(target) == ["b/ä"]


def test_a_name_is_taken_once(target: Instance) -> None:
    create(target, "a")
    with pytest.raises(AlreadyExists):
        create(target, "a")


def test_a_missing_model_is_refused(target: Instance) -> None:
    request = m.NewDeployment(name="n", model_directory="/no/such/folder")
    with pytest.raises(InvalidParameter, match="no model"):
        target.call("CreateDeployment", request)


def test_the_limit_holds(target: Instance) -> None:
    create(target, "a")
    create(target, "b")
    with pytest.raises(ResourceExhausted, match="limit"):
        create(target, "c")


def test_a_prediction_gives_the_input_back(target: Instance) -> None:
    create(target, "a")
    answer = target.call("Predict", m.Prediction(deployment_name="a", input_json='{"instances": [1, 2]}'))
    assert json.loads(answer.output_json) == {"predictions": [1, 2]}
    with pytest.raises(InvalidParameter):
        target.call("Predict", m.Prediction(deployment_name="a", input_json="[1"))
    with pytest.raises(NotFound):
        target.call("Predict", m.Prediction(deployment_name="none", input_json="{}"))
