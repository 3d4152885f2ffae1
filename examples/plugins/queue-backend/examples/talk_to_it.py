"""Starts the plugin as Millrace does, runs two jobs in it, and prints what they print as they print it.

python examples/talk_to_it.py FOLDER
"""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

PLUGIN = Path(__file__).resolve().parent.parent


def main(folder: Path) -> None:
    with PluginProcess("millrace_queue_backend.backend", folder=PLUGIN) as process:
        settings = {"folder": f"{folder}/queue", "parallel_jobs": "1"}
        backend = process.open("project_backend", "queue", settings=settings)
        scripts = ('echo "training run $MLFLOW_RUN_ID"; sleep 0.2; echo done', "exit 3")
        jobs = [backend.call("Submit", job(folder, script)) for script in scripts]
        for number, handle in enumerate(jobs, 1):
            for piece in backend.call("ReadLog", handle):
                print(piece.decode(), end="", flush=True)
            status = backend.call("GetJob", handle)
            print(f"job {number}: {m.JobStatus.State.Name(status.state)} {status.exit_status}")


def job(folder: Path, script: str) -> m.ProjectJob:
    return m.ProjectJob(
        run_id=uuid.uuid4().hex,
        experiment_id="0",
        tracking_uri="http://127.0.0.1:5000",
        working_directory=str(folder),
        command=["/bin/sh", "-c", script],
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve())
