"""MariaDB as the database of the stores: what all are tested for, and what is its own."""

import math
import subprocess
import threading
import time
import uuid

import mlflow
import pytest
from mlflow.entities import Metric, Param

from database_cases import *  # noqa: F403
from database_cases import check_searches, millrace, name_of, told
from database_user import USER
from mariadb import MariadbServer
from servers import free_port


@pytest.fixture(scope="module")
def database():
    with MariadbServer() as server:
        yield server


@pytest.fixture
def uri_of_no_case(database):
    """Of a database whose collation takes texts for equal that differ in case, as it is where nobody says otherwise."""
    return database.create(f"test_{uuid.uuid4().hex}", "utf8mb4_general_ci")


def test_searches_mind_case_where_the_collation_does_not(tmp_path, uri_of_no_case):
    check_searches(tmp_path, uri_of_no_case)


def test_names_that_differ_in_case_are_one_where_the_collation_says_so(tmp_path, uri_of_no_case):
    with millrace(tmp_path, uri_of_no_case) as server:
        client = mlflow.MlflowClient(server.url)
        run = client.create_run("0").info.run_id
        client.log_metric(run, "loss", 1, step=1)
        client.log_metric(run, "Loss", 2, step=2)
        assert list(client.get_run(run).data.metrics.values()) == [2]
        client.log_param(run, "rate", "1")
        refused = server.api("POST", "runs/log-parameter", json={"run_id": run, "key": "Rate", "value": "2"})
        assert refused.status_code == 409 and "differ in case" in refused.json()["message"], refused.text
        assert client.get_run(run).data.params == {"rate": "1"}
        client.create_registered_model("model", tags={"k": "1"})
        client.set_registered_model_tag("MODEL", "other", "2")
        client.create_model_version("Model", "s3://b/m", tags={"v": "1"})
        assert client.get_registered_model("MODEL").tags == {"k": "1", "other": "2"}
        [model] = client.search_registered_models()
        assert model.tags == {"k": "1", "other": "2"} and model.latest_versions[0].tags == {"v": "1"}
        again = server.api("POST", "registered-models/create", json={"name": "MODEL"})
        assert again.json()["error_code"] == "RESOURCE_ALREADY_EXISTS"


def test_texts_and_numbers_come_back_as_they_went(tmp_path, database, uri):
    texts = ["it's", "back\\slash", "\\' OR 1=1; -- ", "a\0b", "ü 🚀 漢", "%_|", '"', "`", "a;b", "new\nline", "\\0 \\Z"]
    numbers = [0.1, -1e308, 5e-324, 1 / 3, 123456789.12345679, 1e22, math.inf, -math.inf, math.nan]
    with millrace(tmp_path, uri) as server:
        client = mlflow.MlflowClient(server.url)
        run = client.create_run("0").info.run_id
        client.log_batch(run, params=[Param(f"p{i}", text) for i, text in enumerate(texts)])
        client.log_batch(run, metrics=[Metric(f"m{i}", number, 1, 0) for i, number in enumerate(numbers)])
        data = client.get_run(run).data
        assert [data.params[f"p{i}"] for i in range(len(texts))] == texts
        assert [repr(data.metrics[f"m{i}"]) for i in range(len(numbers))] == [repr(number) for number in numbers]
        for i, text in enumerate(texts):
            quote = "'" if '"' in text else '"'
            body = {"experiment_ids": ["0"], "filter": f"params.p{i} = {quote}{text}{quote}"}
            found = server.api("POST", "runs/search", json=body)
            assert [r["info"]["run_id"] for r in found.json().get("runs", [])] == [run], (text, found.text)
    stored = database.query("SELECT value, is_nan FROM latest_metrics WHERE `key` IN ('m6', 'm7', 'm8') ORDER BY `key`", name_of(uri))
    assert stored == [["1.7976931348623157e+308", "0"], ["-1.7976931348623157e+308", "0"], ["0.0", "1"]]


