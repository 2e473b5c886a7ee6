#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The userspace data plane with itself, keys by hand and no daemon: real TCP in every combination of families and
encapsulations, MTU, marks, and what is left when an end is killed."""

import hashlib
import os
import pathlib
import re
import subprocess
import sys
import time

from lab import Capture, Lab, need_rights, stop, wait_for
from tap import Skipped, begin, check, equal
from wire import _packets, read

BUILD = pathlib.Path(os.environ.get("G_TEST_BUILDDIR", "."))
PROGRAM = BUILD / "tests/interop/data-plane-end"
SUITES = ("aes128gcm16", "aes256gcm16", "chacha20poly1305", "aes128-sha256", "aes128-sha512")
PORT = 7001

# Sends what comes on stdin, or hears and prints the digest of what came.
RECEIVE = """
import hashlib, socket, sys
s = socket.create_server((sys.argv[1], int(sys.argv[2])), family=socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)
print('ready', flush=True)
c, _ = s.accept()
d = hashlib.sha256()
while data := c.recv(1 << 16):
    d.update(data)
print(d.hexdigest(), flush=True)
"""
SEND = """
import random, socket, sys
s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)
s.bind((sys.argv[1], 0))
s.connect((sys.argv[2], int(sys.argv[3])))
s.sendall(random.Random(1).randbytes(int(sys.argv[4])))
"""


def expected(octets):
    import random
    return hashlib.sha256(random.Random(1).randbytes(octets)).hexdigest()


class Ends:
    """Both ends of the tunnel, and what they said."""

    def __init__(self, lab, family=4, left=(), **options):
        """options: of both; left: words for the left end alone."""
        self.lab = lab
        self.logs = {}
        self.processes = {}
        for letter, side, other in (("a", lab.left, lab.right), ("b", lab.right, lab.left)):
            log = lab.folder / f"end-{side.name}.log"
            words = [f"{name}={value}" for name, value in options.items()] + list(left if side is lab.left else ())
            with open(log, "w", encoding="utf-8") as out:
                self.processes[side.name] = lab.start(
                    side, str(PROGRAM), letter, side.outer[family], other.outer[family], ",".join(side.nets.values()),
                    ",".join(other.nets.values()), *words, stdout=out, stderr=subprocess.STDOUT)
            self.logs[side.name] = log
        for side in (lab.left, lab.right):
            wait_for(lambda side=side: "ready" in self.text(side) or self.processes[side.name].poll() is not None,
                     "an end is ready")
            check("ready" in self.text(side), "an end failed", self.text(side))

    def text(self, side):
        return self.logs[side.name].read_text(encoding="utf-8")

    def stop(self):
        for name, process in self.processes.items():
            stop(process)
            equal(process.returncode, 0, f"exit of {name}")
            self.lab.processes.remove(process)
        return {name: log.read_text(encoding="utf-8") for name, log in self.logs.items()}

    def kill(self, side):
        process = self.processes.pop(side.name)
        process.kill()
        process.wait()
        self.lab.processes.remove(process)


def transfer(lab, source, target, family, octets=3_000_000):
    hear = lab.start(target, sys.executable, "-c", RECEIVE, target.inner[family], str(PORT), stdout=subprocess.PIPE,
                     text=True)
    hear.stdout.readline()
    send = lab.start(source, sys.executable, "-c", SEND, source.inner[family], target.inner[family], str(PORT),
                     str(octets))
    equal(send.wait(30), 0, f"sender by IPv{family}")
    equal(hear.stdout.readline().strip(), expected(octets), f"what came by IPv{family}")
    for process in (hear, send):
        stop(process)
        lab.processes.remove(process)


def ping(lab, side, other, family, *options):
    return subprocess.run(["ip", "netns", "exec", side.namespace, "ping", "-n", "-c", "1", "-W", "2", "-I",
                           side.inner[family], *options, other.inner[family]], capture_output=True, text=True,
                          check=False)


def dropped(text):
    """Drops by cause, but for what hosts send by themselves to everybody."""
    return {word: int(n) for word, n in re.findall(r"^dropped (\S+) (\d+)$", text, re.M) if word != "no-policy"}


def settled(lab):
    """The system's state, once the links are up and no address is tentative."""
    def is_settled(side):
        told = lab.run(side, "ip", "addr", "show", "dev", side.link)
        return "state UP" in told and "tentative" not in told
    wait_for(lambda: is_settled(lab.left) and is_settled(lab.right), "addresses settle")
    return [lab.kernel_state(side) for side in (lab.left, lab.right)]


