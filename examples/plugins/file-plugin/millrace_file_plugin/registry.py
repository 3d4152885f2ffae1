"""The registry store: each operation decides whether it may happen, records it, and answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from millrace.plugin import AlreadyExists, CallContext, InvalidParameter, PluginOptions, RegistryStore
from millrace.plugin.messages import (
    FIELD_KIND_TAG,
    AliasKey,
    AliasWrite,
    CheckReport,
    FieldRef,
    ModelVersion,
    ModelVersionDeletion,
    ModelVersionDescription,
    ModelVersionKey,
    ModelVersionLocation,
    ModelVersionLookup,
    ModelVersionPage,
    ModelVersionQuery,
    ModelVersionTagKey,
    ModelVersionTagWrite,
    NewModelVersion,
    NewRegisteredModel,
    RegisteredModel,
    RegisteredModelChanges,
    RegisteredModelLookup,
    RegisteredModelPage,
    RegisteredModelQuery,
    RegisteredModelTagKey,
    RegisteredModelTagWrite,
    StageTransition,
)
from millrace.plugin.search import Field, Value, matches, ordered, page_of

from millrace_file_plugin.folders import check_of, root_of
from millrace_file_plugin.models import Models, ModelState, VersionState
from millrace_file_plugin.records import Kept


class ModelStore(RegistryStore):
    """Keeps everything in `<folder>/registry.journal` and, for answers, in memory."""

    def __init__(self, options: PluginOptions) -> None:
        self._folder = root_of(options.uri)
        self._kept = Kept(self._folder / "registry.journal", Models())

    def close(self) -> None:
        self._kept.close()

    def check(self, context: CallContext) -> Iterable[CheckReport.Finding]:
        return [check_of(self._folder)]

    # ---- models ----

    def create_registered_model(self, context: CallContext, request: NewRegisteredModel) -> RegisteredModel:
        with self._kept.writing() as (models, record):
            _refuse_taken_name(models, request.name)
            record(request)
            return models.model(request.name).message()

    def get_registered_model(self, context: CallContext, request: RegisteredModelLookup) -> RegisteredModel:
        with self._kept.reading() as models:
            return models.model(request.name).message()

    def update_registered_model(
        self, context: CallContext, request: RegisteredModelChanges
    ) -> RegisteredModel:
        with self._kept.writing() as (models, record):
            models.model(request.name)
            if request.HasField("new_name") and request.new_name != request.name:
                _refuse_taken_name(models, request.new_name)
            record(request)
            return models.model(request.new_name or request.name).message()

    def delete_registered_model(self, context: CallContext, request: RegisteredModelLookup) -> None:
        with self._kept.writing() as (models, record):
            models.model(request.name)
            record(request)

    def search_registered_models(
        self, context: CallContext, request: RegisteredModelQuery
    ) -> RegisteredModelPage:
        with self._kept.reading() as models:
            found = [
                model for model in models.by_name.values() if matches(request.filter, _model_field(model))
            ]
            ordered(found, request.order_by, _model_field)
            page, next_cursor = page_of(found, request.page)
            return RegisteredModelPage(models=[model.message() for model in page], next_cursor=next_cursor)

    def set_registered_model_tag(self, context: CallContext, request: RegisteredModelTagWrite) -> None:
        with self._kept.writing() as (models, record):
            models.model(request.name)
            record(request)

    def delete_registered_model_tag(self, context: CallContext, request: RegisteredModelTagKey) -> None:
        with self._kept.writing() as (models, record):
            models.model(request.name)
            record(request)

    # ---- versions ----

    def create_model_version(self, context: CallContext, request: NewModelVersion) -> ModelVersion:
        with self._kept.writing() as (models, record):
            model = models.model(request.name)
            record(request)
            return model.message_of(model.greatest_number)

    def get_model_version(self, context: CallContext, request: ModelVersionLookup) -> ModelVersion:
        with self._kept.reading() as models:
            if request.WhichOneof("by") == "alias":
                model = models.model(request.name)
                return model.message_of(_target_of(model, request.alias))
            models.version(request.name, request.version)
            return models.model(request.name).message_of(request.version)

    def get_model_version_location(
        self, context: CallContext, request: ModelVersionKey
    ) -> ModelVersionLocation:
        with self._kept.reading() as models:
            return ModelVersionLocation(
                storage_location=models.version(request.name, request.version).location
            )

    def update_model_version(self, context: CallContext, request: ModelVersionDescription) -> ModelVersion:
        with self._kept.writing() as (models, record):
            models.version(request.name, request.version)
            record(request)
            return models.model(request.name).message_of(request.version)

    def delete_model_version(self, context: CallContext, request: ModelVersionDeletion) -> None:
        with self._kept.writing() as (models, record):
            models.version(request.name, request.version)
            record(request)

    def search_model_versions(self, context: CallContext, request: ModelVersionQuery) -> ModelVersionPage:
        with self._kept.reading() as models:
            everything = [entry for model in models.by_name.values() for entry in model.versions.values()]
            found = [entry for entry in everything if matches(request.filter, _version_field(entry))]
            ordered(found, request.order_by, _version_field)
            page, next_cursor = page_of(found, request.page)
            return ModelVersionPage(versions=[entry.message for entry in page], next_cursor=next_cursor)

    def set_model_version_tag(self, context: CallContext, request: ModelVersionTagWrite) -> None:
        with self._kept.writing() as (models, record):
            models.version(request.name, request.version)
            record(request)

    def delete_model_version_tag(self, context: CallContext, request: ModelVersionTagKey) -> None:
        with self._kept.writing() as (models, record):
            models.version(request.name, request.version)
            record(request)

    def transition_model_version_stage(self, context: CallContext, request: StageTransition) -> ModelVersion:
        with self._kept.writing() as (models, record):
            models.version(request.name, request.version)
            record(request)
            return models.model(request.name).message_of(request.version)

    # ---- aliases ----

    def set_registered_model_alias(self, context: CallContext, request: AliasWrite) -> None:
        with self._kept.writing() as (models, record):
            models.version(request.name, request.version)
            record(request)

    def delete_registered_model_alias(self, context: CallContext, request: AliasKey) -> None:
        with self._kept.writing() as (models, record):
            models.model(request.name)
            record(request)


def _refuse_taken_name(models: Models, name: str) -> None:
    if name in models.by_name:
        raise AlreadyExists(f"Registered Model (name={name}) already exists.")


def _target_of(model: ModelState, alias: str) -> int:
    if alias not in model.aliases:
        raise InvalidParameter(f"Registered model alias {alias} not found.")
    return model.aliases[alias]


def _model_field(model: ModelState) -> Field:
    values: dict[str, Value] = {"name": model.name, "last_updated_timestamp": model.updated}
    return _field(values, model.tags)


def _version_field(entry: VersionState) -> Field:
    message = entry.message
    values: dict[str, Value] = {
        "name": message.name,
        "version_number": entry.number,
        "run_id": message.run_id,
        "source_path": message.source,
        "creation_timestamp": message.creation_timestamp,
        "last_updated_timestamp": message.last_updated_timestamp,
    }
    return _field(values, entry.tags)


def _field(attributes: dict[str, Value], tags: dict[str, str]) -> Field:
    def field(ref: FieldRef) -> Sequence[Value]:
        if ref.kind == FIELD_KIND_TAG:
            return [tags[ref.name]] if ref.name in tags else []
        if ref.name not in attributes:
            raise InvalidParameter(f"this store keeps no attribute '{ref.name}'")
        return [attributes[ref.name]]

    return field
