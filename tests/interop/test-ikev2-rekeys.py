# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rekeys with strongSwan: five of the IKE SA and five of the Child SA by either side, under traffic."""

from against_strongswan import name_of, run
from rows import row_rekeys
from tunnel import SUITES, Tunnel

CASES = [
    ("initiator", Tunnel()),
    ("responder", Tunnel(family=6, suite=SUITES["aes-cbc-sha256/ecp256"])),
    ("initiator", Tunnel(auth="ecdsa", family=6, suite=SUITES["chacha20poly1305/modp3072"])),
    ("responder", Tunnel(auth="ecdsa")),
]


def rows(pair, _):
    for role, tunnel in CASES:
        initiator = pair.left if role == "initiator" else pair.right
        yield lambda initiator=initiator, tunnel=tunnel: row_rekeys(pair, initiator, tunnel)


if __name__ == "__main__":
    run([name_of(role, tunnel, "20 rekeys under traffic") for role, tunnel in CASES], rows, kinds=("ecdsa",))
