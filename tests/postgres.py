"""Starts PostgreSQL servers for tests, from Debian's packages."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import urllib.parse

from servers import free_port

PROGRAMS = pathlib.Path("/usr/lib/postgresql")
USER = "mlflow"
PASSWORD = "p@ss/w:ord%"


def newest_programs():
    versions = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    assert versions, "PostgreSQL is not installed; ./dev installs Debian's"
    return versions[-1].parent


class PostgresServer:
    """A server with durable commits on a free port of this machine, in a folder of its own, where the user has a
    password; a context manager. Root's runs as the user postgres, since PostgreSQL refuses root."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="millrace-postgres-"))
        (self.folder / "password").write_text(PASSWORD)
        if os.geteuid() == 0:
            for path in (self.folder, self.folder / "password"):
                shutil.chown(path, "postgres", "postgres")
        self.port = free_port()
        self.run("initdb", "-A", "scram-sha-256", "-U", USER, f"--pwfile={self.folder}/password", "-E", "UTF8",
                 "--locale=C.UTF-8", "-D", self.data)
        self.start()
        return self

    def __exit__(self, *_):
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def data(self):
        return str(self.folder / "data")

    def run(self, program, *words, check=True):
        user = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else []
        return subprocess.run([*user, str(newest_programs() / program), *words], check=check, cwd=self.folder,
                              stdout=subprocess.DEVNULL)

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self.run("pg_ctl", "-w", "-D", self.data, "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, mode="fast"):
        self.run("pg_ctl", "-w", "-D", self.data, "-m", mode, "stop", check=False)

    def uri(self, database="postgres", user=USER, password=PASSWORD, scheme="postgresql+psycopg2", port=None):
        quoted = urllib.parse.quote(password, safe="")
        return f"{scheme}://{user}:{quoted}@127.0.0.1:{port or self.port}/{database}"

    def create(self, database):
        """Makes an empty database and returns its URI."""
        self.query(f'CREATE DATABASE "{database}"')
        return self.uri(database)

    def query(self, sql, database="postgres"):
        """The rows of a statement, each a list of texts."""
        done = subprocess.run(
            [str(newest_programs() / "psql"), "-X", "-A", "-t", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1",
             "-p", str(self.port), "-U", USER, "-c", sql, database],
            env={**os.environ, "PGPASSWORD": PASSWORD}, check=True, capture_output=True, text=True)
        return [line.split("\x1f") for line in done.stdout.splitlines()]

    def schema(self, database):
        """All that makes the schema, but for what is ours."""
        dump = subprocess.run(
            [str(newest_programs() / "pg_dump"), "-s", "--no-owner", "--no-privileges", "-h", "127.0.0.1", "-p",
             str(self.port), "-U", USER, database],
            env={**os.environ, "PGPASSWORD": PASSWORD}, check=True, capture_output=True, text=True).stdout
        lines = [line for line in dump.splitlines() if line and not line.startswith(("--", "\\"))]
        return [line for line in lines if not line.startswith("CREATE INDEX millrace_")]