def row_carries(lab, outer, encapsulation, **options):
    """TCP both ways in both families; only ESP on the wire; nothing dropped; nothing left."""
    before = settled(lab)
    capture = Capture(lab, lab.left, "wire")
    ends = Ends(lab, outer, encapsulation=encapsulation, **options)
    for family in (4, 6):
        transfer(lab, lab.left, lab.right, family)
        transfer(lab, lab.right, lab.left, family)
    said = ends.stop()
    wire = read(capture.stop())
    clear = wire.in_clear([*lab.left.nets.values(), *lab.right.nets.values()])
    check(not clear, "packets in clear", clear[:3])
    for side in (lab.left, lab.right):
        equal(wire.esp_spis(side.outer[outer]), {"00002002" if side is lab.left else "00001001"}, "SPIs")
        check(wire.esp_count(side.outer[outer]) > 100, "ESP packets", wire.esp_count(side.outer[outer]))
    check(all(packet.in_udp == (encapsulation == "udp") for packet in wire.esp), f"all ESP is {encapsulation}")
    for name, text in said.items():
        equal(dropped(text), {}, f"drops of {name}")
        check(re.search(r"^sa in packets [1-9]", text, re.M), "packets of the inbound SA", text)
    for found, wanted in zip(settled(lab), before):
        for command, output in wanted.items():
            gone, new = set(output.splitlines()) - set(found[command].splitlines()), \
                set(found[command].splitlines()) - set(output.splitlines())
            check(not gone and not new, f"afterwards, {command}", f"gone {gone}", f"new {new}")


def row_trap(lab):
    """The first packet asks for the SA, and goes once it stands."""
    ends = Ends(lab, left=["trap=yes"])
    equal(ping(lab, lab.left, lab.right, 4).returncode, 0, "first ping")
    check("acquires 1 " in ends.stop()["left"], "one acquire")


def row_inner_mtu(lab):
    """Packets that don't fit: told to their sender where they must not be cut, cut where they may be."""
    ends = Ends(lab, mtu="1500")
    told = ping(lab, lab.left, lab.right, 4, "-M", "do", "-s", "1460")
    check("mtu" in told.stdout.lower() + told.stderr.lower(), "the sender is told an MTU", told.stdout, told.stderr)
    equal(ping(lab, lab.left, lab.right, 4, "-M", "dont", "-s", "1472").returncode, 0, "a ping that may be cut")
    ping(lab, lab.left, lab.right, 6, "-s", "3000")  # each sender is told once
    ping(lab, lab.left, lab.right, 6, "-s", "3000")
    equal(ping(lab, lab.left, lab.right, 6, "-s", "3000").returncode, 0, "a ping whose sender cuts, once it was told")
    transfer(lab, lab.left, lab.right, 4)
    ends.stop()


def row_path_mtu(lab):
    """The path shrinks under traffic: TCP goes on in smaller segments."""
    ends = Ends(lab, mtu="1400")
    transfer(lab, lab.left, lab.right, 4)
    for side, other in ((lab.left, lab.right), (lab.right, lab.left)):
        lab.run(side, "ip", "route", "add", f"{other.outer[4]}/32", "dev", side.link, "mtu", "1300")
    try:
        for family in (4, 6):
            transfer(lab, lab.left, lab.right, family)
        said = ends.stop()
        check(re.search(r"^told mtus [1-9]\d* last 1300 ", said["left"], re.M), "news of the path", said["left"])
    finally:
        for side, other in ((lab.left, lab.right), (lab.right, lab.left)):
            lab.run(side, "ip", "route", "del", f"{other.outer[4]}/32", "dev", side.link)


def row_least_ipv6(lab):
    """On a path of 1280 octets the outer packet is cut: no IPv6 sender may be told less than 1280."""
    ends = Ends(lab, 6, mtu="1280")
    for side, other in ((lab.left, lab.right), (lab.right, lab.left)):
        lab.run(side, "ip", "route", "add", f"{other.outer[6]}/128", "dev", side.link, "mtu", "1280")
    try:
        ping(lab, lab.left, lab.right, 6, "-s", "1232", "-M", "do")
        ping(lab, lab.right, lab.left, 6, "-s", "1232", "-M", "do")
        equal(ping(lab, lab.left, lab.right, 6, "-s", "1232", "-M", "do").returncode, 0, "a ping of 1280 octets")
    finally:
        for side, other in ((lab.left, lab.right), (lab.right, lab.left)):
            lab.run(side, "ip", "route", "del", f"{other.outer[6]}/128", "dev", side.link)
        ends.stop()


