# SPDX-License-Identifier: LGPL-2.1-or-later
"""Floods of strangers while an honest peer comes and goes: it gets in, and memory stays bounded."""

import os
import pathlib
import re
import subprocess
import sys
import time

from lab import wait_for
from pair_of_ravelins import run
from tap import check
from tunnel import Tunnel

FLOOD = pathlib.Path(__file__).with_name("flood.py")
REQUESTS = int(os.environ.get("RAVELIN_FLOOD", "50000"))
TRIES = 100
WITHIN_S = 2.0
LEAST_IN = 95
MOST_GROWTH_KIB = 64 * 1024

NAMES = [
    f"{REQUESTS} IKE_SA_INITs from many addresses: an honest peer gets in, memory stays bounded",
    "strangers who return their cookie and never go on: the same",
]


def resident_kib(end):
    status = pathlib.Path(f"/proc/{end.process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


def welcome_strangers(end):
    """A connection for peers at any address: without one each stranger would be turned away at its first octets."""
    secret = end.etc / "secrets.d" / "road.conf"
    secret.touch(0o600)
    secret.write_text('[secret road]\npsk = "road-psk-0123456789abcdef0123"\n')
    (end.etc / "conf.d" / "road.conf").write_text(f"""[connection road]
local-id = {end.side.name}.lab.test
auth = psk
protect = 10.82.0.0/16 <-> 10.90.0.0/16
ike-proposals = aes128gcm16-sha256-x25519
""")
    end.ctl("reload")


def rows(lab, left, right):
    for end in (left, right):
        end.load(Tunnel())
    welcome_strangers(right)
    # strangers live in 10.96.0.0/11, which the left end's machine has as its own, and the right one routes back
    lab.run(lab.left, "ip", "route", "add", "local", "10.96.0.0/11", "dev", "lo")
    lab.run(lab.right, "ip", "route", "add", "10.96.0.0/11", "via", lab.left.outer[4])

    def under(*kind):
        """Left tries to get in at right, while a flood from left's machine hits right."""
        left.up()
        left.down()
        before = resident_kib(right)
        flood = lab.start(lab.left, sys.executable, str(FLOOD), lab.right.outer[4], str(REQUESTS), *kind,
                          stdout=subprocess.PIPE, text=True)
        wait_for(lambda: flood.stdout.readline().startswith("begun"), "the flood begins")
        got_in = 0
        peak = before
        most_half_open = 0
        for _ in range(TRIES):
            began = time.monotonic()
            if left.try_up() and time.monotonic() - began <= WITHIN_S:
                got_in += 1
            peak = max(peak, resident_kib(right))
            most_half_open = max(most_half_open, right.counts()["half_open"])
            left.try_down()
        told = flood.stdout.read().strip()
        print(f"# {told}; honest peer in {got_in} of {TRIES}; at most {most_half_open} half-open; responder {before} KiB before, {peak} KiB at most",
              flush=True)
        check(got_in >= LEAST_IN, f"the honest peer got in {got_in} of {TRIES} times within {WITHIN_S} s")
        check(peak - before <= MOST_GROWTH_KIB, f"memory grew by {peak - before} KiB")
        lab.processes.remove(flood)
        flood.wait(60)

    yield from (lambda: under("plain"), lambda: under("cookies"))


if __name__ == "__main__":
    run(NAMES, rows)
