"""What the records of a registry journal amount to: registered models and their versions in memory.

Messages that were handed out are never changed, only replaced.
"""

from __future__ import annotations

from millrace.plugin import NotFound
from millrace.plugin.messages import (
    READY,
    AliasKey,
    AliasWrite,
    ModelVersion,
    ModelVersionDeletion,
    ModelVersionDescription,
    ModelVersionTag,
    ModelVersionTagKey,
    ModelVersionTagWrite,
    NewModelVersion,
    NewRegisteredModel,
    RegisteredModel,
    RegisteredModelAlias,
    RegisteredModelChanges,
    RegisteredModelLookup,
    RegisteredModelTag,
    RegisteredModelTagKey,
    RegisteredModelTagWrite,
    StageTransition,
)

from millrace_file_plugin.records import Records


class VersionState:
    """One version of a model."""

    def __init__(self, number: int, new: NewModelVersion) -> None:
        self.number = number
        self.location = new.storage_location or new.source
        self.tags = {tag.key: tag.value for tag in new.tags}
        self.message = ModelVersion(
            name=new.name,
            version=str(number),
            creation_timestamp=new.creation_time,
            last_updated_timestamp=new.creation_time,
            current_stage="None",
            source=new.source,
            run_id=new.run_id,
            run_link=new.run_link,
            status=READY,
        )
        if new.HasField("description"):
            self.message.description = new.description
        self.retag()

    def change(self, time: int, **fields: str) -> None:
        self.message = _copy(self.message, ModelVersion(last_updated_timestamp=time, **fields))  # type: ignore[arg-type]

    def describe(self, changes: ModelVersionDescription) -> None:
        self.change(changes.update_time, description=changes.description)
        if not changes.HasField("description"):
            self.message.ClearField("description")

    def retag(self) -> None:
        """Puts the tags, which have changed, into the message."""
        bare = _copy(self.message, ModelVersion())
        del bare.tags[:]
        bare.tags.extend(ModelVersionTag(key=key, value=value) for key, value in sorted(self.tags.items()))
        self.message = bare


class ModelState:
    """One registered model with all its versions."""

    def __init__(self, new: NewRegisteredModel) -> None:
        self.name = new.name
        self.description = new.description
        self.created = self.updated = new.creation_time
        self.tags = {tag.key: tag.value for tag in new.tags}
        self.aliases: dict[str, int] = {}
        self.versions: dict[int, VersionState] = {}
        self.greatest_number = 0  # of any version, deleted ones too

    def version(self, number: int) -> VersionState:
        """Throws when there is no such version."""
        found = self.versions.get(number)
        if found is None:
            raise NotFound(f"Model Version (name={self.name}, version={number}) not found")
        return found

    def message(self) -> RegisteredModel:
        """The model as the contract shows it."""
        shown = RegisteredModel(
            name=self.name,
            creation_timestamp=self.created,
            last_updated_timestamp=self.updated,
            latest_versions=self._latest_versions(),
            tags=[RegisteredModelTag(key=key, value=value) for key, value in sorted(self.tags.items())],
            aliases=[
                RegisteredModelAlias(alias=alias, version=str(number))
                for alias, number in sorted(self.aliases.items())
            ],
        )
        if self.description:
            shown.description = self.description
        return shown

    def message_of(self, number: int) -> ModelVersion:
        """A version with its aliases. Throws when there is no such version."""
        message = self.version(number).message
        aliases = sorted(alias for alias, target in self.aliases.items() if target == number)
        return _copy(message, ModelVersion(aliases=aliases))

    def _latest_versions(self) -> list[ModelVersion]:
        latest = {entry.message.current_stage: entry for entry in self.versions.values()}  # by rising number
        return [entry.message for entry in sorted(latest.values(), key=lambda entry: entry.number)]

    # ---- records ----

    def create_version(self, new: NewModelVersion) -> None:
        self.greatest_number += 1
        self.versions[self.greatest_number] = VersionState(self.greatest_number, new)
        self.updated = new.creation_time

    def delete_version(self, deletion: ModelVersionDeletion) -> None:
        del self.versions[deletion.version]
        self.aliases = {alias: target for alias, target in self.aliases.items() if target != deletion.version}
        self.updated = deletion.update_time

    def change_stage(self, transition: StageTransition) -> None:
        for entry in self.versions.values():
            in_the_way = transition.archive_existing and entry.message.current_stage == transition.stage
            if entry.number == transition.version:
                entry.change(transition.update_time, current_stage=transition.stage)
            elif in_the_way:
                entry.change(transition.update_time, current_stage="Archived")
        self.updated = transition.update_time

    def change(self, changes: RegisteredModelChanges) -> None:
        if changes.HasField("description"):
            self.description = changes.description
        if changes.HasField("new_name"):
            self.name = changes.new_name
            for entry in self.versions.values():
                entry.change(changes.update_time, name=changes.new_name)
        self.updated = changes.update_time