def row_traffic_class(lab):
    """DSCP and ECN of the inner header stand on the outer one."""
    ends = Ends(lab)
    capture = Capture(lab, lab.left, "class")
    for tos in ("0xb8", "0x02", "0x01"):
        equal(ping(lab, lab.left, lab.right, 4, "-Q", tos).returncode, 0, f"ping with {tos}")
    classes = [octets[15] for _, octets in _frames(capture.stop()) if octets[12:14] == b"\x08\x00" and octets[23] == 17]
    for tos in (0xb8, 0x02, 0x01):
        check(tos in classes, f"an outer header with {tos:#x}", classes)
    ends.stop()


def _frames(path):
    return enumerate(_packets(path))


def row_killed(lab):
    """kill -9 under traffic, with a route beneath that would carry it: nothing leaves in clear, nothing comes in."""
    for side, other in ((lab.left, lab.right), (lab.right, lab.left)):
        lab.run(side, "ip", "route", "add", "default", "via", other.outer[4], "dev", side.link)
    ends = Ends(lab)
    capture = Capture(lab, lab.left, "killed")
    noise = lab.start(lab.left, "ping", "-n", "-q", "-i", "0.005", "-I", lab.left.inner[4], lab.right.inner[4],
                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.3)
        ends.kill(lab.left)
        time.sleep(0.3)
        check(noise.poll() is None, "the traffic goes on")
        # And from outside: a clear packet with an inner source address must not reach the protected net.
        lab.run(lab.right, "nft", "delete", "table", "inet", "ravelin-test")
        ends.kill(lab.right)
        lab.run(lab.right, "ip", "route", "flush", "table", "all", "proto", "82")
        ping(lab, lab.right, lab.left, 4)
        wire = read(capture.stop())
        inner = {lab.left.inner[4]}
        out = [packet for packet in wire.other if packet[0] in inner]
        check(not out, "packets left in clear", out[:3])
        coming = [packet for packet in wire.other if packet[0] == lab.right.inner[4]]
        check(coming, "the clear packet from outside was on the wire")
        rules = lab.run(lab.left, "nft", "list", "ruleset")
        check(re.search(r"counter packets [1-9]\d* .*drop", rules), "the guard counted it", rules)
        check("unreachable 10.82.0.0/16" in lab.run(lab.left, "ip", "route", "show", "table", "all"),
              "the unreachable route stands")
    finally:
        stop(noise)
        lab.processes.remove(noise)
        # The next start takes over what was left, and an orderly stop takes it away.
        Ends(lab).stop()
        for side, other in ((lab.left, lab.right), (lab.right, lab.left)):
            lab.run(side, "ip", "route", "del", "default", "via", other.outer[4])
            left = lab.run(side, "ip", "route", "show", "table", "all", "proto", "82") + lab.run(side, "nft", "list", "ruleset")
            equal(left.strip(), "", f"what is left on {side.name}")


def rows(lab):
    for outer in (4, 6):
        for encapsulation in ("udp", "raw"):
            yield (f"IPv{outer} outside, {encapsulation}",
                   lambda outer=outer, encapsulation=encapsulation: row_carries(lab, outer, encapsulation))
    for suite in SUITES:
        yield suite, lambda suite=suite: row_carries(lab, 4, "udp", suite=suite)
    yield "ESN, raw", lambda: row_carries(lab, 4, "raw", esn="yes", suite="aes128-sha256")
    yield "ESN, UDP", lambda: row_carries(lab, 6, "udp", esn="yes")
    yield "no offloads", lambda: row_carries(lab, 4, "udp", offloads="no")
    yield "one worker", lambda: row_carries(lab, 4, "udp", workers="1")
    yield "four workers", lambda: row_carries(lab, 4, "udp", workers="4")
    yield "trap", lambda: row_trap(lab)
    yield "inner packets too big", lambda: row_inner_mtu(lab)
    yield "a path that shrinks", lambda: row_path_mtu(lab)
    yield "IPv6's least MTU", lambda: row_least_ipv6(lab)
    yield "traffic class", lambda: row_traffic_class(lab)
    yield "killed under traffic", lambda: row_killed(lab)


def need_program():
    if not PROGRAM.exists():
        raise Skipped(f"{PROGRAM} isn't built")


def main():
    report = begin([f"two data planes: {name}" for name, _ in rows(None)], need_rights, need_program)
    with Lab() as lab:
        for name, row in rows(lab):
            def evidence():
                for side in (lab.left, lab.right):
                    log = lab.folder / f"end-{side.name}.log"
                    yield from [f"-- {side.name}", *(log.read_text(encoding="utf-8").splitlines() if log.exists() else [])]
                for process in list(lab.processes):
                    stop(process)
                    lab.processes.remove(process)
            report.run(f"two data planes: {name}", row, evidence)
    report.end()


if __name__ == "__main__":
    main()
