"""The life of a plugin process: handshake, service, end."""

from __future__ import annotations

import ctypes
import importlib
import io
import logging
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from millrace.plugin.control import PROTOCOL, SERVICE, Control
from millrace.plugin.dispatch import methods_of
from millrace.plugin.instances import Instances
from millrace.plugin.kinds import KINDS
from millrace.plugin.logs import log_as_json
from millrace.plugin.registrations import Registrations
from millrace.ttrpc.server import Server
from millrace.ttrpc.service import Services

MAGIC = "c3a1f0d2-millrace-plugin"

MAGIC_VARIABLE = "MILLRACE_PLUGIN_MAGIC"
PROTOCOLS_VARIABLE = "MILLRACE_PLUGIN_PROTOCOLS"
SOCKET_VARIABLE = "MILLRACE_PLUGIN_SOCKET"

# Seconds for calls in flight at the end; the host kills after 5.
_GRACE = 4.0
# A host that is gone waits for no answer, but files are put in order.
_GRACE_WITHOUT_HOST = 1.0

# Parameters of mallopt() in glibc's malloc.h.
_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3

_log = logging.getLogger("millrace.plugin")


class _Terminated(BaseException):
    """SIGTERM has arrived."""


class CannotStart(Exception):
    """Why the plugin does not start, in a sentence for its operator."""


def serve(target: str) -> int:
    """Serves the plugin at "module" or "module:attribute" until the host ends it. Returns the exit status."""
    if os.environ.get(MAGIC_VARIABLE) != MAGIC:
        print(
            f"'{target}' is a Millrace plugin: Millrace starts it by itself when its scheme or name is asked "
            "for.\nRun `millrace plugin info` to see what it provides and `millrace plugin test` to test it."
        )
        return 2
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return _serve(target)
    except CannotStart as error:
        _log.error("%s", error)
        return 1
    except _Terminated:
        return 0


def _serve(target: str) -> int:
    _keep_freed_memory()
    stdin, stdout = _take_standard_streams()
    log_as_json()
    path = _socket_path()
    instances = Instances()
    server = Server(_services(load(target), instances), path)
    server.start()
    os.write(stdout, f"millrace-plugin {PROTOCOL} ttrpc unix:{path}\n".encode())
    grace = _wait_for_the_end(stdin)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if not server.stop(grace):
        _log.warning("calls were still running at the end")
    _close_all(instances)
    return 0


def _keep_freed_memory() -> None:
    """Keeps up to 4 MB of each heap for the next piece of a file.

    By default glibc gives them back after each piece, and pages fetched anew cost more than all the sending.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return  # another C library
    mallopt(_TRIM_THRESHOLD, 4 << 20)
    mallopt(_MMAP_THRESHOLD, 2 << 20)


def load(target: str) -> Registrations:
    """Imports the author's module and finds its Plugin object. Throws CannotStart."""
    name, _, attribute = target.partition(":")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        module = importlib.import_module(name)
    except Exception as error:
        _log.exception("importing '%s' failed", name)
        raise CannotStart(f"the module '{name}' cannot be imported: {error}") from error
    found = getattr(module, attribute or "plugin", None)
    if not isinstance(found, Registrations):
        raise CannotStart(f"'{name}' has no Plugin object named '{attribute or 'plugin'}'")
    if not found.factories():
        raise CannotStart(f"'{name}' registers nothing with its Plugin object")
    return found


def _services(registrations: Registrations, instances: Instances) -> Services:
    provided = {kind for kind, _ in registrations.factories()}
    services = {KINDS[kind].SERVICE: methods_of(KINDS[kind], instances) for kind in provided}
    return {SERVICE: Control(registrations, instances).methods(), **services}


def _socket_path() -> str:
    spoken = os.environ.get(PROTOCOLS_VARIABLE, "1").split(",")
    if PROTOCOL.split(".")[0] not in spoken:
        raise CannotStart(
            f"this plugin speaks protocol {PROTOCOL}, the host protocol {', '.join(spoken)}: "
            "update the older of the two (the plugin's side is the Python package 'millrace')"
        )
    path = os.environ.get(SOCKET_VARIABLE)
    if not path:
        raise CannotStart(f"the host has not set {SOCKET_VARIABLE}")
    return path


def _take_standard_streams() -> tuple[int, int]:
    """Keeps standard input and output for the host alone: what the author's code prints goes to the log."""
    sys.stdout.flush()
    stdin, stdout = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)
    return stdin, stdout


def _wait_for_the_end(stdin: int) -> float:
    """Waits until the host is gone or says SIGTERM; returns the time that calls in flight have."""
    try:
        while os.read(stdin, 4096):
            pass
    except _Terminated:
        return _GRACE
    _log.info("the host is gone")
    return _GRACE_WITHOUT_HOST


def _close_all(instances: Instances) -> None:
    for instance_id in instances.ids():
        try:
            instances.remove(instance_id)
        except Exception:
            _log.exception("closing instance %d failed", instance_id)


def _terminate(_: int, __: FrameType | None) -> NoReturn:
    raise _Terminated
