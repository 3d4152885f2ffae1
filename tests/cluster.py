"""Four servers on one database behind nginx, as docs/scale-out.md tells to run them."""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import time

import requests

from servers import ROOT, MillraceServer, free_port

SERVERS = 4
CONFIGURATION = ROOT / "examples/nginx/millrace.conf"


class Nginx:
    """nginx with the configuration of the examples, in a folder of its own, in front of servers; a context manager."""

    def __init__(self, folder, ports):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.port = free_port()
        (self.folder / "millrace.conf").write_text(configuration(self.port, ports))
        (self.folder / "nginx.conf").write_text(self.frame())

    def frame(self):
        places = "".join(f"    {kind}_temp_path {self.folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;\n" if os.geteuid() == 0 else ""
        return (f"{user}daemon off;\nworker_processes 2;\npid {self.folder}/pid;\nerror_log {self.folder}/error.log;\n"
                f"events {{ worker_connections 1024; }}\nhttp {{\n    access_log off;\n{places}    include {self.folder}/millrace.conf;\n}}\n")

    def __enter__(self):
        command = ["/usr/sbin/nginx", "-c", str(self.folder / "nginx.conf"), "-p", str(self.folder), "-e", str(self.folder / "error.log")]
        self.process = subprocess.Popen(command)
        deadline = time.monotonic() + 60
        while True:
            try:
                requests.get(f"http://127.0.0.1:{self.port}/health", timeout=5).raise_for_status()
                return self
            except requests.RequestException:
                assert self.process.poll() is None and time.monotonic() < deadline, self.log_text()
            time.sleep(0.02)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)

    def log_text(self):
        return (self.folder / "error.log").read_text(errors="replace")


def configuration(port, ports):
    """The file of the examples with other ports, of which it has to have exactly so many."""
    text = CONFIGURATION.read_text()
    for number, one in enumerate(ports, 1):
        text, count = re.subn(rf"server 127\.0\.0\.1:{5000 + number} ", f"server 127.0.0.1:{one} ", text)
        assert count == 1, number
    text, count = re.subn(r"listen 127\.0\.0\.1:5000;", f"listen 127.0.0.1:{port};", text)
    assert count == 1 and text.count("server 127.0.0.1:") == len(ports)
    return text


class Cluster:
    """Looks like one server (`url`, `port`, `folder`, `api`), which is nginx; `servers` are those behind it. They start at
    once on an empty database. A context manager."""

    def __init__(self, folder, uri, *flags):
        self.folder = pathlib.Path(folder)
        self.servers = []
        for number in range(SERVERS):
            own = self.folder / f"server-{number}"
            own.mkdir()
            self.servers.append(MillraceServer(own, "--backend-store-uri", uri, "--artifacts-destination", str(self.folder / "mlartifacts"), *flags))
        self.nginx = Nginx(self.folder / "nginx", [server.port for server in self.servers])
        self.port = self.nginx.port
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        with concurrent.futures.ThreadPoolExecutor(SERVERS) as pool:
            list(pool.map(lambda server: server.start(), self.servers))
        self.nginx.__enter__()
        return self

    def __exit__(self, *fault):
        self.nginx.__exit__(*fault)
        for server in self.servers:
            server.stop()

    def api(self, method, path, **arguments):
        """A raw request below /api/2.0/mlflow/, to whichever server nginx chooses."""
        return requests.request(method, f"{self.url}/api/2.0/mlflow/{path}", timeout=60, **arguments)
