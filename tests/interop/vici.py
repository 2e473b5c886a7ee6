# SPDX-License-Identifier: LGPL-2.1-or-later
"""strongSwan's control protocol: requests, their answers, and the events that come before an answer.

A message is nested: a section is a dict, a list a list, a value bytes. Numbers and text are given as str."""

import socket
import struct

REQUEST, RESPONSE, UNKNOWN, REGISTER, UNREGISTER, CONFIRM, EVENT_UNKNOWN, EVENT = range(8)
SECTION_START, SECTION_END, KEY_VALUE, LIST_START, LIST_ITEM, LIST_END = range(1, 7)


def _value(value):
    return value if isinstance(value, bytes) else str(value).encode()


def _name(name):
    return bytes([len(name)]) + name.encode()


def encode(section):
    out = b""
    for name, value in section.items():
        if isinstance(value, dict):
            out += bytes([SECTION_START]) + _name(name) + encode(value) + bytes([SECTION_END])
        elif isinstance(value, (list, tuple)):
            out += bytes([LIST_START]) + _name(name)
            for item in map(_value, value):
                out += bytes([LIST_ITEM]) + struct.pack(">H", len(item)) + item
            out += bytes([LIST_END])
        else:
            octets = _value(value)
            out += bytes([KEY_VALUE]) + _name(name) + struct.pack(">H", len(octets)) + octets
    return out


def decode(octets):
    at = 0

    def take(n):
        nonlocal at
        at += n
        return octets[at - n:at]

    def text(form):
        return take(struct.unpack(form, take(struct.calcsize(form)))[0]).decode(errors="replace")

    root = {}
    open_sections = [root]
    items = None
    while at < len(octets):
        kind = take(1)[0]
        if kind == SECTION_START:
            child = {}
            open_sections[-1][text(">B")] = child
            open_sections.append(child)
        elif kind == SECTION_END:
            open_sections.pop()
        elif kind == KEY_VALUE:
            name = text(">B")
            open_sections[-1][name] = text(">H")
        elif kind == LIST_START:
            items = []
            open_sections[-1][text(">B")] = items
        elif kind == LIST_ITEM:
            items.append(text(">H"))
        elif kind == LIST_END:
            items = None
    return root


class Session:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(str(path))

    def close(self):
        self.socket.close()

    def _send(self, kind, name, message=b""):
        packet = bytes([kind]) + _name(name) + message
        self.socket.sendall(struct.pack(">I", len(packet)) + packet)

    def _octets(self, n):
        out = b""
        while len(out) < n:
            part = self.socket.recv(n - len(out))
            if not part:
                raise ConnectionError("charon closed its control socket")
            out += part
        return out

    def _receive(self):
        packet = self._octets(struct.unpack(">I", self._octets(4))[0])
        kind = packet[0]
        if kind != EVENT:
            return kind, decode(packet[1:])
        name_octets = packet[1]
        return kind, decode(packet[2 + name_octets:])

    def request(self, command, message=None, event=None):
        """Returns (answer, events): events of the named kind come one by one before the answer."""
        if event:
            self._send(REGISTER, event)
            self._receive()
        self._send(REQUEST, command, encode(message or {}))
        events = []
        while True:
            kind, content = self._receive()
            if kind == EVENT:
                events.append(content)
                continue
            if kind != RESPONSE:
                raise ValueError(f"charon knows no command {command}")
            break
        if event:
            self._send(UNREGISTER, event)
            while self._receive()[0] == EVENT:
                pass
        return content, events
