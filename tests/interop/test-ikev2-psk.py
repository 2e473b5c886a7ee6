# SPDX-License-Identifier: LGPL-2.1-or-later
"""IKEv2 by pre-shared key with strongSwan: each suite, both roles, both families, delete by either side."""

from against_strongswan import name_of, run
from rows import row_child_deleted, row_tunnel
from tunnel import SUITES, Tunnel

CASES = [(role, Tunnel(suite=suite, family=family), deleted_by)
         for suite in SUITES.values()
         for family in (4, 6)
         for role, deleted_by in (("initiator", "Ravelin"), ("responder", "strongSwan"))]
CHILD_CASES = [("initiator", "strongSwan"), ("responder", "Ravelin")]


def rows(pair, _):
    ends = {"initiator": pair.left, "responder": pair.right, "Ravelin": pair.left, "strongSwan": pair.right}
    for role, tunnel, deleted_by in CASES:
        yield lambda role=role, tunnel=tunnel, by=ends[deleted_by]: row_tunnel(pair, ends[role], tunnel, by)
    for role, deleted_by in CHILD_CASES:
        yield lambda role=role, by=ends[deleted_by]: row_child_deleted(pair, ends[role], Tunnel(), by)


if __name__ == "__main__":
    run([name_of(role, tunnel, f"deleted by {by}") for role, tunnel, by in CASES] +
        [name_of(role, Tunnel(), f"Child SA deleted by {by}") for role, by in CHILD_CASES], rows)
