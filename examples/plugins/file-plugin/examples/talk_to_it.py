"""Starts the plugin as Millrace does, logs a run with an artifact, and finds it again.

python examples/talk_to_it.py FOLDER
"""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess

PLUGIN = Path(__file__).resolve().parent.parent


def main(folder: Path) -> None:
    with PluginProcess("millrace_file_plugin", folder=PLUGIN) as process:
        store = process.open("tracking_store", "file-plugin", uri=f"file-plugin:{folder}")
        run = log_a_run(store, str(folder / "artifacts"))
        keep_an_artifact(process, run)
        find_good_runs(store)


def log_a_run(store: Instance, artifacts: str) -> m.RunInfo:
    name = f"example {uuid.uuid4().hex[:8]}"
    new = m.NewExperiment(name=name, artifact_root=f"file-plugin:{artifacts}", creation_time=1)
    experiment = store.call("CreateExperiment", new)
    info = m.RunInfo(
        run_id=uuid.uuid4().hex,
        experiment_id=experiment.experiment_id,
        status=m.RUNNING,
        start_time=2,
        lifecycle_stage="active",
    )
    run = store.call("CreateRun", m.NewRun(info=info))
    accuracy = m.Metric(key="accuracy", value=0.93, step=1, timestamp=3)
    params = [m.Param(key="depth", value="5")]
    store.call("WriteRunData", m.RunDataWrite(run_id=info.run_id, metrics=[accuracy], params=params))
    created: m.RunInfo = run.info
    return created


def keep_an_artifact(process: PluginProcess, run: m.RunInfo) -> None:
    repository = process.open("artifact_repository", "file-plugin", uri=run.artifact_uri)
    repository.call("Write", m.ArtifactWrite(path="notes/hello.txt"), content=[b"hello"])
    content = b"".join(repository.call("Read", m.ArtifactRead(path="notes/hello.txt")))
    print(f"notes/hello.txt says {content.decode()}")


def find_good_runs(store: Instance) -> None:
    field = m.FieldRef(kind=m.FIELD_KIND_METRIC, name="accuracy")
    good = m.Comparison(field=field, comparator=m.COMPARATOR_GREATER, number=0.9)
    query = m.RunQuery(view_type=m.ACTIVE_ONLY, filter=m.Filter(comparison=good), page=m.Page(limit=10))
    for run in store.call("SearchRuns", query).runs:
        print(f"run {run.info.run_id} has depth {run.data.params[0].value}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve())
