"""What stands for SQL Server in tests: PostgreSQL behind an ODBC driver that takes T-SQL (driver.cpp). There is no SQL Server
that could be started here."""

import contextlib
import os
import pathlib
import subprocess
import sys
import urllib.parse

import psycopg2

from database_user import PASSWORD, USER
from postgres import PostgresServer
from servers import ROOT

END_OF_STATEMENT = "\n\x1e\n"
HERE = pathlib.Path(__file__).parent


def build_folder():
    return pathlib.Path(os.environ.get("MILLRACE_BINARY", ROOT / "build/release/millrace")).parent


class TsqlServer(PostgresServer):
    """A PostgreSQL server and a translator; a context manager. `recorded()` has the T-SQL that was run so far."""

    def __enter__(self):
        self.library = build_folder() / "tests/mssql/libmillrace_tsql_driver.so"
        assert self.library.exists(), f"{self.library} is not built"
        super().__enter__()
        os.chmod(self.folder, 0o755)
        self.socket = self.folder / "translator"
        self.record = self.folder / "statements.sql"
        self.record.touch()
        self.translator = subprocess.Popen(
            [sys.executable, str(HERE / "translator.py"), str(self.socket), str(self.record)],
            stdout=subprocess.PIPE, text=True)
        assert self.translator.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *_):
        self.translator.kill()
        self.translator.wait()
        self.translator.stdout.close()
        super().__exit__()

    def start(self):
        """What is kept does not outlive the test, so the disk is not waited for."""
        options = (f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c max_connections=300 "
                   "-c fsync=off -c full_page_writes=off")
        self.run("pg_ctl", "-w", "-D", self.data, "-l", str(self.folder / "log"), "-o", options, "start")

    def uri(self, database="postgres", user=USER, password=PASSWORD, scheme="mssql+pyodbc", port=None):
        quoted = urllib.parse.quote(password, safe="")
        options = urllib.parse.urlencode({"driver": self.library, "Translator": self.socket})
        return f"{scheme}://{user}:{quoted}@127.0.0.1:{port or self.port}/{database}?{options}"

    def query(self, sql, database="postgres"):
        """The rows of a statement in PostgreSQL's words, each a list of texts."""
        return super().query(sql, database.partition("?")[0])

    def end_connections(self, database):
        self.query(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.partition('?')[0]}'")

    @contextlib.contextmanager
    def hold(self, sql, database):
        """Keeps the locks that a statement takes."""
        with contextlib.closing(psycopg2.connect(host="127.0.0.1", port=self.port, user=USER, password=PASSWORD,
                                                 dbname=database.partition("?")[0])) as holder:
            holder.cursor().execute(sql)
            yield
            holder.rollback()

    def recorded(self):
        return [text for text in self.record.read_text().split(END_OF_STATEMENT) if text]
