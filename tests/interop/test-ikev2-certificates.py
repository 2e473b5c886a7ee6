# SPDX-License-Identifier: LGPL-2.1-or-later
"""IKEv2 by certificates with strongSwan: RSA, ECDSA and Ed25519 with each suite, both roles, both families; Ravelin
computes by libgcrypt, but for the certificates."""

from against_strongswan import KINDS, name_of, run
from rows import row_tunnel
from tunnel import SUITES, Tunnel

CASES = [(role, Tunnel(auth=kind, suite=suite, family=family), deleted_by)
         for kind in KINDS
         for suite in SUITES.values()
         for role, family, deleted_by in (("initiator", 4, "strongSwan"), ("responder", 4, "Ravelin"),
                                          ("initiator", 6, "Ravelin"), ("responder", 6, "strongSwan"))]


def rows(pair, _):
    ends = {"initiator": pair.left, "responder": pair.right, "Ravelin": pair.left, "strongSwan": pair.right}
    for role, tunnel, deleted_by in CASES:
        yield lambda role=role, tunnel=tunnel, by=ends[deleted_by]: row_tunnel(pair, ends[role], tunnel, by, 0.5)


if __name__ == "__main__":
    run([name_of(role, tunnel, f"deleted by {by}") for role, tunnel, by in CASES], rows, "gcrypt", KINDS)
