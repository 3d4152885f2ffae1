"""Images, figures and audio by step: what docs/media.md has somebody log lies where the page looks for it."""

import os
import re
import subprocess
import sys

import mlflow
from servers import ROOT

# The two forms of names that the document promises; ui/src/media/names.ts reads the same.
NAME = re.compile(r"(?P<folder>\w+)/(?P<key>.+)\+step\+(?P<step>\d+)(\+timestamp\+\d+\+[\w-]+)?(?P<small>\+compressed)?\.(?P<type>\w+)")


def test_what_the_document_logs_lies_where_the_page_looks(server, client, experiment, tmp_path):
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/media.md").read_text(), re.DOTALL)
    environment = {**os.environ, "MLFLOW_TRACKING_URI": server.url, "MLFLOW_EXPERIMENT_ID": experiment}
    subprocess.run([sys.executable, "-c", example], cwd=tmp_path, env=environment, check=True, timeout=120)
    [run] = client.search_runs([experiment])
    names = [NAME.fullmatch(file.path) for folder in client.list_artifacts(run.info.run_id) for file in client.list_artifacts(run.info.run_id, folder.path)]
    assert all(names)
    kinds = sorted((name["folder"], name["key"], int(name["step"]), bool(name["small"]), name["type"]) for name in names)
    assert kinds == sorted(
        row
        for step in (0, 10, 20)
        for row in (
            ("audio", "voice", step, False, "wav"),
            ("figures", "report", step, False, "html"),
            ("images", "samples~dogs", step, False, "png"),
            ("images", "samples~dogs", step, True, "webp"),
        )
    )
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/figures/report+step+10.html") == "<h1>Step 10</h1>"
