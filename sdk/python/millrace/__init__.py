"""Millrace for Python: write plugins of every kind (`millrace.plugin`)."""

__version__ = "0.1.0"
