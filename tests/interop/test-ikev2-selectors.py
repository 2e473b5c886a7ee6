# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is protected, with strongSwan: several Child SAs in one IKE SA, selectors that either end narrows (RFC 7296
2.9), protocols and ports. Both lists must name the same selectors, each packet must go by the Child SA that has it,
and what no selector has must not pass."""

import dataclasses
import subprocess
import sys

import wire
from against_strongswan import run
from lab import wait_for
from rows import agreed, await_gone
from tap import check, equal
from tunnel import Tunnel

LISTENER = """
import socket, sys
listening = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("ready", flush=True)
while True:
    connection = listening.accept()[0]
    connection.sendall(b"heard " + connection.recv(64))
    connection.close()
"""
CALLER = """
import socket, sys
socket.setdefaulttimeout(float(sys.argv[4]))
with socket.create_connection((sys.argv[2], int(sys.argv[3])), source_address=(sys.argv[1], 0)) as connection:
    connection.sendall(b"hello")
    sys.exit(connection.recv(64) != b"heard hello")
"""
OPEN, CLOSED = 443, 444
NET4 = ("10.81.0.0/16", "10.82.0.0/16")
NET6 = ("fd81::/64", "fd82::/64")


@dataclasses.dataclass(frozen=True)
class Case:
    """@ours: Ravelin's connection, selectors of each Child SA; @theirs: strongSwan's; @left, @right: what they must
    come to, a set a Child SA; @ports: tcp/443 alone passes; @role: Ravelin's."""

    name: str
    role: str
    ours: tuple
    theirs: tuple
    left: tuple
    right: tuple
    ports: bool = False
    families: tuple = (4, 6)


TWO = (NET4, NET6)
TWO_LISTED = ({NET4[0]}, {NET6[0]}), ({NET4[1]}, {NET6[1]})
TCP = ("10.81.0.0/16[tcp], 10.81.0.0/16[icmp]", "10.82.0.0/16[tcp/443], 10.82.0.0/16[icmp]")
TCP_LISTED = ({"10.81.0.0/16[tcp]", "10.81.0.0/16[icmp]"},), ({"10.82.0.0/16[tcp/443]", "10.82.0.0/16[icmp]"},)
WIDE = ("10.80.0.0/14, fd80::/12", "10.80.0.0/14, fd80::/12")
NARROW = (f"{NET4[0]}, {NET6[0]}", f"{NET4[1]}, {NET6[1]}")
NARROW_LISTED = ({NET4[0], NET6[0]},), ({NET4[1], NET6[1]},)
CASES = [
    *(Case("two Child SAs in one IKE SA", role, TWO, TWO, *TWO_LISTED) for role in ("initiator", "responder")),
    Case("strongSwan narrows", "initiator", (WIDE,), (NARROW,), *NARROW_LISTED),
    Case("Ravelin narrows", "responder", (NARROW,), (WIDE,), *NARROW_LISTED),
    Case("strongSwan narrows to a port", "initiator", (NET4,), (TCP,), *TCP_LISTED, True, (4,)),
    Case("Ravelin narrows to a port", "responder", (TCP,), (NET4,), *TCP_LISTED, True, (4,)),
    *(Case("ports and protocols on both ends", role, (TCP,), (TCP,), *TCP_LISTED, True, (4,))
      for role in ("initiator", "responder")),
]


def load(pair, case):
    names = [f"c{number}" for number in range(len(case.ours))]
    children = "".join(f"[child lab/{name}]\nprotect = {local} <-> {remote}\nkeep = none\n"
                       for name, (local, remote) in zip(names, case.ours))
    pair.left.load(Tunnel(), {"protect": None}, children)
    pair.right.load(Tunnel(), children={name: {"local_ts": local.split(", "), "remote_ts": remote.split(", ")}
                                        for name, (remote, local) in zip(names, case.theirs)})
    return names


def await_children(pair, number):
    """(Ravelin's Child SAs, strongSwan's), in the same order, of the only IKE SA."""
    def are_up():
        lists = [end.sas() for end in pair.ends]
        return agreed(lists[0][0], lists[1][0], number) if [len(sas) for sas in lists] == [1, 1] else None

    return wait_for(are_up, f"one IKE SA with {number} Child SAs on both ends")


def call(lab, port, seconds):
    """Whether TCP from the left to the right side's port is answered."""
    command = ["ip", "netns", "exec", lab.left.namespace, sys.executable, "-c", CALLER, lab.left.inner[4],
               lab.right.inner[4], str(port), str(seconds)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def check_ports(pair):
    lab = pair.lab
    listeners = [lab.start(lab.right, sys.executable, "-c", LISTENER, lab.right.inner[4], str(port),
                           stdout=subprocess.PIPE) for port in (OPEN, CLOSED)]
    for listener in listeners:
        listener.stdout.readline()
    check(not call(lab, CLOSED, 1), f"tcp/{CLOSED} is answered, which no selector has")
    equal(pair.left.sas()[0].children[0].octets_out, 0, f"octets of tcp/{CLOSED} that Ravelin put into the tunnel")
    check(call(lab, OPEN, 10), f"tcp/{OPEN} goes through the tunnel")
    lab.run(lab.left, "ping", "-n", "-c", "2", "-i", "0.2", "-W", "5", "-I", lab.left.inner[4], lab.right.inner[4])
    for listener in listeners:
        lab.stop(listener)


def check_networks(pair):
    for family in (4, 6):
        pair.lab.run(pair.lab.left, "ping", "-n", "-c", "5", "-i", "0.1", "-W", "5", "-I", pair.lab.left.inner[family],
                     pair.lab.right.inner[family])


def row_selectors(pair, case):
    initiator = pair.left if case.role == "initiator" else pair.right
    names = load(pair, case)
    capture = pair.capture()
    for name in names:
        initiator.up(name)
    ours, theirs = await_children(pair, len(names))
    for mine, other in zip(ours, theirs):
        equal((mine.local, mine.remote), (other.remote, other.local), "selectors of Ravelin, as strongSwan has them")
    equal(sorted(map(sorted, (child.local for child in ours))), sorted(map(sorted, case.left)), "Ravelin's selectors")
    equal(sorted(map(sorted, (child.remote for child in ours))), sorted(map(sorted, case.right)),
          "selectors of the other side")
    (check_ports if case.ports else check_networks)(pair)
    ours, theirs = await_children(pair, len(names))
    check(all(child.octets_in > 0 and child.octets_out > 0 for child in (*ours, *theirs)),
          "each Child SA carries what its selectors have", ours, theirs)
    initiator.down()
    await_gone(pair)
    seen = wire.read(capture.stop())
    check(not seen.in_clear(pair.networks()), "nothing is in clear", seen.in_clear(pair.networks())[:3])
    for end, children in ((pair.right, ours), (pair.left, theirs)):
        equal(seen.esp_spis(pair.addresses(end)[4]), {child.spi_in for child in children},
              f"SPIs of ESP from {end.kind}")
    equal(len({(message.spi_i, message.spi_r) for message in seen.ike if message.exchange != wire.SA_INIT}), 1,
          "IKE SAs on the wire")
    pair.unload()


def rows(pair, _):
    for case in CASES:
        yield lambda case=case: row_selectors(pair, case)


if __name__ == "__main__":
    run([f"strongSwan, Ravelin as {case.role}: {case.name}" for case in CASES], rows)
