# SPDX-License-Identifier: LGPL-2.1-or-later
"""What rows do and check, whichever the two ends are: up, traffic, rekeys, down; each end's own list of SAs, and the
wire, must agree."""

import dataclasses
import time

import wire
from lab import Capture, Traffic, wait_for
from tap import check, equal

SETTLED_S = 6  # after this long, a rekeyed SA has gone on both ends
REKEYS = 5


@dataclasses.dataclass
class Pair:
    """Two ends in a lab; which of them initiates is the row's matter."""

    lab: object
    left: object
    right: object
    names: object  # iterator of names for captures
    forgives: tuple = ("strongSwan",)  # who may lose packets, where the wire shows that it did

    def other(self, end):
        return self.right if end is self.left else self.left

    @property
    def ends(self):
        return (self.left, self.right)

    def load(self, tunnel):
        for end in self.ends:
            end.load(tunnel)

    def unload(self):
        for end in self.ends:
            end.unload()

    def capture(self):
        """Of the left end's link."""
        return Capture(self.lab, self.left.side, next(self.names))

    def addresses(self, end):
        """Of an end, by family, as the left end's link shows them."""
        return end.side.outer if end is self.left else end.side.public

    def traffic(self, rate=200, families=(4, 6), port=7777):
        return Traffic(self.lab, rate, families, (self.left.side, self.right.side), port)

    def networks(self):
        return [net for end in self.ends for net in end.side.nets.values()]


def _live(sas):
    return [sa for sa in sas if sa.state == "ESTABLISHED"]


def _installed(sa):
    return [child for child in sa.children if child.state == "INSTALLED"]


def agreed(left, right, children=1):
    """Two established IKE SAs, one of each end's list, are the same, and so are their Child SAs, as many as said: the
    two ends' Child SAs in the same order; or None."""
    if left.state != "ESTABLISHED" or right.state != "ESTABLISHED" or \
            (left.spi_i, left.spi_r) != (right.spi_i, right.spi_r):
        return None
    ours = sorted(_installed(left), key=lambda child: child.spi_in)
    theirs = sorted(_installed(right), key=lambda child: child.spi_out)
    if len(ours) != children or [(child.spi_in, child.spi_out) for child in ours] != \
            [(child.spi_out, child.spi_in) for child in theirs]:
        return None
    return ours, theirs


def is_settled(pair):
    """One IKE SA and one Child SA on each end, and they are the same."""
    lists = [end.sas() for end in pair.ends]
    if any(len(sas) != 1 for sas in lists):
        return None
    left, right = lists[0][0], lists[1][0]
    children = agreed(left, right)
    return (left, right, children[0][0], children[1][0]) if children else None


def _describe(pair):
    return "; ".join(f"{end.kind} on the {end.side.name} lists {end.sas()}" for end in pair.ends)


