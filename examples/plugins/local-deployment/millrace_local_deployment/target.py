"""The deployment target: what Millrace calls."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from millrace.plugin import (
    AlreadyExists,
    CallContext,
    DeploymentTarget,
    Error,
    InvalidParameter,
    InvalidState,
    NotFound,
    Plugin,
    PluginOptions,
    TemporarilyUnavailable,
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

from millrace_local_deployment.copying import copy_model, keeping
from millrace_local_deployment.folders import (
    Address,
    DeploymentFolder,
    generations_of,
    sync_folder,
    write_whole,
)
from millrace_local_deployment.serving import LONGEST_BODY, NAME_HEADER

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_USUAL_PATIENCE = 30.0
_LONGEST_ANSWER = 4 << 20

plugin = Plugin()


@plugin.deployment_target("local-deployment")
class LocalTarget(DeploymentTarget):
    """All state is in the folder of the URI: plugins come and go while models are served."""

    def __init__(self, options: PluginOptions) -> None:
        self._starting = threading.Lock()
        self._processes: list[subprocess.Popen[bytes]] = []
        root = _root(options.uri)
        try:
            self._folder = DeploymentFolder(root)
            self._revive()
        except OSError as error:
            raise TemporarilyUnavailable(f"the folder {root} cannot be used: {error.strerror}") from error

    def check(self, context: CallContext) -> list[CheckReport.Finding]:
        message = f"{len(self._folder.names())} deployments in {self._folder.root}"
        return [CheckReport.Finding(subject="folder", outcome=CheckReport.OUTCOME_FINE, message=message)]

    def create_deployment(self, context: CallContext, request: NewDeployment) -> Deployment:
        _refuse_endpoint(request.endpoint)
        if not _NAME.fullmatch(request.name):
            raise InvalidParameter(
                "a name is 1 to 100 letters, digits, '.', '_' and '-', a letter or digit first"
            )
        _refuse_configuration(dict(request.configuration))
        if self._folder.describe(request.name) is not None:
            raise _taken(request.name)
        with keeping(), self._folder.unfinished() as folder:
            description = {
                "model_uri": request.model_uri,
                "flavor": copy_model(Path(request.model_directory), folder / "1", request.flavor),
                "configuration": dict(request.configuration),
                "generation": 1,
            }
            write_whole(folder / "deployment.json", json.dumps(description))
            with self._folder.one_at_a_time():
                if self._folder.describe(request.name) is not None:
                    raise _taken(request.name)
                folder.rename(self._folder.root / request.name)
                sync_folder(self._folder.root)
                try:
                    self._start(request.name, description)
                except OSError:
                    self._folder.remove(request.name)  # it was refused: nothing is left
                    raise
        return self._shown(request.name)

    def update_deployment(self, context: CallContext, request: DeploymentChanges) -> Deployment:
        _refuse_endpoint(request.endpoint)
        _refuse_configuration(dict(request.configuration))
        with keeping(), self._folder.one_at_a_time():
            description = self._found(request.name)
            flavor = request.flavor or description["flavor"]
            current = self._folder.current(request.name, description)
            if request.model_directory or flavor != description["flavor"]:
                source = Path(request.model_directory) if request.model_directory else current.model
                description["generation"] = generations_of(self._folder.root / request.name)[0].number + 1
                target = self._folder.current(request.name, description).folder
                with self._folder.unfinished() as folder:
                    description["flavor"] = copy_model(source, folder / "new", flavor)
                    (folder / "new").rename(target)
            if request.HasField("model_uri"):
                description["model_uri"] = request.model_uri
            description["configuration"].update(request.configuration)
            write_whole(self._folder.root / request.name / "deployment.json", json.dumps(description))
            self._start(request.name, description)
        return self._shown(request.name)

    def delete_deployment(self, context: CallContext, request: DeploymentKey) -> None:
        if not request.endpoint and _NAME.fullmatch(request.name):
            with keeping(), self._folder.one_at_a_time():
                self._folder.remove(request.name)

    def get_deployment(self, context: CallContext, request: DeploymentKey) -> Deployment:
        _refuse_endpoint(request.endpoint)
        return self._shown(request.name)

    def list_deployments(self, context: CallContext, request: DeploymentQuery) -> DeploymentList:
        _refuse_endpoint(request.endpoint)
        found = [(name, self._folder.describe(name)) for name in self._folder.names()]
        shown = [self._show(name, description) for name, description in found if description is not None]
        return DeploymentList(deployments=shown)

    def predict(self, context: CallContext, request: Prediction) -> PredictionResult:
        _refuse_endpoint(request.endpoint)
        body = request.input_json.encode()
        if len(body) > LONGEST_BODY:
            raise InvalidParameter(f"the input is longer than {LONGEST_BODY} bytes")
        description = self._found(request.deployment_name)
        patience = float(description["configuration"].get("predict_seconds", _USUAL_PATIENCE))
        if (left := context.remaining()) is not None:
            patience = min(patience, left)
        # While a new model loads, the one before it serves; that may end as we ask it, so we look twice.
        folder = self._folder.root / request.deployment_name
        for generation in (seen for _ in range(2) for seen in generations_of(folder)):
            if address := generation.address():
                try:
                    return PredictionResult(output_json=_ask(address, body, patience))
                except TemporarilyUnavailable:
                    if generation.lives():
                        raise
        shown = self._shown(request.deployment_name)
        if shown.state == Deployment.DEPLOYMENT_STATE_FAILED:
            raise InvalidState(f"the deployment '{request.deployment_name}' has failed: {shown.message}")
        raise TemporarilyUnavailable(
            f"the deployment '{request.deployment_name}' starts: try again in a moment"
        )

    def _found(self, name: str) -> dict[str, Any]:
        description = self._folder.describe(name) if _NAME.fullmatch(name) else None
        if description is None:
            raise NotFound(f"there is no deployment '{name[:100]}'")
        return description

    def _shown(self, name: str) -> Deployment:
        return self._show(name, self._found(name))

    def _show(self, name: str, description: dict[str, Any]) -> Deployment:
        generation = self._folder.current(name, description)
        shown = Deployment(name=name, flavor=description["flavor"], model_uri=description["model_uri"])
        shown.attributes["log"] = str(generation.log)
        if address := generation.address():
            shown.state = Deployment.DEPLOYMENT_STATE_SERVING
            shown.attributes["address"] = f"http://127.0.0.1:{address.port}"
        elif generation.lives():
            shown.state = Deployment.DEPLOYMENT_STATE_STARTING
        else:
            shown.state = Deployment.DEPLOYMENT_STATE_FAILED
            shown.message = generation.last_words() or "its process has ended without a word"
        return shown

    def _revive(self) -> None:
        """Starts what was served when the machine, or a process, went down."""
        with self._folder.one_at_a_time():
            for name in self._folder.names():
                self._start(name, self._found(name))

    def _start(self, name: str, description: dict[str, Any]) -> None:
        """Starts the process of a deployment that has none. It inherits the lock, so it lives from now on."""
        generation = self._folder.current(name, description)
        if generation.lives():
            return
        command = [sys.executable, "-m", "millrace_local_deployment.serving", str(generation.folder)]
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith("MILLRACE_PLUGIN_")
        }
        with self._starting, generation.locked() as lock, generation.log.open("ab") as log:
            self._processes = [process for process in self._processes if process.poll() is None]
            self._processes.append(
                subprocess.Popen(
                    [*command, description["flavor"], str(lock)],
                    cwd=Path(__file__).resolve().parent.parent,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=[lock],
                    start_new_session=True,
                )
            )


def _root(uri: str) -> Path:
    parts = urlsplit(uri)
    folder = Path(unquote(parts.path))
    if parts.netloc or parts.query or parts.fragment or not folder.is_absolute():
        raise InvalidParameter(f"'{uri}' names no folder: write local-deployment:/absolute/path")
    return folder


def _refuse_endpoint(name: str) -> None:
    if name:
        raise NotFound(f"there is no endpoint '{name[:100]}': this target has none")


def _refuse_configuration(configuration: dict[str, str]) -> None:
    unknown = set(configuration) - {"predict_seconds"}
    if unknown:
        raise InvalidParameter(f"this target has no setting '{min(unknown)[:100]}'; it has 'predict_seconds'")
    text = configuration.get("predict_seconds", "1")
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text) or float(text) == 0:
        raise InvalidParameter("'predict_seconds' must be a number greater than 0")


def _taken(name: str) -> AlreadyExists:
    return AlreadyExists(f"there is a deployment '{name}' already")


def _ask(address: Address, body: bytes, patience: float) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=max(patience, 0.01))
    try:
        connection.request("POST", "/invocations", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.getheader(NAME_HEADER) != address.token:
            raise TemporarilyUnavailable("the model is being replaced: try again")
        content = answer.read(_LONGEST_ANSWER + 1)
    except (OSError, http.client.HTTPException) as error:
        reason = f"the model does not answer ({type(error).__name__})"
        raise TemporarilyUnavailable(reason) from error
    finally:
        connection.close()
    if len(content) > _LONGEST_ANSWER:
        raise InvalidParameter(
            f"the predictions are longer than {_LONGEST_ANSWER} bytes: ask with fewer rows"
        )
    if answer.status == 200:
        return content.decode()
    message = str(json.loads(content)["message"])
    raise InvalidParameter(message) if answer.status == 400 else Error("INTERNAL_ERROR", message)
