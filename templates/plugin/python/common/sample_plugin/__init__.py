"""@SUMMARY@"""

from millrace.plugin import Plugin

from sample_plugin.@KIND@ import SamplePlugin

plugin = Plugin()
plugin.@KIND@("sample-name")(SamplePlugin)
