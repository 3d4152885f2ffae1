"""A plugin written against the protocol alone, standard library only, with one fault that its argument names.

It opens instances as it should; what goes wrong is the answer to everything else, or what stands before.
"""

from __future__ import annotations

import os
import socketserver
import struct
import sys
import threading

MODE = sys.argv[1]
SOCKET = os.environ["MILLRACE_PLUGIN_SOCKET"]

HEADER = struct.Struct(">IIBB")  # length, stream, type, flags
REQUEST, RESPONSE, DATA = 1, 2, 3
# Field 1000 with the text "new": what a later minor of the contract might have added to a message.
FROM_LATER_MINOR = b"\xc2\x3e\x03new"
OPENED = b"\x08\x01" + FROM_LATER_MINOR


def varint(number: int) -> bytes:
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def bytes_field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def fields_of(message: bytes) -> dict[int, bytes]:
    """The length-delimited fields of a message; the others are passed over."""
    fields, at = {}, 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        tag = number()
        length = number()
        if tag & 7 == 2:
            fields[tag >> 3] = message[at : at + length]
            at += length
    return fields


class Connection(socketserver.BaseRequestHandler):
    def read(self, count: int) -> bytes:
        content = b""
        while len(content) < count:
            piece = self.request.recv(count - len(content))
            if not piece:
                raise ConnectionError
            content += piece
        return content

    def send(self, stream: int, kind: int, payload: bytes) -> None:
        self.request.sendall(HEADER.pack(len(payload), stream, kind, 0) + payload)

    def answer(self, stream: int, message: bytes) -> None:
        self.send(stream, RESPONSE, bytes_field(2, message))

    def handle(self) -> None:
        try:
            while True:
                length, stream, kind, _ = HEADER.unpack(self.read(HEADER.size))
                request = fields_of(self.read(length))
                if kind == REQUEST:
                    self.take(stream, request.get(2, b"").decode())
        except ConnectionError:
            pass

    def take(self, stream: int, method: str) -> None:
        if method == "Open":
            return self.answer(stream, OPENED)
        if method == "Close":
            return self.answer(stream, b"")
        return FAULTS[MODE](self, stream)


def huge(connection: Connection, stream: int) -> None:
    connection.answer(stream, b"x" * (5 << 20))


def impossible(connection: Connection, stream: int) -> None:
    connection.request.sendall(HEADER.pack(0xFFFFFFF0, stream, RESPONSE, 0) + b"x" * 1000)


def other_call(connection: Connection, stream: int) -> None:
    connection.answer(stream + 1000, b"")


def garbage(connection: Connection, stream: int) -> None:
    connection.request.sendall(os.urandom(64) if stream < 0 else b"HTTP/1.1 200 OK\r\n\r\n" * 20)


def no_message(connection: Connection, stream: int) -> None:
    connection.answer(stream, b"\xff\xff\xff\xff")


def data_frame(connection: Connection, stream: int) -> None:
    connection.send(stream, DATA, b"")


def silence(_connection: Connection, _stream: int) -> None:
    pass


def sound(connection: Connection, stream: int) -> None:
    connection.answer(stream, FROM_LATER_MINOR)


FAULTS = {
    "huge": huge,
    "impossible": impossible,
    "other-call": other_call,
    "garbage": garbage,
    "no-message": no_message,
    "data-frame": data_frame,
    "silence": silence,
    "later-minor": sound,
    "noisy": sound,
}
VERSIONS = {"later-minor": "1.9", "next-major": "2.0", "last-major": "0.9"}


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def main() -> None:
    if MODE == "hang":
        threading.Event().wait()
    if MODE == "binary":
        sys.stdout.buffer.write(b"\x00\xff\xfe\x1b[2J" * 20 + b"\n")
        sys.stdout.flush()
        threading.Event().wait()
    if MODE == "endless":
        while True:
            sys.stdout.write("y" * 4096)
    server = Server(SOCKET, Connection)
    print(f"millrace-plugin {VERSIONS.get(MODE, '1.0')} ttrpc unix:{SOCKET}", flush=True)
    if MODE == "noisy":
        sys.stdout.buffer.write(b"\xff\x00garbage" * 50_000 + b"\n")
        sys.stdout.flush()
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    server.serve_forever()


main()
