"""What the contract asks of a deployment target."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from millrace.plugin import AlreadyExists, Error, InvalidParameter, InvalidState, NotFound
from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

from .subject import MODELS, Target, wait_for

ONE = {"inputs": {"x": [1]}}
FAILED = m.Deployment.DEPLOYMENT_STATE_FAILED


def test_a_deployment_serves_and_tells_where(target: Target) -> None:
    created = target.create()
    assert (created.name, created.flavor, created.model_uri) == ("a", "linear", "models:/m/1")
    address = target.serving().attributes["address"]
    assert target.predict(ONE) == [3.0]
    with urllib.request.urlopen(f"{address}/ping", timeout=10) as answer:
        assert answer.status == 200
    body = json.dumps(ONE).encode()
    with urllib.request.urlopen(f"{address}/invocations", body, timeout=10) as answer:
        assert json.load(answer) == {"predictions": [3.0]}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/other", {}, 404),
        ("POST", "/other", {}, 404),
        ("POST", "/invocations", {"Content-Length": "99999999"}, 413),
        ("POST", "/invocations", {"Content-Length": "-1"}, 411),
    ],
)
def test_requests_that_make_no_sense_are_refused(
    line: Target, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    url = line.serving().attributes["address"] + path
    request = urllib.request.Request(url, b"{}" if method == "POST" else None, headers, method=method)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=10)
    assert caught.value.code == status
    caught.value.close()


@pytest.mark.parametrize(
    "asked",
    [
        {"dataframe_split": {"columns": ["x"], "data": [[1], [2.5]]}},
        {"dataframe_records": [{"x": 1}, {"x": 2.5, "more": "text"}]},
        {"instances": [{"x": 1}, [2.5]]},
        {"inputs": {"x": [1, 2.5]}},
        {"inputs": [1, 2.5]},
    ],
)
def test_a_model_is_asked_in_the_forms_of_scoring_servers(line: Target, asked: object) -> None:
    assert line.predict(asked) == [3.0, 6.0]


@pytest.mark.parametrize(
    "asked",
    [
        "",
        '{"inputs": ',
        "[]",
        '{"inputs": {"x": [NaN]}}',
        '{"inputs": {"x": [1e999]}}',
        '{"inputs": {"x": [true]}}',
        '{"inputs": {"y": [1]}}',
        '{"inputs": {"x": [1], "y": []}}',
        '{"inputs": {"x": [1' + "0" * 400 + "]}}",
        '{"inputs": {"x": [1.7e308]}}',
        '{"dataframe_split": {"columns": ["x"], "data": [[1, 2]]}}',
        '{"dataframe_split": 5}',
        '{"dataframe_records": "x"}',
        '{"other": []}',
        "[" * 100_000,
        '"' + "x" * (3 << 20) + '"',
    ],
    ids=lambda asked: asked[:30],
)
def test_inputs_that_make_no_sense_are_refused(line: Target, asked: str) -> None:
    with pytest.raises(InvalidParameter):
        line.predict(asked)
    assert line.predict(ONE) == [3.0]


def test_a_function_in_a_file_is_served(target: Target) -> None:
    assert target.create(model=MODELS / "rules").flavor == "python"
    target.serving()
    assert target.predict({"dataframe_records": [{"mm": 41}, {"mm": 4}]}) == ["large", "small"]
    with pytest.raises(Error, match="failed with KeyError") as caught:
        target.predict({"dataframe_records": [{"cm": 4}]})
    assert caught.value.code == "INTERNAL_ERROR"
    assert "KeyError: 'mm'" in Path(target.get().attributes["log"]).read_text()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"model.json": "{"}, "model.json must be an object"),
        ({"model.json": '{"coefficients": {"x": "2"}}'}, "model.json must be an object"),
        ({"predict.py": "raise SystemExit('no weights')"}, "no weights"),
        ({"predict.py": "import nothing_there"}, "No module named 'nothing_there'"),
        ({"predict.py": "predict = 5"}, "no function 'predict'"),
        ({"predict.py": "import os; os._exit(3)"}, "ended without a word"),
    ],
)
def test_a_model_that_does_not_load_fails_and_tells_why(
    target: Target, tmp_path: Path, files: dict[str, str], words: str
) -> None:
    target.create(model=model_of(tmp_path, files))
    failed = target.settled()
    assert failed.state == FAILED
    assert words in failed.message
    with pytest.raises(InvalidState, match="has failed"):
        target.predict(ONE)


def test_models_that_cannot_be_served_are_refused(target: Target, tmp_path: Path) -> None:
    empty = model_of(tmp_path / "empty", {"readme.txt": "nothing"})
    linked = model_of(tmp_path / "linked", {"model.json": "{}"})
    (linked / "stolen").symlink_to("/etc/passwd")
    for model in (empty, linked, tmp_path / "missing", Path("relative")):
        with pytest.raises(InvalidParameter):
            target.create(model=model)
    with pytest.raises(InvalidParameter, match="no flavor"):
        target.create(flavor="pickle")
    with pytest.raises(InvalidParameter, match=r"no file predict\.py"):
        target.create(flavor="python")
    assert target.names() == []
    assert [path.name for path in target.folder.iterdir() if path.is_dir()] == []


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", ".hidden", "a\n", "ä", "x" * 101, "a\0"])
def test_names_that_cannot_be_kept_are_refused(target: Target, name: str) -> None:
    with pytest.raises(InvalidParameter):
        target.create(name)
    with pytest.raises(NotFound):
        target.get(name)
    with pytest.raises(NotFound):
        target.predict(ONE, name)
    target.delete(name)


@pytest.mark.parametrize(
    "configuration", [{"workers": "2"}, {"predict_seconds": "0"}, {"predict_seconds": "nan"}]
)
def test_a_configuration_that_cannot_be_is_refused(target: Target, configuration: dict[str, str]) -> None:
    with pytest.raises(InvalidParameter):
        target.create(configuration=configuration)
    target.create()
    with pytest.raises(InvalidParameter):
        target.update(configuration=configuration)


def test_names_are_unique_and_free_again(target: Target) -> None:
    target.create()
    with pytest.raises(AlreadyExists):
        target.create(model=MODELS / "rules")
    target.create("A")
    assert target.names() == ["A", "a"]
    target.delete("a")
    target.delete("a")
    assert target.names() == ["A"]
    target.create("a", MODELS / "rules")
    assert target.get("a").flavor == "python"


def test_what_is_not_there_does_not_exist(target: Target) -> None:
    for ask in (target.get, target.update, lambda name: target.predict(ONE, name)):
        with pytest.raises(NotFound):
            ask("unknown")
    with pytest.raises(NotFound, match="endpoint"):
        target.create(endpoint="e")


def test_a_deleted_deployment_ends_its_process(target: Target) -> None:
    target.create()
    address = target.serving().attributes["address"]
    target.delete()
    wait_for(lambda: not answers(address))
    with pytest.raises(NotFound):
        target.predict(ONE)


def test_an_update_serves_the_old_model_until_the_new_one_does(target: Target, tmp_path: Path) -> None:
    target.create(configuration={"predict_seconds": "5"})
    old = target.serving().attributes["address"]
    script = f"import os, time\nwhile not os.path.exists({str(tmp_path / 'go')!r}): time.sleep(0.01)\n"
    slow = model_of(
        tmp_path / "slow", {"predict.py": f"{script}def predict(rows): return ['new'] * len(rows)"}
    )
    changed = target.update(model_uri="models:/m/2", model_directory=str(slow), flavor="python")
    assert (changed.model_uri, changed.flavor) == ("models:/m/2", "python")
    assert changed.state == m.Deployment.DEPLOYMENT_STATE_STARTING
    assert target.predict(ONE) == [3.0]
    (tmp_path / "go").touch()
    target.serving()
    assert target.predict(ONE) == ["new"]
    wait_for(lambda: not answers(old))


def test_an_update_that_fails_leaves_the_old_model_serving(target: Target, tmp_path: Path) -> None:
    target.create()
    target.serving()
    target.update(model_directory=str(model_of(tmp_path, {"model.json": "[]"})))
    assert target.settled().state == FAILED
    assert target.predict(ONE) == [3.0]
    target.update(model_directory=str(MODELS / "line"))
    target.serving()
    wait_for(lambda: [path.name for path in (target.folder / "a").iterdir() if path.is_dir()] == ["3"])


def test_an_update_that_names_nothing_changes_nothing(target: Target) -> None:
    target.create()
    before = target.serving()
    assert target.update() == before


def test_a_deployed_model_does_not_change_with_its_folder(target: Target, tmp_path: Path) -> None:
    model = model_of(tmp_path, {"model.json": '{"coefficients": {"x": 4}}'})
    target.create(model=model)
    (model / "model.json").unlink()
    target.serving()
    assert target.predict(ONE) == [4.0]


def test_a_model_that_takes_too_long_is_told(target: Target, tmp_path: Path) -> None:
    script = "import time\ndef predict(rows): time.sleep(1); return rows"
    target.create(model=model_of(tmp_path, {"predict.py": script}), configuration={"predict_seconds": "0.1"})
    target.serving()
    with pytest.raises(Error, match="does not answer") as caught:
        target.predict(ONE)
    assert caught.value.code == "TEMPORARILY_UNAVAILABLE"


def test_of_many_who_ask_for_a_name_one_gets_it(target: Target) -> None:
    def create(_: int) -> bool:
        try:
            target.create()
        except AlreadyExists:
            return False
        return True

    with ThreadPoolExecutor(8) as crew:
        assert sum(crew.map(create, range(8))) == 1
    assert target.names() == ["a"]
    target.serving()


@pytest.mark.parametrize(
    "uri", ["local-deployment:relative", "local-deployment://host/x", "local-deployment:/x?y"]
)
def test_a_uri_that_names_no_folder_is_refused(process: PluginProcess, uri: str) -> None:
    with pytest.raises(InvalidParameter, match="names no folder"):
        process.open("deployment_target", "local-deployment", uri=uri)


def test_a_check_counts(process: PluginProcess, target: Target) -> None:
    report = m.CheckReport.FromString(process.control("Check", m.CheckRequest(instance=target.instance.id)))
    assert "0 deployments" in report.findings[0].message


def model_of(folder: Path, files: dict[str, str]) -> Path:
    model = folder / "model"
    model.mkdir(parents=True)
    for name, content in files.items():
        (model / name).write_text(content)
    return model


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/ping", timeout=10):
            return True
    except OSError:
        return False
