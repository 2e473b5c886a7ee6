#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""kill -9 of a daemon: nothing of the protected networks goes out or comes in in clear, and the next start finds
what was left: it takes over what is still configured and removes the rest."""

import re
import subprocess
import time

from lab import Capture, stop, wait_for
from pair_of_ravelins import run
from tap import check, equal
from tunnel import SUITES, Tunnel
from wire import read

ROWS = ("killed under traffic", "started again with the connection", "stopped in order",
        "killed, then started without the connection")


def system(lab, side):
    """What is ours on a side: routes and the guard."""
    return "".join(lab.run(side, *command) for command in (
        ("ip", "route", "show", "table", "all", "proto", "82"),
        ("ip", "-6", "route", "show", "table", "all", "proto", "82"),
        ("nft", "list", "ruleset")))


def ping(lab):
    return subprocess.run(["ip", "netns", "exec", lab.left.namespace, "ping", "-n", "-c", "1", "-W", "3", "-I",
                           lab.left.inner[4], lab.right.inner[4]], capture_output=True, check=False).returncode


def kill(lab, end):
    end.process.kill()
    end.process.wait()
    lab.processes.remove(end.process)


def row_killed(lab, left, _right):
    lab.run(lab.left, "ip", "route", "add", "default", "via", lab.right.outer[4], "dev", lab.left.link)
    left.up()
    equal(ping(lab), 0, "a ping through the tunnel")
    capture = Capture(lab, lab.left, "killed")
    traffic = lab.start(lab.left, "ping", "-n", "-q", "-i", "0.002", "-I", lab.left.inner[4], lab.right.inner[4],
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.3)
    kill(lab, left)
    time.sleep(0.5)
    check(traffic.poll() is None, "the traffic goes on")
    stop(traffic)
    lab.processes.remove(traffic)
    wire = read(capture.stop())
    check(wire.esp_count(lab.left.outer[4]) > 20, "ESP before the kill", wire.esp_count(lab.left.outer[4]))
    clear = wire.in_clear([*lab.left.nets.values(), *lab.right.nets.values()])
    check(not clear, "packets in clear", clear[:3])
    check("unreachable 10.82.0.0/16" in system(lab, lab.left), "the unreachable route stands", system(lab, lab.left))


def row_started_again(lab, left, right):
    left.start()
    wait_for(lambda: re.search(r"^10\.82\.0\.0/16 dev ", system(lab, lab.left), re.M), "the route into the tunnel")
    right.reset()
    right.load(Tunnel(suite=SUITES["aes-gcm/x25519"]))
    left.up()
    equal(ping(lab), 0, "a ping through the tunnel")
    equal(system(lab, lab.left).count("drop comment"), 2, "rules of the guard")


def row_stopped(lab, left, _right):
    left.stop()
    equal(system(lab, lab.left), "", "what is left")


def row_without_connection(lab, left, _right):
    left.start()
    left.up()
    kill(lab, left)
    check(system(lab, lab.left) != "", "routes and guard outlive the daemon")
    for folder in ("conf.d", "secrets.d"):
        for path in (left.etc / folder).iterdir():
            path.unlink()
    left.start()
    wait_for(lambda: system(lab, lab.left) == "", "what was left is removed")


def rows(lab, left, right):
    for end in (left, right):
        end.load(Tunnel(suite=SUITES["aes-gcm/x25519"]))
    for row in (row_killed, row_started_again, row_stopped, row_without_connection):
        yield lambda row=row: row(lab, left, right)


if __name__ == "__main__":
    run([f"Ravelin: {name}" for name in ROWS], rows)