class Models(Records):
    """All registered models. The journal sees to it that one thread at a time is inside."""

    def __init__(self) -> None:
        self.by_name: dict[str, ModelState] = {}
        super().__init__(
            (
                (NewRegisteredModel, self._create),
                (RegisteredModelChanges, self._change),
                (RegisteredModelLookup, lambda lookup: self.by_name.pop(lookup.name)),
                (RegisteredModelTagWrite, self._set_tag),
                (RegisteredModelTagKey, lambda tag: self.by_name[tag.name].tags.pop(tag.key, None)),
                (NewModelVersion, lambda new: self.by_name[new.name].create_version(new)),
                (ModelVersionDescription, lambda changes: self._version(changes).describe(changes)),
                (ModelVersionDeletion, lambda deletion: self.by_name[deletion.name].delete_version(deletion)),
                (ModelVersionTagWrite, self._set_version_tag),
                (ModelVersionTagKey, self._delete_version_tag),
                (AliasWrite, self._set_alias),
                (AliasKey, lambda key: self.by_name[key.name].aliases.pop(key.alias, None)),
                (StageTransition, lambda transition: self.by_name[transition.name].change_stage(transition)),
            )
        )

    def model(self, name: str) -> ModelState:
        """Throws when there is no such model."""
        found = self.by_name.get(name)
        if found is None:
            raise NotFound(f"Registered Model with name={name} not found")
        return found

    def version(self, name: str, number: int) -> VersionState:
        """Throws when there is no such version."""
        if name not in self.by_name:
            raise NotFound(f"Model Version (name={name}, version={number}) not found")
        return self.by_name[name].version(number)

    # ---- records ----

    def _version(
        self, record: ModelVersionDescription | ModelVersionTagWrite | ModelVersionTagKey
    ) -> VersionState:
        return self.by_name[record.name].versions[record.version]

    def _create(self, new: NewRegisteredModel) -> None:
        self.by_name[new.name] = ModelState(new)

    def _change(self, changes: RegisteredModelChanges) -> None:
        model = self.by_name.pop(changes.name)
        model.change(changes)
        self.by_name[model.name] = model

    def _set_tag(self, tag: RegisteredModelTagWrite) -> None:
        self.by_name[tag.name].tags[tag.key] = tag.value

    def _set_version_tag(self, tag: ModelVersionTagWrite) -> None:
        version = self._version(tag)
        version.tags[tag.key] = tag.value
        version.retag()

    def _delete_version_tag(self, tag: ModelVersionTagKey) -> None:
        version = self._version(tag)
        version.tags.pop(tag.key, None)
        version.retag()

    def _set_alias(self, write: AliasWrite) -> None:
        self.by_name[write.name].aliases[write.alias] = write.version


def _copy(message: ModelVersion, changes: ModelVersion) -> ModelVersion:
    """A new message: the first with what is set in the second."""
    made = ModelVersion()
    made.CopyFrom(message)
    made.MergeFrom(changes)
    return made
