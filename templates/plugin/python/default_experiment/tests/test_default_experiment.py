from __future__ import annotations

from pathlib import Path

from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess


def choice_for(process: PluginProcess, folder: str, prefix: str = "") -> m.DefaultExperimentChoice:
    plugin = process.open("default_experiment", "sample-name", settings={"prefix": prefix})
    answer = plugin.call("GetDefaultExperiment", m.RunContextQuery(working_directory=folder))
    assert isinstance(answer, m.DefaultExperimentChoice)
    return answer


def test_a_repository_gives_the_name(process: PluginProcess, tmp_path: Path) -> None:
    (tmp_path / "fraud" / ".git").mkdir(parents=True)
    (tmp_path / "fraud" / "src").mkdir()
    choice = choice_for(process, str(tmp_path / "fraud" / "src"), "team-a/")
    assert choice.applies
    assert choice.experiment_name == "team-a/fraud"


def test_elsewhere_it_does_not_apply(process: PluginProcess) -> None:
    for folder in ("/", "", "/no/such/folder", "/" + "x" * 5000):
        choice = choice_for(process, folder)
        assert not choice.applies
        assert not choice.experiment_name
