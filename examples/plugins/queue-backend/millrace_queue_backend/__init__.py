"""Runs projects from a small queue on this machine: an example of a Millrace plugin in Python."""