def await_settled(pair, seconds=10.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = is_settled(pair)
        if found:
            return found
        time.sleep(0.05)
    check(False, "the ends don't agree on one IKE SA with one Child SA", _describe(pair))
    return None


def await_gone(pair, seconds=10.0):
    wait_for(lambda: not any(end.sas() for end in pair.ends), "both lists of SAs are empty", seconds)


def check_algorithms(pair, tunnel):
    """As each end that says so in strongSwan's words lists them."""
    for end, sas in ((end, end.sas()) for end in pair.ends):
        suite = tunnel.proposals(end.side)
        for found, wanted, what in ((sas[0].algorithms, suite.ike_listed, "IKE"),
                                    (_installed(sas[0])[0].algorithms, suite.esp_listed, "ESP")):
            if not found:
                continue
            for name, value in wanted.items():
                if name == "dh-group" and what == "ESP":
                    continue
                equal(found.get(name), value, f"{end.kind}'s {what} {name}")


def check_traffic(results, seen, pair):
    """No packet missing or doubled; one that strongSwan lost itself is shown by the wire and told."""
    for source, target, family, sent, received, missing, doubled in results:
        what = f"IPv{family} {source} to {target}: {sent} sent, {received} received"
        check(sent > 0, "no packet was sent", what)
        equal(doubled, 0, f"{what}: doubled packets")
        if not missing:
            continue
        sender = pair.left if pair.left.side.name == source else pair.right
        on_wire = sum(seen.esp_count(address) for address in pair.addresses(sender).values())
        total = sum(row[3] for row in results if row[0] == source)
        lost_by_sender = on_wire < total
        loser = sender if lost_by_sender else pair.other(sender)
        told = f"{what}, missing {missing[:10]}; {on_wire} of {total} were on the wire: lost by {loser.kind}"
        check(loser.kind in pair.forgives, told)
        print(f"# {told}", flush=True)


def check_wire(pair, tunnel, seen, spis):
    """ESP with the SPIs that the ends list, both ways, and nothing of the protected networks in clear."""
    clear = seen.in_clear(pair.networks())
    check(not clear, "packets in clear", clear[:3])
    for end in pair.ends:
        on_wire = seen.esp_spis(pair.addresses(pair.other(end))[tunnel.family])
        equal(on_wire, spis[end.side.name], f"SPIs of ESP towards {end.kind} on the {end.side.name}")


def row_tunnel(pair, initiator, tunnel, deleted_by, seconds=1.0):
    """Up, traffic both ways, and down by one of the ends."""
    pair.load(tunnel)
    capture = pair.capture()
    initiator.up()
    left, right, child_left, child_right = await_settled(pair)
    equal(left.is_initiator, initiator is pair.left, f"{pair.left.kind} (left) is the initiator")
    equal(right.is_initiator, initiator is pair.right, f"{pair.right.kind} (right) is the initiator")
    check_algorithms(pair, tunnel)

    traffic = pair.traffic()
    time.sleep(seconds)
    results = traffic.stop()
    _, _, child_left, child_right = await_settled(pair)
    for end, child in zip(pair.ends, (child_left, child_right)):
        sent = sum(row[3] for row in results if row[0] == end.side.name)
        check(child.octets_in >= sent * 100 and child.octets_out >= sent * 100,
              f"{end.kind} counts octets", child.octets_in, child.octets_out)

    deleted_by.down()
    await_gone(pair)
    seen = wire.read(capture.stop())
    check_traffic(results, seen, pair)
    check_wire(pair, tunnel, seen, {"left": {child_left.spi_in}, "right": {child_right.spi_in}})
    check(any(message.exchange == wire.INFORMATIONAL for message in seen.ike), "a Delete was on the wire")
    pair.unload()


def row_child_deleted(pair, initiator, tunnel, deleted_by):
    """Deleting the Child SA alone leaves the IKE SA, which can have another."""
    pair.load(tunnel)
    initiator.up()
    await_settled(pair)
    deleted_by.down("child")
    wait_for(lambda: all(not _installed(sa) for end in pair.ends for sa in end.sas()), "the Child SA goes")
    for end in pair.ends:
        equal(len(_live(end.sas())), 1, f"IKE SAs that {end.kind} keeps")
    deleted_by.down()
    await_gone(pair)
    pair.unload()


def _rekey_once(pair, by, what, spis):
    before = await_settled(pair)
    by.rekey(what)

    def is_new():
        now = is_settled(pair)
        if now is None:
            return None
        old, new = ((before[0].spi_i, before[0].spi_r), (now[0].spi_i, now[0].spi_r)) if what == "ike" else \
                   ((before[2].spi_in, before[2].spi_out), (now[2].spi_in, now[2].spi_out))
        return now if old != new else None

    now = wait_for(is_new, f"{by.kind} rekeys the {what} SA on both ends ({_describe(pair)})")
    spis["left"].add(now[2].spi_in)
    spis["right"].add(now[3].spi_in)
    spis["ike"].append((now[0].spi_i, now[0].spi_r))


def row_rekeys(pair, initiator, tunnel):
    """Five rekeys of each SA by each end, under traffic."""
    pair.load(tunnel)
    capture = pair.capture()
    initiator.up()
    _, _, child_left, child_right = first = await_settled(pair)
    spis = {"left": {child_left.spi_in}, "right": {child_right.spi_in}, "ike": [(first[0].spi_i, first[0].spi_r)]}
    traffic = pair.traffic()
    for by in pair.ends:
        for what in ("child", "ike"):
            for _ in range(REKEYS):
                _rekey_once(pair, by, what, spis)
    time.sleep(0.5)
    results = traffic.stop()
    time.sleep(SETTLED_S)
    check(is_settled(pair) is not None, f"one IKE SA with one Child SA is left {SETTLED_S} s later", _describe(pair))
    initiator.down()
    await_gone(pair)

    seen = wire.read(capture.stop())
    rounds = 2 * REKEYS + 1
    equal(len({spi for pair_of_spis in spis["ike"] for spi in pair_of_spis}), 2 * rounds, "distinct SPIs of IKE SAs")
    for side in ("left", "right"):
        check(len(spis[side]) == rounds, f"distinct inbound SPIs on the {side}", spis[side])
    check_traffic(results, seen, pair)
    check_wire(pair, tunnel, seen, spis)
    pair.unload()
