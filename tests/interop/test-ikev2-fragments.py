# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fragments of IKE messages (RFC 7383) with strongSwan: a chain of RSA-4096 certificates over a link whose MTU is
1280. No IP packet is fragmented; a lost fragment costs a retransmission of the same octets; a peer that takes none is
sent none."""

import collections
import contextlib
import dataclasses

import ravelin
import wire
from against_strongswan import run
from lab import wait_for
from rows import await_gone, await_settled, check_traffic, check_wire
from tap import check, equal
from tunnel import Tunnel

MTU = 1280
KIND = "rsa4096"
OPTIONS = ("fragment_size = 600",)  # of strongSwan; Ravelin's are as large as always passes


@dataclasses.dataclass(frozen=True)
class Case:
    """@loses: the end that does not get the second fragment of IKE_AUTH at first; @off: the end that takes none."""

    role: str
    family: int = 4
    loses: str = ""
    off: str = ""

    @property
    def name(self):
        what = f"{self.loses} misses a fragment at first" if self.loses else \
               f"{self.off} takes no fragments, none are sent" if self.off else "both ends send fragments"
        return f"Ravelin as {self.role}, chain of {KIND} over MTU {MTU}, IPv{self.family}: {what}"


ROLES = ("initiator", "responder")
CASES = [
    *(Case(role) for role in ROLES),
    *(Case(role, family=6) for role in ROLES),
    *(Case(role, loses=loses) for role in ROLES for loses in ("Ravelin", "strongSwan")),
    *(Case(role, off=off) for role in ROLES for off in ("Ravelin", "strongSwan")),
]


@contextlib.contextmanager
def loss(lab, end):
    """Drops the first datagram on an end's port 4500 that holds a second fragment (RFC 7383 2.5)."""
    if end is None:
        yield
        return
    marker, header = 8 + 4, 28
    lab.run(end.side, "nft", "add table ip loss; add chain ip loss in { type filter hook prerouting priority -300; }; "
            f"add rule ip loss in udp dport 4500 @th,{(marker + 16) * 8},8 {wire.SKF} "
            f"@th,{(marker + header + 4) * 8},16 2 numgen inc mod 1000000 == 0 counter drop")
    try:
        yield
        listed = lab.run(end.side, "nft", "list", "table", "ip", "loss")
        check("counter packets 1 " in listed, "one fragment was dropped", listed)
    finally:
        lab.run(end.side, "nft", "delete", "table", "ip", "loss")


def sent_parts(seen, source):
    """{(number, total): octets of each time that it was sent} of a side's IKE_AUTH."""
    parts = collections.defaultdict(list)
    for message in seen.ike:
        if message.source == source and message.exchange == wire.AUTH and message.fragment:
            parts[message.fragment].append(message.octets)
    return parts


def check_parts(pair, seen, tunnel, loser):
    check(seen.largest <= MTU, f"octets of the largest packet, of a link of {MTU}", seen.largest)
    equal(seen.fragments, 0, "fragments of IP")
    for end in pair.ends:
        parts = sent_parts(seen, pair.addresses(end)[tunnel.family])
        totals = {total for _, total in parts}
        check(len(totals) == 1 and max(totals) > 1, f"IKE_AUTH of {end.kind} goes in fragments", list(parts))
        equal({number for number, _ in parts}, set(range(1, max(totals) + 1)), f"fragments that {end.kind} sends")
        for number, octets in parts.items():
            equal(len(set(octets)), 1, f"contents that {end.kind} sends as fragment {number}")
            if loser not in (None, end):
                check(len(octets) > 1, f"{end.kind} sends fragment {number} again", len(octets))


def row_fragments(pair, case):
    ours, theirs = pair.ends
    by_kind = {end.kind: end for end in pair.ends}
    initiator = ours if case.role == "initiator" else theirs
    tunnel = Tunnel(auth=KIND, family=case.family)
    ours.load(tunnel, {"fragmentation": "no" if case.off == "Ravelin" else "yes"})
    theirs.load(tunnel, {"fragmentation": "no" if case.off == "strongSwan" else "yes"})
    capture = pair.capture()
    loser = by_kind.get(case.loses)
    with loss(pair.lab, loser):
        initiator.up()
        _, _, child_left, child_right = await_settled(pair)
    traffic = pair.traffic()
    wait_for(lambda: min(child.octets_in for child in await_settled(pair)[2:]) > 20000, "both ends count traffic")
    results = traffic.stop()
    initiator.down()
    await_gone(pair)
    seen = wire.read(capture.stop())
    check_traffic(results, seen, pair)
    check_wire(pair, tunnel, seen, {"left": {child_left.spi_in}, "right": {child_right.spi_in}})
    if case.off:
        check(not any(message.fragment for message in seen.ike), "no message goes in fragments")
        check(seen.fragments > 0, "IKE_AUTH is so large that IP is fragmented")
    else:
        check_parts(pair, seen, tunnel, loser)
    pair.unload()


def rows(pair, keys):
    lab = pair.lab
    for side in (lab.left, lab.right):
        lab.run(side, "ip", "link", "set", side.link, "mtu", str(MTU))
        upper = keys.authority(KIND, f"upper-{side.name}", issuer=keys.authority(KIND))
        lower = keys.authority(KIND, f"lower-{side.name}", issuer=upper)
        keys.issue(f"{KIND}-{side.name}", KIND, f"{side.name}.lab.test", lower)
    for case in CASES:
        yield lambda case=case: row_fragments(pair, case)


if __name__ == "__main__":
    run([f"strongSwan, {case.name}" for case in CASES], rows, needs=[ravelin.need_certificates], options=OPTIONS)
