"""python -m millrace.plugin MODULE[:ATTRIBUTE] - serves the plugin of a module to Millrace."""

from __future__ import annotations

import os
import sys

from millrace.plugin.process import serve


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        return 2
    return serve(sys.argv[1])


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # A call that did not end in time must not keep the process.
    os._exit(status)
