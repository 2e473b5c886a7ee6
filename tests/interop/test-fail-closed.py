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
    "an orderly stop takes interface, routes and guard away",
]


def beneath(lab):
    """Routes that would carry the protected networks in the clear."""
    for side, other in ((lab.left, lab.right), (lab.right, lab.left)):
        lab.run(side, "ip", "route", "add", other.nets[4], "via", other.outer[4], "metric", "4000")
        lab.run(side, "ip", "-6", "route", "add", other.nets[6], "via", other.outer[6], "metric", "4000")


def networks(lab):
    return [side.nets[family] for side in (lab.left, lab.right) for family in (4, 6)]


def ping(lab, side, other, count=1):
    command = ["ip", "netns", "exec", side.namespace, "ping", "-c", str(count), "-i", "0.2", "-W", "1", "-I",
               side.inner[4], other.inner[4]]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def clear_on_wire(lab, path):
    return wire.read(path).in_clear(networks(lab))


def rows(lab, left, right):
    bare = lab.kernel_state(lab.left)

    def without_sa():
        beneath(lab)
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

    def orderly_stop():
        left.stop()
        lab.run(lab.left, "ip", "route", "del", lab.right.nets[4], "via", lab.right.outer[4])
        lab.run(lab.left, "ip", "-6", "route", "del", lab.right.nets[6], "via", lab.right.outer[6])
        after = lab.kernel_state(lab.left)
        for what, before in bare.items():
            equal(after[what], before, what)

    yield from (without_sa, killed, taken_over, orderly_stop)


if __name__ == "__main__":
    run(NAMES, rows)
