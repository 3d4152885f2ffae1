"""Experiments, runs, models and artifacts in a folder: an example of a Millrace plugin in Python."""

from millrace.plugin import Plugin

from millrace_file_plugin.artifacts import FolderRepository
from millrace_file_plugin.registry import ModelStore
from millrace_file_plugin.store import JournalStore

SCHEME = "file-plugin"

plugin = Plugin()
plugin.tracking_store(SCHEME)(JournalStore)
plugin.registry_store(SCHEME)(ModelStore)
plugin.artifact_repository(SCHEME)(FolderRepository)
