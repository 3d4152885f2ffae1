"""Starts MariaDB servers for tests, from Debian's packages mariadb-server-core and mariadb-client-core."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse

import pymysql
from pymysql.constants import CLIENT

from database_user import PASSWORD, USER
from servers import free_port

PROGRAM = "/usr/sbin/mariadbd"


class MariadbServer:
    """A server with durable commits on a free port of this machine, in a folder of its own, where the user has a
    password; a context manager. Its databases compare texts to the letter unless another collation is asked for."""

    driver = "mysql+pymysql"
    stops = {"fast": signal.SIGTERM, "immediate": signal.SIGKILL}

    def __init__(self, *options):
        self.options = options

    def __enter__(self):
        assert os.path.exists(PROGRAM), "MariaDB is not installed; ./dev installs Debian's"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="millrace-mariadb-"))
        self.port = free_port()
        self.user = ["--user=root"] if os.geteuid() == 0 else []
        made = subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--datadir={self.folder}/data", "--skip-test-db",
             "--auth-root-authentication-method=normal", "--skip-name-resolve", "--innodb-use-native-aio=0", *self.user],
            capture_output=True, text=True)
        assert made.returncode == 0, made.stdout + made.stderr
        self.start()
        with self.connect(user="root", password="", unix_socket=self.socket) as root, root.cursor() as cursor:
            for host in ("127.0.0.1", "localhost"):
                cursor.execute(f"CREATE USER '{USER}'@'{host}' IDENTIFIED BY %s", (PASSWORD,))
                cursor.execute(f"GRANT ALL ON *.* TO '{USER}'@'{host}' WITH GRANT OPTION")
        return self

    def __exit__(self, *_):
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def socket(self):
        return str(self.folder / "socket")

    def connect(self, **arguments):
        known = {"host": "127.0.0.1", "port": self.port, "user": USER, "password": PASSWORD, "charset": "utf8mb4"}
        return pymysql.connect(**{**known, **arguments}, autocommit=True, client_flag=CLIENT.MULTI_STATEMENTS)

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "--no-defaults", f"--datadir={self.folder}/data", f"--socket={self.socket}",
                 f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve=OFF",
                 "--character-set-server=utf8mb4", "--collation-server=utf8mb4_nopad_bin", "--max-connections=200",
                 "--innodb-use-native-aio=0",
                 *self.user, *self.options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while True:
            try:
                self.connect(user="root", password="", unix_socket=self.socket).close()
                return
            except pymysql.Error:
                assert self.process.poll() is None and time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.02)

    def stop(self, mode="fast"):
        self.process.send_signal(self.stops[mode])
        self.process.wait(60)

    def uri(self, database="mysql", user=USER, password=PASSWORD, scheme=driver, port=None):
        quoted = urllib.parse.quote(password, safe="")
        return f"{scheme}://{user}:{quoted}@127.0.0.1:{port or self.port}/{database}"

    def create(self, database, collation=None):
        """Makes an empty database and returns its URI."""
        self.query(f"CREATE DATABASE `{database}`" + (f" COLLATE {collation}" if collation else ""))
        return self.uri(database)

    def query(self, sql, database="mysql"):
        """The rows of a statement, each a list of texts."""
        with self.connect(database=database) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return [[str(value) for value in row] for row in cursor.fetchall()]

    def end_connections(self, database):
        """Has the server end all connections to a database."""
        for [number] in self.query(f"SELECT id FROM information_schema.processlist WHERE db = '{database}'"):
            try:
                self.query(f"KILL {number}")
            except pymysql.err.OperationalError:
                pass  # it ended by itself meanwhile

    def schema(self, database):
        """All that makes the schema, but for what is ours and the wording of the one trigger."""
        tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1"
        lines = []
        for [table] in self.query(tables, database):
            made = self.query(f"SHOW CREATE TABLE `{table}`", database)[0][1].splitlines()
            lines += [line for line in made if not line.startswith("  KEY")]  # whose order says nothing
            lines += sorted(line for line in made if line.startswith("  KEY"))
        lines += [" ".join(row[:3]) for row in self.query("SHOW TRIGGERS", database)]
        return [line.rstrip(",") for line in lines if "KEY `millrace_" not in line]
