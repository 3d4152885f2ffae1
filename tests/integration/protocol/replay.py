"""A plugin without any library: it answers what docs/plugins/protocol.md shows, and notes what it hears.

Usage: replay.py PAGE NOTES
"""

import os
import pathlib
import re
import socket
import struct
import sys
import threading


def conversations(page):
    """Of each block the frames in order, each with '>' (to the plugin) or '<' (from it)."""
    blocks = re.findall(r"^```frames\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    frames = [[part.splitlines() for part in re.split(r"^#.*\n", block, flags=re.MULTILINE)[1:]] for block in blocks]
    return [[(lines[0][0], bytes.fromhex("".join(line[1:] for line in lines))) for lines in block] for block in frames]


def without_chance(frame):
    """The frame with zeros for the time that is left and for the request's id, which differ each time."""
    frame = re.sub(rb"(\x12.[A-Z][A-Za-z]+\x20)[\x80-\xff]{4}[\x00-\x7f]", rb"\g<1>\0\0\0\0\0", frame)
    return re.sub(rb"(millrace-request-id\x12\x10).{16}", rb"\g<1>" + bytes(16), frame, flags=re.DOTALL)


def read_frame(connection):
    header = connection.recv(10, socket.MSG_WAITALL)
    if len(header) < 10:
        return None
    (length,) = struct.unpack(">I", header[:4])
    return header + (connection.recv(length, socket.MSG_WAITALL) if length else b"")


def answers_of(page):
    """What the page answers to a frame that it shows."""
    answers = {}
    for turns in conversations(page):
        for position, (speaker, frame) in enumerate(turns):
            if speaker == ">":
                answers[without_chance(frame)] = last = []
            else:
                last.append(frame)
    return answers


def serve(connection, answers, notes):
    with connection:
        while frame := read_frame(connection):
            heard = without_chance(frame)
            os.write(notes, heard.hex().encode() + b"\n")
            for answer in answers.get(heard, []):
                connection.sendall(answer)


def main():
    page = pathlib.Path(sys.argv[1]).read_text()
    notes = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    path = os.environ["MILLRACE_PLUGIN_SOCKET"]
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen()
    print(f"millrace-plugin 1.0 ttrpc unix:{path}", flush=True)

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, answers_of(page), notes), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    while sys.stdin.buffer.read(1):
        pass


if __name__ == "__main__":
    main()
