# SPDX-License-Identifier: LGPL-2.1-or-later
"""`keep = trap` with strongSwan: the first packet sets the tunnel up and is not lost, and after the SAs have gone,
whoever took them down, the trap stands again."""

import wire
from against_strongswan import run
from lab import wait_for
from rows import await_gone, await_settled, check_wire
from tap import check, equal
from tunnel import Tunnel

PINGS = 15  # fewer than wait for one acquire, so that a slow set-up loses none
NAMES = [
    *(f"IPv{inner} in IPv{outer}, the first packet sets up the tunnel" for outer in (4, 6) for inner in (4, 6)),
    "the trap stands again after Ravelin took the tunnel down",
    "the trap stands again after strongSwan took the tunnel down",
    "the trap stands after strongSwan set up the tunnel and took it down",
    "rekeys leave the trap where it is",
]


def ping(pair, inner):
    """Each is answered, also the first."""
    lab = pair.lab
    said = lab.run(lab.left, "ping", "-n", "-q", "-c", str(PINGS), "-i", "0.05", "-W", "10", "-I",
                   lab.left.inner[inner], lab.right.inner[inner])
    check(f"{PINGS} packets transmitted, {PINGS} received" in said, "the tunnel's first packets are answered", said)


def load(pair, family=4):
    """Everything stands but the SAs; returns the tunnel and a capture from before the first packet."""
    tunnel = Tunnel(family=family)
    pair.left.load(tunnel, {"keep": "trap"})
    pair.right.load(tunnel)
    capture = pair.capture()
    wait_for(lambda: pair.left.rows("connection")[0].get("interface"), "Ravelin's interface stands")
    equal([end.sas() for end in pair.ends], [[], []], "SAs before the first packet")
    return tunnel, capture


def await_asks_again(pair):
    """A trap asks at most once a second: what comes sooner after a short-lived SA is dropped, not kept."""
    wait_for(lambda: all(row.get("installed_s", 0) >= 2 for row in pair.left.rows("child")), "the SA is two seconds old")


def spis_of(children):
    return {"left": {children[0].spi_in}, "right": {children[1].spi_in}}


def finish(pair, capture, tunnel, rounds, by=None):
    """@rounds: children of each tunnel that there was: ESP has their SPIs, nothing was in clear."""
    (by or pair.left).down()
    await_gone(pair)
    seen = wire.read(capture.stop())
    spis = {side: set().union(*(one[side] for one in rounds)) for side in ("left", "right")}
    equal(len(spis["left"]), len(rounds), "distinct SPIs")
    check_wire(pair, tunnel, seen, spis)
    pair.unload()
    return seen


def row_first_packet(pair, outer, inner):
    tunnel, capture = load(pair, outer)
    equal(wire.read(capture.path).ike, [], "IKE before the first packet")
    ping(pair, inner)
    left, _, *children = await_settled(pair)
    check(left.is_initiator, "Ravelin is the initiator")
    check(all(child.octets_in >= PINGS * 84 for child in children), "each ping is counted by both ends", children)
    finish(pair, capture, tunnel, [spis_of(children)])


def row_again(pair, by):
    tunnel, capture = load(pair)
    rounds = []
    for _ in range(3):
        ping(pair, 4)
        rounds.append(spis_of(await_settled(pair)[2:]))
        await_asks_again(pair)
        by.down()
        await_gone(pair)
    ping(pair, 6)
    rounds.append(spis_of(await_settled(pair)[2:]))
    finish(pair, capture, tunnel, rounds, by)


def row_peer_began(pair):
    tunnel, capture = load(pair)
    pair.right.up()
    rounds = [spis_of(await_settled(pair)[2:])]
    ping(pair, 4)
    pair.right.down()
    await_gone(pair)
    ping(pair, 4)
    left, _, *children = await_settled(pair)
    check(left.is_initiator, "Ravelin is the initiator now")
    finish(pair, capture, tunnel, [*rounds, spis_of(children)])


def row_rekeys(pair):
    """The acquire's SA is replaced by one of the same policy; packets go by the newest, and none raises an acquire."""
    tunnel, capture = load(pair)
    ping(pair, 4)
    found = await_settled(pair)
    rounds = [spis_of(found[2:])]
    for by in pair.ends:
        by.rekey("child")
        wait_for(lambda: (now := await_settled(pair)) and spis_of(now[2:]) not in rounds, f"{by.kind} rekeys")
        rounds.append(spis_of(await_settled(pair)[2:]))
        ping(pair, 4)
    await_asks_again(pair)
    now = await_settled(pair)
    equal((now[0].spi_i, now[0].spi_r), (found[0].spi_i, found[0].spi_r), "SPIs of the IKE SA")
    pair.left.down()
    await_gone(pair)
    ping(pair, 4)
    rounds.append(spis_of(await_settled(pair)[2:]))
    finish(pair, capture, tunnel, rounds)


def rows(pair, _):
    for outer in (4, 6):
        for inner in (4, 6):
            yield lambda outer=outer, inner=inner: row_first_packet(pair, outer, inner)
    for by in pair.ends:
        yield lambda by=by: row_again(pair, by)
    yield lambda: row_peer_began(pair)
    yield lambda: row_rekeys(pair)


if __name__ == "__main__":
    run([f"strongSwan, Ravelin with a trap: {name}" for name in NAMES], rows)