def test_what_the_database_cannot_hold_is_refused(tmp_path, database):
    uri = database.create(f"test_{uuid.uuid4().hex}", "latin1_swedish_ci")
    with millrace(tmp_path, uri) as server:
        run = mlflow.MlflowClient(server.url).create_run("0").info.run_id
        refused = server.api("POST", "runs/set-tag", json={"run_id": run, "key": "k", "value": "漢"})
        assert refused.status_code == 400 and "cannot hold a value" in refused.text, refused.text
        assert server.api("POST", "runs/set-tag", json={"run_id": run, "key": "k", "value": "ü"}).status_code == 200
        found = server.api("POST", "runs/search", json={"experiment_ids": ["0"], "filter": "tags.k = 'ü'"})
        assert len(found.json()["runs"]) == 1, found.text


def test_a_schema_that_was_not_finished_is_finished_by_the_next_server(tmp_path, database, uri):
    database.query("CREATE TABLE millrace_unfinished_schema (id INTEGER)", name_of(uri))
    database.query("CREATE TABLE workspaces (name VARCHAR(63) NOT NULL PRIMARY KEY, description TEXT, default_artifact_root "
                   "TEXT, trace_archival_location TEXT, trace_archival_retention VARCHAR(32))", name_of(uri))
    with millrace(tmp_path, uri) as server:
        mlflow.MlflowClient(server.url).create_run("0")
    assert database.query("SHOW TABLES LIKE 'millrace%'", name_of(uri)) == []
    assert database.query("SELECT name FROM workspaces", name_of(uri)) == [["default"]]


def test_what_keeps_a_server_from_its_database_is_told_without_the_password(tmp_path, database, uri):
    assert f"Access denied for user '{USER}'" in told(tmp_path, database.uri(name_of(uri), password="s3cr3t"))
    assert "Unknown database 'nowhere'" in told(tmp_path, database.uri("nowhere"))
    assert "Can't connect to" in told(tmp_path, database.uri(name_of(uri), port=free_port()))
    assert "without TLS" in told(tmp_path, uri + "?ssl=true")
    assert "option that is none of" in told(tmp_path, uri + "?pool_size=5")
    assert "port that is no number" in told(tmp_path, "mysql+pymysql://u:s3cr3t@h:port/d")
    assert "names no database" in told(tmp_path, "mysql://u:s3cr3t@h")


@pytest.mark.parametrize("scheme", [
    "mysql", "mysql+pymysql", "mysql+mysqldb", "mysql+mysqlconnector", "mariadb", "mariadb+pymysql",
    "mariadb+mariadbconnector"])
def test_schemes_of_all_drivers_name_the_database(tmp_path, database, uri, scheme):
    with millrace(tmp_path, database.uri(name_of(uri), scheme=scheme)) as server:
        assert server.api("GET", "experiments/get", params={"experiment_id": "0"}).status_code == 200


def test_options_reach_the_database(tmp_path, database, uri):
    socket = f"?unix_socket={database.socket}&charset=utf8mb4&init_command=SET%20%40mine%20%3D%201"
    with millrace(tmp_path, uri + socket):
        hosts = database.query(f"SELECT DISTINCT host FROM information_schema.processlist WHERE db = '{name_of(uri)}' "
                               f"AND id <> CONNECTION_ID()")
        assert hosts == [["localhost"]]
    assert "You have an error in your SQL syntax" in told(tmp_path, uri + "?init_command=nonsense")


def test_a_statement_that_takes_too_long_is_ended(tmp_path, database, uri):
    with millrace(tmp_path, uri + "?init_command=SET%20max_statement_time%3D0.5") as server:
        client = mlflow.MlflowClient(server.url)
        run = client.create_run("0").info.run_id
        with database.connect(database=name_of(uri)) as other, other.cursor() as cursor:
            cursor.execute("LOCK TABLES tags WRITE")
            slow = server.api("POST", "runs/set-tag", json={"run_id": run, "key": "k", "value": "v"})
            assert slow.status_code == 504 and "time-out" in slow.text, slow.text
        client.set_tag(run, "k", "v")
        assert client.get_run(run).data.tags["k"] == "v"


