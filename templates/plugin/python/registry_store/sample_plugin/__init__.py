"""@SUMMARY@"""

from millrace.plugin import Plugin

from sample_plugin.registry import ModelStore

plugin = Plugin()
plugin.registry_store("sample-name")(ModelStore)
