"""The service that every plugin has: what it provides, its instances, its health."""

from __future__ import annotations

import os
from typing import Any, Callable, TypeVar

from google.protobuf.message import Message

from millrace.plugin import streams
from millrace.plugin.context import CallContext
from millrace.plugin.dispatch import answering_faults
from millrace.plugin.errors import Error, InvalidParameter
from millrace.plugin.instances import Instances
from millrace.plugin.kinds import KINDS
from millrace.plugin.operations import Kind
from millrace.plugin.options import PluginOptions
from millrace.plugin.registrations import Factory, Registrations
from millrace.ttrpc.frames import Bytes
from millrace.ttrpc.service import Call, Method, UnaryMethod
from millrace.v1.plugin import control_pb2 as pb

SERVICE = "millrace.v1.plugin.Control"
PROTOCOL = "1.0"  # major and minor that this package speaks

_Request = TypeVar("_Request", bound=Message)


class Control:
    """Serves the contract's Control for what a module has registered."""

    def __init__(self, registrations: Registrations, instances: Instances) -> None:
        self._factories = registrations.factories()
        self._instances = instances

    def methods(self) -> dict[str, Method]:
        return {
            "Describe": _method(pb.DescribeRequest, self.describe),
            "Open": _method(pb.OpenRequest, self.open),
            "Close": _method(pb.CloseRequest, self.close),
            "Check": _method(pb.CheckRequest, self.check),
            "Health": _method(pb.HealthRequest, self.health),
        }

    def describe(self, _: CallContext, __: pb.DescribeRequest) -> pb.PluginDescription:
        description = pb.PluginDescription(protocol=PROTOCOL)
        for (kind, name), factory in sorted(self._factories.items(), key=lambda item: item[0]):
            known = factory.capabilities() if isinstance(factory, type) and issubclass(factory, Kind) else ()
            description.provides.add(kind=kind, name=name, capabilities=known)
        return description

    def open(self, _: CallContext, request: pb.OpenRequest) -> pb.OpenedInstance:
        factory = self._factory(request.kind, request.name)
        options = PluginOptions(request.kind, request.name, request.uri, request.settings)
        instance = factory(options)
        if not isinstance(instance, KINDS[request.kind]):
            raise TypeError(
                f"the factory of {request.kind} '{request.name}' made a {type(instance).__name__}"
            )
        return pb.OpenedInstance(instance=self._instances.add(instance), capabilities=instance.capabilities())

    def close(self, _: CallContext, request: pb.CloseRequest) -> pb.InstanceClosed:
        self._instances.remove(request.instance)
        return pb.InstanceClosed()

    def check(self, context: CallContext, request: pb.CheckRequest) -> pb.CheckReport:
        report = pb.CheckReport()
        with self._instances.use(request.instance) as instance:
            try:
                report.findings.extend(instance.check(context))
            except Error as error:
                report.findings.add(
                    subject=instance.KIND, outcome=pb.CheckReport.OUTCOME_FAILED, message=error.message
                )
        return report

    def health(self, _: CallContext, __: pb.HealthRequest) -> pb.HealthReport:
        return pb.HealthReport(open_instances=len(self._instances.ids()), resident_bytes=_resident_bytes())

    def _factory(self, kind: str, name: str) -> Factory:
        factory = self._factories.get((kind, name.lower()))
        if factory is None:
            known = ", ".join(f"{kind} '{name}'" for kind, name in sorted(self._factories)) or "nothing"
            raise InvalidParameter(f"this plugin has no {kind} '{name}'; it provides {known}")
        return factory


def _resident_bytes() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")
    except OSError:
        return 0


def _method(kind: type[_Request], function: Callable[[CallContext, _Request], Message]) -> Method:
    def handle(call: Call, payload: Bytes) -> bytes:
        def perform() -> Any:
            return function(CallContext(call), streams.parse(kind, payload)).SerializeToString()

        return bytes(answering_faults(f"control.{function.__name__}", perform))

    return UnaryMethod(handle)
