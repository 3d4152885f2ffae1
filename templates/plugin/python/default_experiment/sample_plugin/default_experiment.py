"""Names the experiment after the repository that a run is made in."""

from __future__ import annotations

from pathlib import Path

from millrace.plugin import CallContext, DefaultExperiment, InvalidParameter, PluginOptions
from millrace.plugin.messages import DefaultExperimentChoice, RunContextQuery

# Bytes of the name of an experiment.
_LONGEST_NAME = 500


class SamplePlugin(DefaultExperiment):
    def __init__(self, options: PluginOptions) -> None:
        self._prefix = options.string("prefix", "")
        if len(self._prefix.encode()) > 200:
            raise InvalidParameter("the setting 'prefix' is longer than 200 bytes")

    def get_default_experiment(
        self, context: CallContext, request: RunContextQuery
    ) -> DefaultExperimentChoice:
        repository = _repository_of(request.working_directory)
        if repository is None or not repository.name:
            return DefaultExperimentChoice(applies=False)
        name = (self._prefix + repository.name).encode(errors="replace")[:_LONGEST_NAME]
        return DefaultExperimentChoice(applies=True, experiment_name=name.decode(errors="ignore"))


def _repository_of(folder: str) -> Path | None:
    """The folder with `.git` that holds a folder."""
    if not folder.startswith("/"):
        return None
    path = Path(folder)
    try:
        return next((parent for parent in (path, *path.parents) if (parent / ".git").exists()), None)
    except OSError:
        return None  # a path that no file can have
