# SPDX-License-Identifier: LGPL-2.1-or-later
"""One end of the numbered packets: traffic.py RATE PORT LOCAL,REMOTE...

Prints a line when it listens, sends when it is told to on stdin, stops at the next line, hears for a while what is
still under way, and prints as JSON how many packets it sent and which numbers it got, a list a pair of addresses."""

import json
import select
import socket
import struct
import sys
import time

LINGER_S = 0.5
OCTETS = 200


def main():
    rate, port = int(sys.argv[1]), int(sys.argv[2])
    sockets, peers = [], []
    for pair in sys.argv[3:]:
        local, remote = pair.split(",")
        family = socket.AF_INET6 if ":" in local else socket.AF_INET
        udp = socket.socket(family, socket.SOCK_DGRAM)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        udp.bind((local, port))
        udp.setblocking(False)
        sockets.append(udp)
        peers.append((remote, port))
    sent = [0] * len(sockets)
    refused = 0
    received = [[] for _ in sockets]
    print("ready", flush=True)
    sys.stdin.readline()

    begin = time.monotonic()
    ticks = 0
    end = None
    while end is None or time.monotonic() < end:
        due = begin + ticks / rate
        wait = max(0.0, due - time.monotonic()) if end is None else 0.05
        inputs = sockets + ([sys.stdin] if end is None else [])
        for ready in select.select(inputs, [], [], wait)[0]:
            if ready is sys.stdin:
                sys.stdin.readline()
                end = time.monotonic() + LINGER_S
                continue
            try:
                data = ready.recv(2048)
            except OSError:  # an ICMP error of what was sent before
                continue
            received[sockets.index(ready)].append(struct.unpack(">Q", data[:8])[0])
        if end is None and time.monotonic() >= due:
            for i, udp in enumerate(sockets):
                try:
                    udp.sendto(struct.pack(">Q", sent[i]).ljust(OCTETS, b"."), peers[i])
                except OSError:  # told, but counted as sent: the other end will miss it
                    refused += 1
                sent[i] += 1
            ticks += 1
    print(json.dumps({"sent": sent, "received": received, "refused": refused}), flush=True)


if __name__ == "__main__":
    main()
