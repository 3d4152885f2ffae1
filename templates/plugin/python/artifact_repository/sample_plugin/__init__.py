"""@SUMMARY@"""

from millrace.plugin import Plugin

from sample_plugin.artifacts import FolderRepository

plugin = Plugin()
plugin.artifact_repository("sample-name")(FolderRepository)
