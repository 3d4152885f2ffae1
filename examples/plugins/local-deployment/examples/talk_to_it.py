"""Starts the plugin as Millrace does, deploys a model, asks it, and replaces it by another.

python examples/talk_to_it.py FOLDER
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess

PLUGIN = Path(__file__).resolve().parent.parent
MODELS = PLUGIN / "tests/models"


def main(folder: Path) -> None:
    with PluginProcess("millrace_local_deployment.target", folder=PLUGIN) as process:
        target = process.open("deployment_target", "local-deployment", uri=f"local-deployment:{folder}")
        new = m.NewDeployment(
            name="flowers", model_uri="models:/line/1", model_directory=str(MODELS / "line")
        )
        target.call("CreateDeployment", new)
        wait_until_it_serves(target, "flowers")
        ask(target, {"dataframe_split": {"columns": ["x"], "data": [[1], [2]]}})
        target.call(
            "UpdateDeployment",
            m.DeploymentChanges(name="flowers", model_directory=str(MODELS / "rules"), flavor="python"),
        )
        wait_until_it_serves(target, "flowers")
        ask(target, {"dataframe_records": [{"mm": 14}, {"mm": 51}]})
        target.call("DeleteDeployment", m.DeploymentKey(name="flowers"))


def wait_until_it_serves(target: Instance, name: str) -> None:
    while True:
        deployment = target.call("GetDeployment", m.DeploymentKey(name=name))
        if deployment.state == m.Deployment.DEPLOYMENT_STATE_SERVING:
            print(f"{name} serves, flavor {deployment.flavor}")
            return
        if deployment.state == m.Deployment.DEPLOYMENT_STATE_FAILED:
            sys.exit(deployment.message)
        time.sleep(0.05)


def ask(target: Instance, question: object) -> None:
    prediction = m.Prediction(deployment_name="flowers", input_json=json.dumps(question))
    print(target.call("Predict", prediction).output_json)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve())
