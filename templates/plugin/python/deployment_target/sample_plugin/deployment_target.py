"""Deploys models into a folder and answers requests with what they ask.

A place to begin: what is kept here as a file belongs to the serving system.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from millrace.plugin import (
    AlreadyExists,
    CallContext,
    DeploymentTarget,
    InvalidParameter,
    NotFound,
    PluginOptions,
    ResourceExhausted,
)
from millrace.plugin.messages import (
    CheckReport,
    Deployment,
    DeploymentChanges,
    DeploymentKey,
    DeploymentList,
    DeploymentQuery,
    NewDeployment,
    Prediction,
    PredictionResult,
)


class SamplePlugin(DeploymentTarget):
    def __init__(self, options: PluginOptions) -> None:
        path = unquote(urlsplit(options.uri).path)
        if not path.startswith("/"):
            raise InvalidParameter(f"'{options.uri}' names no folder: write sample-name:/absolute/folder")
        self._folder = Path(path)
        self._limit = options.integer("limit", 1000)
        self._writing = threading.Lock()
        self._folder.mkdir(parents=True, exist_ok=True)

    def create_deployment(self, context: CallContext, request: NewDeployment) -> Deployment:
        if request.endpoint:
            raise InvalidParameter("this target has no endpoints")
        _require_model(request.model_directory)
        with self._writing:
            if self._file(request.name).exists():
                raise AlreadyExists(f"there is a deployment '{request.name}' already")
            if len(self._files()) >= self._limit:
                raise ResourceExhausted(f"there are {self._limit} deployments, the setting 'limit'")
            return self._keep(
                Deployment(
                    name=request.name,
                    flavor=request.flavor or "default",
                    model_uri=request.model_uri,
                    state=Deployment.DEPLOYMENT_STATE_SERVING,
                )
            )

    def update_deployment(self, context: CallContext, request: DeploymentChanges) -> Deployment:
        with self._writing:
            deployment = self._find(request.name)
            if request.HasField("model_directory"):
                _require_model(request.model_directory)
            if request.HasField("model_uri"):
                deployment.model_uri = request.model_uri
            if request.HasField("flavor"):
                deployment.flavor = request.flavor
            return self._keep(deployment)

    def delete_deployment(self, context: CallContext, request: DeploymentKey) -> None:
        with self._writing:
            self._file(request.name).unlink(missing_ok=True)

    def get_deployment(self, context: CallContext, request: DeploymentKey) -> Deployment:
        return self._find(request.name)

    def list_deployments(self, context: CallContext, request: DeploymentQuery) -> DeploymentList:
        found = [deployment for file in self._files() if (deployment := _read(file)) is not None]
        found.sort(key=lambda deployment: deployment.name.encode())
        return DeploymentList(deployments=found)

    def predict(self, context: CallContext, request: Prediction) -> PredictionResult:
        self._find(request.deployment_name)
        try:
            rows = json.loads(request.input_json)
        except ValueError as error:
            raise InvalidParameter(f"the input is no JSON: {error}") from error
        if not isinstance(rows, dict) or not rows:
            raise InvalidParameter("the input must be an object with dataframe_split, instances or inputs")
        return PredictionResult(output_json=json.dumps({"predictions": next(iter(rows.values()))}))

    def check(self, context: CallContext) -> Iterable[CheckReport.Finding]:
        writable = os.access(self._folder, os.W_OK)
        outcome = CheckReport.OUTCOME_FINE if writable else CheckReport.OUTCOME_FAILED
        what = "can be written" if writable else "cannot be written: give it to the user of the server"
        return [CheckReport.Finding(subject="folder", outcome=outcome, message=f"{self._folder} {what}")]

    # ---- files ----

    def _file(self, name: str) -> Path:
        """Any name has a file, whatever characters it has and however long it is."""
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()}.deployment"

    def _files(self) -> list[Path]:
        return list(self._folder.glob("*.deployment"))

    def _find(self, name: str) -> Deployment:
        found = _read(self._file(name))
        if found is None:
            raise NotFound(f"there is no deployment '{name}'")
        return found

    def _keep(self, deployment: Deployment) -> Deployment:
        file = self._file(deployment.name)
        unfinished = file.with_suffix(".new")
        with unfinished.open("wb") as stream:
            stream.write(deployment.SerializeToString())
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
        _sync(self._folder)
        return deployment


def _require_model(folder: str) -> None:
    if not os.path.isdir(folder):
        raise InvalidParameter(f"there is no model in '{folder}'")


def _read(file: Path) -> Deployment | None:
    try:
        return Deployment.FromString(file.read_bytes())
    except FileNotFoundError:
        return None


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
