# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a tunnel with strongSwan does to packets: traffic class at both ends (RFC 4301 5.1.2.1, RFC 6040), large and
fragmented ones, a path whose MTU shrinks (RFC 4301 8.2). A router stands between the ends."""

import contextlib
import itertools
import re
import subprocess
import sys

import wire
from against_strongswan import run
from lab import wait_for
from routed import RoutedLab
from rows import await_gone, await_settled
from tap import check, equal
from tunnel import Tunnel

PORT = 7779
NOT_ECT, ECT_1, ECT_0, CE = range(4)
WORDS = {NOT_ECT: "not-ect", ECT_1: "ect1", ECT_0: "ect0", CE: "ce"}  # of nft
EXPEDITED = 46 << 2  # a DSCP that must get through
# RFC 6040 4.2, figure 4, [inner][outer]; None: dropped
HANDED_ON = [[NOT_ECT, NOT_ECT, NOT_ECT, None],
             [ECT_1, ECT_1, ECT_1, CE],
             [ECT_0, ECT_1, ECT_0, CE],
             [CE, CE, CE, CE]]
SMALL_MTU = 1280
FAMILIES = (4, 6)
OCTETS = 2 << 20

# A datagram for each traffic class, which is its content.
SEND_CLASSES = """
import socket, sys, time
is_ipv6 = ":" in sys.argv[1]
udp = socket.socket(socket.AF_INET6 if is_ipv6 else socket.AF_INET, socket.SOCK_DGRAM)
udp.bind((sys.argv[1], 0))
for traffic_class in map(int, sys.argv[4:]):
    if is_ipv6:
        udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, traffic_class)
    else:
        udp.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, traffic_class)
    udp.sendto(b"%d" % traffic_class, (sys.argv[2], int(sys.argv[3])))
    time.sleep(0.02)
"""
# Prints the content of each datagram and the traffic class with which it came.
HEAR_CLASSES = """
import socket, sys
is_ipv6 = ":" in sys.argv[1]
udp = socket.socket(socket.AF_INET6 if is_ipv6 else socket.AF_INET, socket.SOCK_DGRAM)
udp.setsockopt(*((socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS) if is_ipv6 else (socket.IPPROTO_IP, socket.IP_RECVTOS)), 1)
udp.bind((sys.argv[1], int(sys.argv[2])))
print("ready", flush=True)
while True:
    data, control, _, _ = udp.recvmsg(64, 128)
    print(data.decode(), control[0][2][0], flush=True)