def test_a_lock_that_others_hold_is_waited_for_as_long_as_the_database_says(tmp_path, database, uri):
    with millrace(tmp_path, uri + "?init_command=SET%20innodb_lock_wait_timeout%3D1") as server:
        client = mlflow.MlflowClient(server.url)
        run = client.create_run("0", tags={"k": "old"}).info.run_id
        with database.connect(database=name_of(uri)) as other, other.cursor() as cursor:
            cursor.execute("BEGIN; UPDATE tags SET value = 'theirs' WHERE `key` = 'k'")
            while cursor.nextset():
                pass
            refused = server.api("POST", "runs/set-tag", json={"run_id": run, "key": "k", "value": "v"})
            assert refused.status_code == 503 and "hold a lock" in refused.text, refused.text
        client.set_tag(run, "k", "v")
        assert client.get_run(run).data.tags["k"] == "v"


def test_a_deadlock_is_tried_again_unseen(tmp_path, database, uri):
    with millrace(tmp_path, uri) as server:
        client = mlflow.MlflowClient(server.url)
        run = client.create_run("0", tags={"a": "0", "z": "0"}).info.run_id
        client.log_metric(run, "m", 1)
        change = "UPDATE latest_metrics SET value = value WHERE `key` = 'm'"
        held = threading.Event()

        def hold():
            # Holds what comes last in a batch and then asks for what comes first, after more work than the server's, so
            # that the server is the one whose transaction is given up.
            with database.connect(database=name_of(uri)) as other, other.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute(f"INSERT INTO tags(`key`, value, run_uuid) SELECT CONCAT('x', seq), '', '{run}' FROM seq_1_to_500")
                cursor.execute("UPDATE tags SET value = 'theirs' WHERE `key` = 'z'")
                held.set()
                waiting = "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"
                while database.query(waiting) == [["0"]]:
                    time.sleep(0.01)
                cursor.execute(change)
                cursor.execute("COMMIT")

        other = threading.Thread(target=hold)
        other.start()
        held.wait()
        client.log_batch(run, metrics=[Metric("m", 5, 2, 2)], tags=[mlflow.entities.RunTag("z", "ours")])
        other.join()
        data = client.get_run(run).data
        assert data.metrics == {"m": 5} and data.tags["z"] == "ours" and data.tags["x500"] == ""
    deadlock = database.query("SHOW ENGINE INNODB STATUS")[0][2]
    assert "LATEST DETECTED DEADLOCK" in deadlock and "WE ROLL BACK TRANSACTION" in deadlock


def certificate(folder, name, *more):
    subprocess.run(["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{folder}/{name}.key", "-subj", f"/CN={name}",
                    "-out", f"{folder}/{name}.csr"], check=True, capture_output=True)
    subprocess.run(["openssl", "x509", "-req", "-in", f"{folder}/{name}.csr", "-days", "2", "-out", f"{folder}/{name}.pem", *more],
                   check=True, capture_output=True)


def test_tls_goes_as_far_as_the_uri_says(tmp_path):
    for authority in ("authority", "stranger"):
        certificate(tmp_path, authority, "-signkey", f"{tmp_path}/{authority}.key")
    certificate(tmp_path, "other.host", "-CA", f"{tmp_path}/authority.pem", "-CAkey", f"{tmp_path}/authority.key", "-CAcreateserial")
    files = [f"--ssl-cert={tmp_path}/other.host.pem", f"--ssl-key={tmp_path}/other.host.key", "--require-secure-transport=ON"]
    with MariadbServer(*files) as database:
        uri = database.uri("secured")
        with database.connect(unix_socket=database.socket) as local, local.cursor() as cursor:
            cursor.execute("CREATE DATABASE secured")
        assert "Cannot connect" in told(tmp_path, uri)
        for options in ("ssl=true", "ssl_mode=REQUIRED", f"ssl_ca={tmp_path}/authority.pem"):
            with millrace(tmp_path, f"{uri}?{options}") as server:
                assert server.api("GET", "experiments/get", params={"experiment_id": "0"}).status_code == 200
        assert "certificate" in told(tmp_path, f"{uri}?ssl_ca={tmp_path}/stranger.pem")
        assert "Cannot connect" in told(tmp_path, f"{uri}?ssl_ca={tmp_path}/authority.pem&ssl_verify_identity=true")
