"""Does what a page tells its reader to do: runs its commands in one shell, writes its files, compares what it shows.

Blocks of a page by their info string:

    sh             commands, one a line
    text           what the block of commands before it prints: `...` stands for anything, figures may differ
    LANG PATH      a file of that path, relative to where the shell is
    LANG >> PATH   what is added to the end of that file
"""

from __future__ import annotations

import pathlib
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping

MARK = "@@tutorial@@"


class Shell:
    """One bash that stays, as the reader's does. Throws AssertionError when a command fails."""

    def __init__(self, folder: pathlib.Path, environment: Mapping[str, str], seconds: float) -> None:
        self._process = subprocess.Popen(
            ["timeout", "--kill-after=10", str(seconds), "bash", "--noprofile", "--norc"],
            cwd=folder, env=dict(environment), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )

    def run(self, command: str) -> str:
        """What the command printed, on both outputs."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{command}\nprintf '\\n%s %s\\n' '{MARK}' \"$?\"\n")
        self._process.stdin.flush()
        lines: list[str] = []
        for line in self._process.stdout:
            if line.startswith(MARK):
                printed = "".join(lines)[:-1]  # without the newline before the mark
                assert line.split()[1] == "0", f"$ {command}\n{printed}\nended with status {line.split()[1]}"
                return printed
            lines.append(line)
        raise AssertionError(f"$ {command}\n{''.join(lines)}\nthe shell has ended, or there was no time left")

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(30)


def blocks(page: str) -> Iterator[tuple[str, str]]:
    """Info strings and contents in order."""
    for match in re.finditer(r"^```([^\n]+)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
        yield match[1].strip(), match[2]


def pattern_of(shown: str) -> str:
    """A regular expression for what a page shows: figures stand for figures, `...` for anything."""
    lines = []
    for line in shown.splitlines(keepends=True):
        if line.strip() == "...":
            lines.append(r"(?:.*\n)*?")
        else:
            lines.append(re.sub(r"\d+", r"\\d+", re.escape(line)).replace(r"\.\.\.", ".*").replace("\\\n", "\n"))
    return "".join(lines)


def follow(page: str, shell: Shell, after: Callable[[str], None] = lambda _: None) -> None:
    """Follows the page from its first block to its last; `after` is told each command when it was run."""
    printed = ""
    for info, content in blocks(page):
        language, _, path = info.partition(" ")
        if language == "sh":
            printed = ""
            for command in content.splitlines():
                printed += shell.run(command)
                after(command)
        elif language == "text":
            printed = printed.rstrip("\n") + "\n"
            assert re.fullmatch(pattern_of(content), printed), f"shown is\n{content}\nprinted was\n{printed}"
        else:
            assert path, f"the block '{info}' says neither that it is run nor where it goes"
            write(pathlib.Path(shell.run("pwd").strip()), path, content)


def write(folder: pathlib.Path, path: str, content: str) -> None:
    added = path.startswith(">> ")
    file = folder / path.removeprefix(">> ")
    assert not added or file.is_file(), f"there is no {file} to add to"
    file.write_text((file.read_text() if added else "") + content)
