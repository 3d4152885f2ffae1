"""Checks that no folder of src/ includes one that stands below it in the house.

The order is the one in which src/CMakeLists.txt adds the folders; server, client and cli may include all.
Usage: layers.py [root]; prints each violation and exits 1 when there is one.
"""

import pathlib
import re
import sys

ORDER = [
    "base", "wire", "query", "plugin", "sql", "tracking", "registry", "artifacts", "maintenance", "access", "server", "client",
    "projects", "evaluation", "deployments", "conformance", "cli",
]
# Folders that need nothing of ours but these; what is not listed may include everything above it.
ALLOWED = {
    "base": set(), "wire": {"base"}, "query": {"base"}, "sql": {"base"}, "plugin": {"base", "wire"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([a-z_]+)/', re.MULTILINE)


def violations(root: pathlib.Path):
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in {".h", ".cpp", ".in"}:
            continue
        folder = path.relative_to(root / "src").parts[0]
        if folder not in ORDER:
            yield f"{path.relative_to(root)}: the folder src/{folder} has no place in the order"
            continue
        above = ALLOWED.get(folder, set(ORDER[: ORDER.index(folder)]))
        for included in INCLUDE.findall(path.read_text()):
            if included in ORDER and included != folder and included not in above:
                yield f"{path.relative_to(root)}: src/{folder} may not include {included}/"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    found = list(violations(root))
    print("\n".join(found) or "every include goes upwards")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
