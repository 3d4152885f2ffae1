"""Build hook: generates messages and base classes from the contract, for wheels and editable installs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ContractHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name == "sdist":
            return
        sys.path.insert(0, self.root)
        from codegen.generate import generate  # noqa: PLC0415

        generate(Path(self.root))
