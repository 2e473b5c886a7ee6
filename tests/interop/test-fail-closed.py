# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is protected never leaves in the clear: not without an SA, not with a daemon that was killed, not with a route
beneath that would carry it; and an orderly stop leaves nothing."""

import signal
import subprocess
import time

import wire
from lab import Capture, Traffic, wait_for
from pair_of_ravelins import run
from tap import check, equal
from tunnel import Tunnel

NAMES = [
    "without an SA nothing protected leaves, and clear packets from outside are dropped",
    "kill -9 under traffic puts no clear packet on the wire, though a route beneath would carry it",
    "the next start takes over what the killed one left, and traffic flows again",
    "peers whose own addresses are protected: the tunnel comes up, carries pings, and nothing of them goes in clear",
    "an orderly stop takes interface, routes and guard away",
]


def beneath(lab, what):
    """Routes that would carry the protected networks in the clear; @what: `add` or `del`."""
    for side, other in ((lab.left, lab.right), (lab.right, lab.left)):
        lab.run(side, "ip", "route", what, other.nets[4], "via", other.outer[4], "metric", "4000")
        lab.run(side, "ip", "-6", "route", what, other.nets[6], "via", other.outer[6], "metric", "4000")


def networks(lab):
    return [side.nets[family] for side in (lab.left, lab.right) for family in (4, 6)]


def ping(lab, side, other, count=1, of="inner", family=4):
    command = ["ip", "netns", "exec", side.namespace, "ping", "-c", str(count), "-i", "0.2", "-W", "1", "-I",
               getattr(side, of)[family], getattr(other, of)[family]]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def clear_on_wire(lab, path):
    return wire.read(path).in_clear(networks(lab))


def rows(lab, left, right):
    bare = lab.kernel_state(lab.left)

    def without_sa():
        beneath(lab, "add")
        for end in (left, right):
            end.load(Tunnel())
        capture = Capture(lab, lab.left, "without-sa")
        check(not ping(lab, lab.left, lab.right), "a ping came through without an SA")
        # a clear packet from outside: the right end lets it out by an own table, as an attacker on the way would
        lab.run(lab.right, "ip", "route", "add", lab.left.nets[4], "via", lab.left.outer[4], "table", "77")
        lab.run(lab.right, "ip", "rule", "add", "pref", "10", "to", lab.left.nets[4], "table", "77")
        check(not ping(lab, lab.right, lab.left), "a clear packet from outside was answered")
        lab.run(lab.right, "ip", "rule", "del", "pref", "10")
        lab.run(lab.right, "ip", "route", "flush", "table", "77")
        own = [packet for packet in clear_on_wire(lab, capture.stop()) if packet[0] == lab.left.inner[4]]
        equal(own, [], "clear packets that the left end sent")
        check("drop" in lab.run(lab.left, "nft", "list", "ruleset"), "no guard stands")

    def killed():
        left.up()
        wait_for(lambda: ping(lab, lab.left, lab.right), "traffic flows")
        capture = Capture(lab, lab.left, "killed")
        traffic = Traffic(lab)
        time.sleep(1.0)
        left.process.send_signal(signal.SIGKILL)
        left.process.wait(10)
        time.sleep(1.5)
        told = traffic.stop()
        check(all(row[4] > 0 for row in told), "no traffic flowed before the kill", told)
        check(any(row[5] for row in told), "the kill lost no packet: the test shows nothing", told)
        # the other end is alive, and must not answer in the clear either
        equal(clear_on_wire(lab, capture.stop()), [], "packets of the protected networks in the clear")

    def taken_over():
        lab.processes.remove(left.process)
        left.start()
        left.up()
        wait_for(lambda: ping(lab, lab.left, lab.right), "traffic flows again")

    def peers_within():
        beneath(lab, "del")  # a longer prefix than what is protected would win
        sides = (lab.left, lab.right)
        for family, network, wide in ((4, "10.77.0.0/24", "10.64.0.0/10"), (6, "fd77::/64", "fd00::/8")):
            hosts = [side.outer[family] for side in sides]
            for pinged, nets in (("outer", hosts), ("outer", (network, network)), ("inner", (wide, wide))):
                for end, own, others in ((left, *nets), (right, *reversed(nets))):
                    end.load(Tunnel(family=family, nets_of={end.side.name: ([own], [others])}))
                capture = Capture(lab, lab.left, "within-" + nets[0].replace("/", "-"))
                left.up()
                for side, other in (sides, sides[::-1]):
                    check(ping(lab, side, other, 3, pinged, family), f"{nets}: {side.name} has its answers")
                seen = wire.read(capture.stop())
                for side in sides:
                    check(seen.esp_count(side.outer[family]) >= 6, f"{nets}: ESP of {side.name}", len(seen.esp))
                equal([packet for packet in seen.other if packet[2] != wire.ICMPV6], [], f"{nets}: packets in clear")
                left.down()

    def orderly_stop():
        left.stop()
        after = lab.kernel_state(lab.left)
        for what, before in bare.items():
            equal(after[what], before, what)

    yield from (without_sa, killed, taken_over, peers_within, orderly_stop)


if __name__ == "__main__":
    run(NAMES, rows)
