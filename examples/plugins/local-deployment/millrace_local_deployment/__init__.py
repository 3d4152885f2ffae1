"""Serves models from processes of this machine: an example of a Millrace plugin in Python."""