"""
SINK = """
import hashlib, socket, sys
listening = socket.create_server((sys.argv[1], int(sys.argv[2])),
                                 family=socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
print("ready", flush=True)
while True:
    connection, seen = listening.accept()[0], hashlib.sha256()
    while octets := connection.recv(1 << 16):
        seen.update(octets)
    connection.sendall(seen.digest())
    connection.close()
"""
SOURCE = """
import hashlib, os, socket, sys
octets = os.urandom(int(sys.argv[4]))
with socket.create_connection((sys.argv[2], int(sys.argv[3])), timeout=20, source_address=(sys.argv[1], 0)) as tcp:
    tcp.sendall(octets)
    tcp.shutdown(socket.SHUT_WR)
    sys.exit(tcp.recv(64) != hashlib.sha256(octets).digest())
"""


def python(lab, side, program, *arguments, **options):
    return lab.start(side, sys.executable, "-c", program, *map(str, arguments), **options)


def run_python(lab, side, program, *arguments):
    process = python(lab, side, program, *arguments, stderr=subprocess.PIPE)
    said = process.stderr.read().decode()
    equal(process.wait(30), 0, f"exit status of the program on the {side.name} ({said.strip()})")
    lab.stop(process)


def up(pair, family):
    tunnel = Tunnel(family=family)
    pair.load(tunnel)
    pair.left.up()
    await_settled(pair)


def down(pair):
    pair.left.down()
    await_gone(pair)
    pair.unload()


# Traffic classes.

@contextlib.contextmanager
def marked(pair, family, ecn):
    """The router gives what goes to Ravelin this ECN on the outer header."""
    lab, ip = pair.lab, {4: "ip", 6: "ip6"}[family]
    lab.run(lab.router, "nft", "add table inet marks; add chain inet marks f { type filter hook forward priority 0; }; "
            f"add rule inet marks f oifname {lab.link_at_router(lab.left)} udp sport 4500 {ip} ecn set {WORDS[ecn]}")
    try:
        yield
    finally:
        lab.run(lab.router, "nft", "delete", "table", "inet", "marks")


class Ear:
    """Hears what SEND_CLASSES sends to a side."""

    def __init__(self, pair, side, inner):
        self.lab = pair.lab
        self.path = self.lab.folder / f"heard-{next(pair.names)}"
        with open(self.path, "wb") as out:
            self.process = python(self.lab, side, HEAR_CLASSES, side.inner[inner], PORT, stdout=out)
        wait_for(self._lines, "the program that hears has begun")
        self.told = 1

    def _lines(self):
        return self.path.read_text(encoding="ascii").splitlines()

    def next(self, number):
        """Pairs of class sent and class heard: as many datagrams as said, and not yet told."""
        wait_for(lambda: len(self._lines()) >= self.told + number, f"{number} datagrams come through")
        lines = self._lines()[self.told:]
        self.told += len(lines)
        return {tuple(map(int, line.split())) for line in lines}

    def stop(self):
        self.lab.stop(self.process)


def row_classes_in(pair, outer, inner):
    """From strongSwan, through a router that marks: all of figure 4."""
    lab = pair.lab
    up(pair, outer)
    ear = Ear(pair, lab.left, inner)
    last = EXPEDITED | CE  # always gets through, and is sent last
    for mark_ecn in range(4):
        wanted = {(EXPEDITED | ecn, EXPEDITED | HANDED_ON[ecn][mark_ecn]) for ecn in range(4)
                  if HANDED_ON[ecn][mark_ecn] is not None}
        with marked(pair, outer, mark_ecn):
            run_python(lab, lab.right, SEND_CLASSES, lab.right.inner[inner], lab.left.inner[inner], PORT,
                       *(EXPEDITED | ecn for ecn in range(4)), last)
            got = ear.next(len(wanted) + 1)
        equal(got, wanted, f"(sent, heard) where the outer header has {WORDS[mark_ecn]}")
    ear.stop()
    down(pair)


def row_classes_out(pair, outer, inner):
    """To strongSwan: the outer header has what the inner one has."""
    lab = pair.lab
    up(pair, outer)
    capture = pair.capture()
    classes = [dscp | ecn for dscp in (0, EXPEDITED, 63 << 2) for ecn in range(4)]
    ear = Ear(pair, lab.right, inner)
    run_python(lab, lab.left, SEND_CLASSES, lab.left.inner[inner], lab.right.inner[inner], PORT, *classes)
    equal(ear.next(len(classes)), {(sent, sent) for sent in classes}, "(sent, heard)")
    ear.stop()
    down(pair)
    seen = wire.read(capture.stop())
    equal({packet.tos for packet in seen.esp if packet.source == lab.left.outer[outer]}, set(classes),
          "traffic classes of Ravelin's outer headers")


# Sizes.

def row_sizes(pair, family):
    """1400 octets, and what must be fragmented, either way, in both families."""
    lab = pair.lab
    up(pair, family)
    capture = pair.capture()
    for inner in FAMILIES:
        header = 28 if inner == 4 else 48
        for side, other in ((lab.left, lab.right), (lab.right, lab.left)):
            for octets in (1400, 1439, 3000, 9000):
                lab.run(side, "ping", "-n", "-q", "-c", "2", "-i", "0.1", "-W", "5", "-s", str(octets - header), "-I",
                        side.inner[inner], other.inner[inner])
    children = await_settled(pair)[2:]
    check(min(child.octets_in for child in children) > 2 * 2 * 2 * 14000, "both ends count what came", children)
    down(pair)
    seen = wire.read(capture.stop())
    check(not seen.in_clear(pair.networks()), "nothing is in clear")
    for end, child in zip(pair.ends, children):
        equal(seen.esp_spis(pair.addresses(pair.other(end))[family]), {child.spi_in}, f"SPIs of ESP to {end.kind}")
    from_left = [packet for packet in seen.esp if packet.source == lab.left.outer[family]]
    check(len(from_left) >= 2 * 2 * 2 * (1 + 2 + 3 + 7), "ESP of each fragment", len(from_left))


# Path MTU.

def set_mtu(lab, side, mtu):
    lab.run(side, "ip", "link", "set", side.link, "mtu", str(mtu))
    lab.run(lab.router, "ip", "link", "set", lab.link_at_router(side), "mtu", str(mtu))


def told_mtu(lab, inner):
    """What the inner sender on Ravelin's side has learnt, or None."""
    listed = lab.run(lab.left, "ip", "-6" if inner == 6 else "-4", "route", "get", lab.right.inner[inner], "from",
                     lab.left.inner[inner])
    found = re.search(r"mtu (\d+)", listed)
    return int(found[1]) if found else None


def row_path_mtu(pair, family):
    """The router's link to strongSwan shrinks: who sends into the tunnel is told, and TCP goes on in both families."""
    lab = pair.lab
    up(pair, family)
    sinks = []
    for number, (side, inner) in enumerate(itertools.product((lab.right, lab.left), FAMILIES)):
        sinks.append(python(lab, side, SINK, side.inner[inner], PORT + number, stdout=subprocess.PIPE))
        sinks[-1].stdout.readline()
    flows = [(number, side, other, inner) for number, ((side, other), inner) in enumerate(
        itertools.product(((lab.left, lab.right), (lab.right, lab.left)), FAMILIES))]

    def transfer():
        for number, side, other, inner in flows:
            run_python(lab, side, SOURCE, side.inner[inner], other.inner[inner], PORT + number, OCTETS)

    transfer()
    before = {inner: told_mtu(lab, inner) for inner in FAMILIES}
    set_mtu(lab, lab.right, SMALL_MTU)
    transfer()
    capture = pair.capture()
    transfer()
    for inner in FAMILIES:
        mtu = told_mtu(lab, inner)
        check(mtu is not None and mtu <= SMALL_MTU < before[inner],
              f"the sender of IPv{inner} on Ravelin's side was told", before[inner], mtu)
    for sink in sinks:
        lab.stop(sink)
    down(pair)
    set_mtu(lab, lab.right, 1500)
    seen = wire.read(capture.stop())
    check(seen.largest <= SMALL_MTU, "what Ravelin sends fits the path", seen.largest)
    flows_octets = 2 * OCTETS  # to strongSwan, one a family
    octets = sum(len(packet.octets) for packet in seen.esp if packet.source == lab.left.outer[family])
    check(octets > flows_octets, "the transfers were in ESP", octets)


def cases(pair):
    for outer, inner in itertools.product(FAMILIES, FAMILIES):
        which = f"IPv{inner} in IPv{outer}"
        yield f"ECN and DSCP of what comes, {which}", lambda o=outer, i=inner: row_classes_in(pair, o, i)
        yield f"ECN and DSCP of what goes, {which}", lambda o=outer, i=inner: row_classes_out(pair, o, i)
    for family in FAMILIES:
        yield f"large and fragmented packets in IPv{family}", lambda f=family: row_sizes(pair, f)
    for family in FAMILIES:
        yield f"a path in IPv{family} whose MTU shrinks", lambda f=family: row_path_mtu(pair, f)


if __name__ == "__main__":
    run([f"strongSwan, {name}" for name, _ in cases(None)], lambda pair, _: (row for _, row in cases(pair)),
        lab_type=RoutedLab)
