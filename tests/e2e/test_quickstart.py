import subprocess
import sys

from servers import ROOT


def test_the_quickstart_runs_and_reads_everything_back(server, tmp_path):
    script = ROOT / "examples/quickstart.py"
    result = subprocess.run([sys.executable, script, server.url], cwd=tmp_path, capture_output=True, text=True, timeout=180)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "accuracy" in result.stdout
