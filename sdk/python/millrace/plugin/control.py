"""The service that every plugin has: what it provides, its instances, its health."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from google.protobuf.message import Message

from millrace.plugin import streams
from millrace.plugin.context import CallContext
from millrace.plugin.dispatch import answering_faults
from millrace.plugin.errors import InvalidParameter
from millrace.plugin.instances import Instances
from millrace.plugin.kinds import KINDS
from millrace.plugin.options import PluginOptions
from millrace.plugin.registrations import Factory, Registrations
from millrace.ttrpc.frames import Bytes
from millrace.ttrpc.service import Call, Method, UnaryMethod
from millrace.v1.plugin import control_pb2 as pb

SERVICE = "millrace.v1.plugin.Control"

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
            "Close": _method(pb.InstanceRef, self.close),
            "Check": _method(pb.InstanceRef, self.check),
            "Health": _method(pb.HealthRequest, self.health),
        }

    def describe(self, _: CallContext, __: pb.DescribeRequest) -> pb.Description:
        description = pb.Description()
        for kind in sorted({kind for kind, _ in self._factories}):
            names = sorted(name for other, name in self._factories if other == kind)
            description.provides.add(kind=kind, names=names)
        return description

    def open(self, _: CallContext, request: pb.OpenRequest) -> pb.OpenedInstance:
        factory = self._factory(request.kind, request.name)
        options = PluginOptions(request.kind, request.name, request.uri, request.config)
        instance = factory(options)
        if not isinstance(instance, KINDS[request.kind]):
            raise TypeError(
                f"the factory of {request.kind} '{request.name}' made a {type(instance).__name__}"
            )
        return pb.OpenedInstance(instance=self._instances.add(instance))

    def close(self, _: CallContext, request: pb.InstanceRef) -> pb.Closed:
        self._instances.remove(request.instance)
        return pb.Closed()

    def check(self, context: CallContext, request: pb.InstanceRef) -> pb.CheckReport:
        with self._instances.use(request.instance) as instance:
            instance.check(context)
        return pb.CheckReport()

    def health(self, _: CallContext, __: pb.HealthRequest) -> pb.HealthReport:
        return pb.HealthReport()

    def _factory(self, kind: str, name: str) -> Factory:
        factory = self._factories.get((kind, name.lower()))
        if factory is None:
            known = ", ".join(f"{kind} '{name}'" for kind, name in sorted(self._factories)) or "nothing"
            raise InvalidParameter(f"this plugin has no {kind} '{name}'; it provides {known}")
        return factory


def _method(kind: type[_Request], function: Callable[[CallContext, _Request], Message]) -> Method:
    def handle(call: Call, payload: Bytes) -> bytes:
        def perform() -> Any:
            return function(CallContext(call), streams.parse(kind, payload)).SerializeToString()

        return bytes(answering_faults(f"control.{function.__name__}", perform))

    return UnaryMethod(handle)
