"""A plugin whose import fails."""

raise RuntimeError("the driver is not installed")
