"""A registry store with the words that its tests are written in."""

from __future__ import annotations

from pathlib import Path

from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess


class RegistrySubject:
    def __init__(self, process: PluginProcess, folder: Path) -> None:
        self.instance: Instance = process.open("registry_store", "file-plugin", uri=f"file-plugin:{folder}")

    def model(self, name: str = "m", time: int = 1) -> None:
        self.instance.call("CreateRegisteredModel", m.NewRegisteredModel(name=name, creation_time=time))

    def get(self, name: str = "m") -> m.RegisteredModel:
        found = self.instance.call("GetRegisteredModel", m.RegisteredModelLookup(name=name))
        assert isinstance(found, m.RegisteredModel)
        return found

    def version(self, name: str = "m", time: int = 1, source: str = "s3://b/m") -> int:
        new = m.NewModelVersion(
            name=name,
            source=source,
            storage_location=f"{source}/kept",
            run_id="run",
            creation_time=time,
        )
        return int(self.instance.call("CreateModelVersion", new).version)

    def find(self, number: int, name: str = "m") -> m.ModelVersion:
        return self._version(m.ModelVersionLookup(name=name, version=number))

    def find_alias(self, alias: str, name: str = "m") -> m.ModelVersion:
        return self._version(m.ModelVersionLookup(name=name, alias=alias))

    def remove(self, number: int, name: str = "m", time: int = 9) -> None:
        deletion = m.ModelVersionDeletion(name=name, version=number, update_time=time)
        self.instance.call("DeleteModelVersion", deletion)

    def alias(self, alias: str, number: int, name: str = "m") -> None:
        write = m.AliasWrite(name=name, alias=alias, version=number)
        self.instance.call("SetRegisteredModelAlias", write)

    def drop_alias(self, alias: str, name: str = "m") -> None:
        self.instance.call("DeleteRegisteredModelAlias", m.AliasKey(name=name, alias=alias))

    def tag(self, key: str, value: str, name: str = "m") -> None:
        write = m.RegisteredModelTagWrite(name=name, key=key, value=value)
        self.instance.call("SetRegisteredModelTag", write)

    def drop_tag(self, key: str, name: str = "m") -> None:
        self.instance.call("DeleteRegisteredModelTag", m.RegisteredModelTagKey(name=name, key=key))

    def tag_version(self, number: int, key: str, value: str, name: str = "m") -> None:
        write = m.ModelVersionTagWrite(name=name, version=number, key=key, value=value)
        self.instance.call("SetModelVersionTag", write)

    def drop_version_tag(self, number: int, key: str, name: str = "m") -> None:
        tag = m.ModelVersionTagKey(name=name, version=number, key=key)
        self.instance.call("DeleteModelVersionTag", tag)

    def change(self, name: str = "m", **changes: str) -> m.RegisteredModel:
        request = m.RegisteredModelChanges(name=name, update_time=5, **changes)
        changed = self.instance.call("UpdateRegisteredModel", request)
        assert isinstance(changed, m.RegisteredModel)
        return changed

    def stage(self, number: int, stage: str, archive: bool = False) -> m.ModelVersion:
        transition = m.StageTransition(
            name="m", version=number, stage=stage, archive_existing=archive, update_time=7
        )
        moved = self.instance.call("TransitionModelVersionStage", transition)
        assert isinstance(moved, m.ModelVersion)
        return moved

    def models(
        self, where: m.Filter | None = None, order: list[m.OrderBy] | None = None, limit: int = 100
    ) -> list[str]:
        by_name = m.OrderBy(field=m.FieldRef(kind=m.FIELD_KIND_ATTRIBUTE, name="name"))
        query = m.RegisteredModelQuery(
            filter=where, order_by=[*(order or []), by_name], page=m.Page(limit=limit)
        )
        found: list[str] = []
        while True:
            page = self.instance.call("SearchRegisteredModels", query)
            assert len(page.models) <= limit
            found.extend(model.name for model in page.models)
            query.page.cursor = page.next_cursor
            if not page.next_cursor:
                return found

    def versions(
        self, where: m.Filter | None = None, order: list[m.OrderBy] | None = None, limit: int = 100
    ) -> list[str]:
        by_name = m.OrderBy(field=m.FieldRef(kind=m.FIELD_KIND_ATTRIBUTE, name="name"))
        by_number = m.OrderBy(
            field=m.FieldRef(kind=m.FIELD_KIND_ATTRIBUTE, name="version_number"), descending=True
        )
        query = m.ModelVersionQuery(
            filter=where, order_by=[*(order or []), by_name, by_number], page=m.Page(limit=limit)
        )
        found: list[str] = []
        while True:
            page = self.instance.call("SearchModelVersions", query)
            assert len(page.versions) <= limit
            found.extend(f"{version.name}/{version.version}" for version in page.versions)
            query.page.cursor = page.next_cursor
            if not page.next_cursor:
                return found

    def _version(self, lookup: m.ModelVersionLookup) -> m.ModelVersion:
        found = self.instance.call("GetModelVersion", lookup)
        assert isinstance(found, m.ModelVersion)
        return found
