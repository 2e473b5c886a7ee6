# SPDX-License-Identifier: LGPL-2.1-or-later
"""Strangers: IKE_SA_INIT requests from many addresses, each with fresh SPI and nonce.

    flood.py TARGET COUNT plain | cookies

`cookies`: each waits for its cookie and returns it once, and never goes on to IKE_AUTH. Runs in a test's own namespace;
bounded in count and time.
"""

import os
import select
import socket
import struct
import sys
import time

ADDRESSES = 4096
MOST_SECONDS = 120
IP_FREEBIND = 15
COOKIE = 16390


def payload(following, body):
    return struct.pack(">BBH", following, 0, 4 + len(body)) + body


def transform(more, kind, number, key_bits=0):
    attribute = struct.pack(">HH", 0x800E, key_bits) if key_bits else b""
    return struct.pack(">BBHBBH", more, 0, 8 + len(attribute), kind, 0, number) + attribute


def request(spi, nonce, cookie=b""):
    """AES-GCM-16 128, PRF SHA2-256, X25519: what the peers of these tests accept. A cookie covers SPI and nonce."""
    transforms = transform(3, 1, 20, 128) + transform(3, 2, 5) + transform(0, 4, 31)
    proposal = struct.pack(">BBHBBBB", 0, 0, 8 + len(transforms), 1, 1, 0, 3) + transforms
    body = payload(34, proposal) + payload(40, struct.pack(">HH", 31, 0) + os.urandom(32)) + payload(43, nonce)
    body += payload(0, bytes(128))  # a vendor ID: to a question smaller than its answer comes a cookie, whoever asks
    following = 33
    if cookie:
        body = payload(33, struct.pack(">BBH", 0, 0, COOKIE) + cookie) + body
        following = 41
    return spi + bytes(8) + struct.pack(">BBBBII", following, 0x20, 34, 0x08, 0, 28 + len(body)) + body


def cookie_of(answer):
    """Data of a COOKIE notify that comes alone."""
    if len(answer) < 36 or answer[16] != 41 or struct.unpack(">H", answer[34:36])[0] != COOKIE:
        return b""
    length = struct.unpack(">H", answer[30:32])[0]
    return answer[36:28 + length]


def stranger(number):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
    sock.bind((f"10.{96 + number // 65536}.{number // 256 % 256}.{number % 256}", 0))
    sock.setblocking(False)
    return sock


def plain(target, count, end):
    socks = [stranger(1 + i * 257 % 2000000) for i in range(min(ADDRESSES, count))]
    sent = 0
    while sent < count and time.monotonic() < end:
        for sock in socks[:count - sent]:
            try:
                sock.sendto(request(os.urandom(8), os.urandom(32)), (target, 500))
            except BlockingIOError:
                pass
            sent += 1
        time.sleep(0.05)
    return f"{sent} requests from {len(socks)} addresses"


def with_cookies(target, count, end):
    sent = returned = 0
    poll = select.epoll()
    waiting = {}
    while sent < count and time.monotonic() < end:
        for i in range(256):
            sock = stranger(1 + (sent + i) * 257 % 2000000)
            secrets = os.urandom(8), os.urandom(32)
            sock.sendto(request(*secrets), (target, 500))
            waiting[sock.fileno()] = (sock, secrets)
            poll.register(sock, select.EPOLLIN)
        sent += 256
        for fd, _ in poll.poll(0.02, 1024):
            sock, secrets = waiting[fd]
            cookie = cookie_of(sock.recv(2048))
            if cookie:
                sock.sendto(request(*secrets, cookie), (target, 500))
                returned += 1
        while len(waiting) > 2048:
            fd = next(iter(waiting))
            sock, _ = waiting.pop(fd)
            poll.unregister(fd)
            sock.close()
    return f"{sent} requests, {returned} returned their cookie"


def main():
    target, count, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    end = time.monotonic() + MOST_SECONDS
    print("begun", flush=True)
    print(with_cookies(target, count, end) if kind == "cookies" else plain(target, count, end), flush=True)


if __name__ == "__main__":
    main()
