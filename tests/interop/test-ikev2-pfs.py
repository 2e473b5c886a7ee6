# SPDX-License-Identifier: LGPL-2.1-or-later
"""`pfs = require` with strongSwan. IKE_AUTH has no key exchange (RFC 7296 1.2), so that a mismatch shows in
CREATE_CHILD_SA: Ravelin rekeys at once, and where the groups differ or strongSwan has none, no Child SA without PFS
stays, in either role. The cause is told."""

import re

import wire
from against_strongswan import run
from lab import wait_for
from rows import await_gone, await_settled, check_wire
from tap import check, equal
from tunnel import Tunnel

WITHIN_S = 5.0
CAUSE = "pfs-group-mismatch"
ESP = {"the same group": "aes128gcm16-x25519", "another group": "aes128gcm16-modp3072", "no PFS": "aes128gcm16"}
CASES = [(role, case) for role in ("initiator", "responder") for case in ESP]


def spis_of(pair):
    return [child.spi_in for sa in pair.left.sas() for child in sa.children if child.state == "INSTALLED"]


def check_group(pair, group):
    sas = pair.right.sas()
    children = [child.algorithms.get("dh-group") for child in sas[0].children if child.state == "INSTALLED"]
    equal((len(sas), children), (1, [group]), "the Child SA's group, as strongSwan lists it")


def row_same(pair, first):
    """The rekey brings the group."""
    wait_for(lambda: len(now := spis_of(pair)) == 1 and now != first, "the Child SA is replaced", WITHIN_S)
    _, _, left, right = wait_for(lambda: await_settled(pair), "the ends agree")
    check_group(pair, "CURVE_25519")
    pair.lab.run(pair.lab.left, "ping", "-n", "-c", "3", "-i", "0.2", "-W", "5", "-I", pair.lab.left.inner[4],
                 pair.lab.right.inner[4])
    return {"left": {left.spi_in}, "right": {right.spi_in}}


def row_mismatch(pair, first):
    wait_for(lambda: not any(child.state == "INSTALLED" for end in pair.ends for sa in end.sas()
                             for child in sa.children), "no Child SA stays on either end", WITHIN_S)
    wait_for(lambda: CAUSE in pair.left.explain(), f"explain tells {CAUSE}", WITHIN_S)
    wait_for(lambda: "N(NO_PROP)" in pair.right.log_text(), "NO_PROPOSAL_CHOSEN is in strongSwan's log", WITHIN_S)
    check(set(spis_of(pair)) <= set(first), "no other Child SA was installed", spis_of(pair))
    check(CAUSE in pair.left.log_text(), "the log tells the cause", pair.left.log_text())
    return {"left": set(), "right": set()}


def row(pair, role, case):
    pair.left.reset()  # explain remembers earlier rows
    initiator = pair.left if role == "initiator" else pair.right
    tunnel = Tunnel()
    pair.left.load(tunnel, {"pfs": "require"})
    pair.right.load(tunnel, children={"net": {"esp_proposals": [ESP[case]]}})
    capture = pair.capture()
    came_up = initiator.try_up()
    check(came_up or case != "the same group", "it comes up")
    first = wait_for(lambda: re.findall(r"Child SA lab up: .*SPIs (\w+) in", pair.left.log_text()), "the first Child SA")
    spis = (row_same if case == "the same group" else row_mismatch)(pair, first)
    pair.left.down()
    await_gone(pair)
    seen = wire.read(capture.stop())
    check(any(message.exchange == wire.CREATE_CHILD for message in seen.ike), "CREATE_CHILD_SA is on the wire")
    check_wire(pair, tunnel, seen, spis)
    pair.unload()


def rows(pair, _):
    for role, case in CASES:
        yield lambda role=role, case=case: row(pair, role, case)


if __name__ == "__main__":
    run([f"strongSwan, Ravelin as {role} requires PFS: strongSwan has {case}" for role, case in CASES], rows)
