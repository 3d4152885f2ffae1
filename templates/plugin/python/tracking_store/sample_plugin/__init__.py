"""@SUMMARY@"""

from millrace.plugin import Plugin

from sample_plugin.store import JournalStore

plugin = Plugin()
plugin.tracking_store("sample-name")(JournalStore)
