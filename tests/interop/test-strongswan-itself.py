# SPDX-License-Identifier: LGPL-2.1-or-later
"""strongSwan with strongSwan: proves what the other scripts here stand on, the lab, the traffic, the checks."""

import dataclasses
import itertools

import pki
import strongswan
from lab import Lab, need_rights
from rows import Pair, row_child_deleted, row_rekeys, row_tunnel
from tap import Failed, begin, check
from tunnel import SUITES, Tunnel


def rows(pair):
    left, right = pair.left, pair.right
    yield "PSK, IPv4, deleted by initiator", lambda: row_tunnel(pair, left, Tunnel(), left)
    yield "RSA, IPv6, deleted by responder", lambda: row_tunnel(
        pair, right, Tunnel(auth="rsa", family=6, suite=SUITES["aes-cbc-sha256/ecp256"]), left)
    yield "Ed25519, IPv4, deleted by initiator", lambda: row_tunnel(
        pair, left, Tunnel(auth="ed25519", suite=SUITES["chacha20poly1305/modp3072"]), left)
    yield "Child SA deleted by responder", lambda: row_child_deleted(pair, left, Tunnel(), right)
    yield "rekeys by either end", lambda: row_rekeys(pair, left, Tunnel())
    yield "a lost packet is seen", lambda: _loss_is_seen(pair)
    yield "a wrong key is refused", lambda: _wrong_key(pair)


def _loss_is_seen(pair):
    """The checks must fail where packets are lost: a packet filter drops some of the ESP that arrives."""
    lab = pair.lab
    lab.run(lab.right, "nft", "add table ip t; add chain ip t c { type filter hook prerouting priority -300; }; "
            "add rule ip t c udp dport 4500 numgen random mod 10 < 3 drop")
    try:
        row_tunnel(dataclasses.replace(pair, forgives=()), pair.left, Tunnel(), pair.left)
    except Failed:
        pass
    else:
        raise Failed("three packets in ten were dropped and no check saw it")
    finally:
        lab.run(lab.right, "nft", "delete table ip t")
        for end in pair.ends:
            end.reset()


def _wrong_key(pair):
    tunnel = Tunnel(key_of={"left": "one key 0123456789abcdef", "right": "another 0123456789abcdef"})
    pair.load(tunnel)
    check(not pair.left.try_up(), "no SA comes up")
    check("AUTH_FAILED" in pair.left.log_text(), "AUTHENTICATION_FAILED was received")
    check(not any(end.sas() for end in pair.ends), "no SA is left")
    pair.unload()


def main():
    report = begin([f"strongSwan with itself: {name}" for name, _ in rows(Pair(None, None, None, None))],
                   need_rights, strongswan.need)
    with Lab() as lab:
        keys = pki.Pki(lab.folder / "pki")
        for kind in ("rsa", "ed25519"):
            for side in (lab.left, lab.right):
                keys.issue(f"{kind}-{side.name}", kind, f"{side.name}.lab.test")
        pair = Pair(lab, strongswan.StrongSwan(lab, lab.left, lab.right, keys),
                    strongswan.StrongSwan(lab, lab.right, lab.left, keys), map("{}".format, itertools.count()))
        for name, row in rows(pair):
            report.run(f"strongSwan {strongswan.version()} with itself: {name}", row,
                       lambda: pair.left.log() + ["--"] + pair.right.log())
    report.end()


if __name__ == "__main__":
    main()
