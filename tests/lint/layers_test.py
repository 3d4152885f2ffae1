"""The layer check must fail when a folder includes one below it."""

import pathlib
import tempfile

import layers


def check(folder, text):
    with tempfile.TemporaryDirectory() as root:
        path = pathlib.Path(root, "src", folder, "x.cpp")
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return list(layers.violations(pathlib.Path(root)))


assert check("base", '#include "server/settings.h"\n'), "base may not include server"
assert check("query", '#include "sql/connection.h"\n'), "query may not include sql"
assert check("nowhere", ""), "an unknown folder has no place"
assert not check("server", '#include "base/error.h"\n#include <vector>\n'), "server may include base"
print("4 passed, 0 failed")
