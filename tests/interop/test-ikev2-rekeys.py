# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rekeys with strongSwan: five of the IKE SA and five of the Child SA by either side, under traffic: none of the
numbered packets is missing or doubled, no SPI is used twice, and one IKE SA with one Child SA is left."""

from against_strongswan import KINDS, name_of, run
from rows import row_rekeys
from tunnel import SUITES, Tunnel

# Each way to prove and each suite in both roles; the families take turns.
CASES = [(role, Tunnel(auth=auth, suite=suite, family=4 if (number + turn) % 2 else 6))
         for number, auth in enumerate(("psk", *KINDS))
         for suite_number, suite in enumerate(SUITES.values())
         for turn, role in enumerate(("initiator", "responder"), suite_number)]


def rows(pair, _):
    for role, tunnel in CASES:
        initiator = pair.left if role == "initiator" else pair.right
        yield lambda initiator=initiator, tunnel=tunnel: row_rekeys(pair, initiator, tunnel)


if __name__ == "__main__":
    run([name_of(role, tunnel, "20 rekeys under traffic") for role, tunnel in CASES], rows, kinds=KINDS)
