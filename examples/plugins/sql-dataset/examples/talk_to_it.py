"""Starts the plugin as Millrace does and prints a data set and what is kept of it with a run.

python examples/talk_to_it.py FOLDER SOURCE
"""

from __future__ import annotations

import sys
from pathlib import Path

from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

PLUGIN = Path(__file__).resolve().parent.parent


def main(folder: Path, source: str) -> None:
    with PluginProcess("millrace_sql_dataset", folder=PLUGIN) as process:
        datasets = process.open("dataset_source", "sql-dataset", settings={"folder": str(folder)})
        found = datasets.call("Resolve", m.RawDatasetSource(source=source))
        if not found.resolved:
            sys.exit(f"'{source}' is not a source of this plugin")
        print(f"{found.source_type} {found.source_json}")
        ref = m.DatasetSourceRef(source_type=found.source_type, source_json=found.source_json)
        for piece in datasets.call("Load", ref):
            print(piece.decode(), end="")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve(), sys.argv[2])
