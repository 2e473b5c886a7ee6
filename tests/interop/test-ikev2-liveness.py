# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whether the peer lives (RFC 7296 2.4), with strongSwan: a frozen one is found out within the bound, tried again with
back-off, and the tunnel comes back when it thaws; an idle tunnel is probed, a busy one is not; its probes are
answered."""

import contextlib
import os
import signal
import time

import wire
from against_strongswan import run
from lab import wait_for
from rows import agreed, await_gone, await_settled, check_wire
from tap import check, equal
from tunnel import Tunnel

LIVENESS_S = 1.0
FIRST_S, FACTOR, SENDS = 0.2, 1.5, 4
SCHEDULE_S = sum(FIRST_S * FACTOR ** n for n in range(SENDS))
JITTER = 1.1
SLACK_S = 3.0  # for a loaded machine
NAMES = [
    "Ravelin as initiator: a frozen peer is found out, and the tunnel comes back",
    "Ravelin as responder: a frozen peer is found out",
    "an idle tunnel is probed, a busy one is not",
    "strongSwan's probes are answered",
]


@contextlib.contextmanager
def frozen(end):
    os.kill(end.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(end.process.pid, signal.SIGCONT)


def await_lost(pair):
    """Returns after how many seconds Ravelin gave the frozen peer up."""
    began = time.monotonic()
    bound = LIVENESS_S * 2 + SCHEDULE_S * JITTER  # what was heard last may be a whole period ago when it is asked
    wait_for(lambda: "liveness-lost" in pair.left.log_text(), "Ravelin tells liveness-lost", bound + SLACK_S)
    took = time.monotonic() - began
    check(took >= SCHEDULE_S / JITTER, f"it is given up after all {SENDS} requests", took)
    wait_for(lambda: all(sa.state != "ESTABLISHED" for sa in pair.left.sas()), "no established SA is left")
    return took


def requests(seen, source, exchange):
    return [message for message in seen.ike
            if message.source == source and message.exchange == exchange and not message.is_response]


def live(pair):
    """As is_settled(), of what is established: a thawed peer first begins anew what it finds of earlier attempts."""
    left, right = ([sa for sa in end.sas() if sa.state == "ESTABLISHED"] for end in pair.ends)
    children = agreed(left[0], right[0]) if len(left) == len(right) == 1 else None
    return (left[0], right[0], children[0][0], children[1][0]) if children else None


def row_initiator(pair):
    """keep = up tries again, later each time, and has the peer back when it thaws."""
    tunnel = Tunnel()
    pair.right.load(tunnel)
    pair.left.load(tunnel, {"liveness": f"{LIVENESS_S:.0f} s", "keep": "up"})
    first = await_settled(pair)
    capture = pair.capture()
    waits = {}

    def has_backed_off():
        row = pair.left.rows("connection")[0]
        if row["state"] == "waiting":
            waits[row["tries"]] = max(waits.get(row["tries"], 0), row["next_try_s"])
        return len(waits) >= 2 and row["tries"] >= 3

    with frozen(pair.right):
        took = await_lost(pair)
        wait_for(has_backed_off, "Ravelin tries three times", 30.0)
    tries = sorted(waits)
    check(waits[tries[0]] < waits[tries[1]], "the second wait is longer", waits)
    second = wait_for(lambda: live(pair), "the ends agree on one established IKE SA", 20.0)
    check((second[0].spi_i, second[0].spi_r) != (first[0].spi_i, first[0].spi_r), "it is another IKE SA")
    pair.lab.run(pair.lab.left, "ping", "-n", "-c", "3", "-i", "0.2", "-W", "5", "-I", pair.lab.left.inner[4],
                 pair.lab.right.inner[4])
    pair.left.down()
    wait_for(lambda: not any(sa.state == "ESTABLISHED" for end in pair.ends for sa in end.sas()), "it goes")
    pair.right.reset()  # what it began anew would be there for half a minute
    seen = wire.read(capture.stop())
    probes = requests(seen, pair.left.side.outer[4], wire.INFORMATIONAL)
    probe = [message for message in probes if message.spi_i == first[0].spi_i]
    equal(len({message.octets for message in probe[-SENDS:]}), 1, "contents of the unanswered requests")
    attempts = {message.spi_i for message in requests(seen, pair.left.side.outer[4], wire.SA_INIT)}
    check(len(attempts) >= 3, "attempts on the wire", len(attempts))
    check_wire(pair, tunnel, seen, {"left": {second[2].spi_in}, "right": {second[3].spi_in}})
    print(f"# given up after {took:.1f} s; waits before the next tries: {waits}", flush=True)
    pair.left.unload()


def row_responder(pair):
    """Nothing is kept up: the SAs go, and what a thawed peer says to them is not obeyed."""
    tunnel = Tunnel()
    pair.right.load(tunnel)
    pair.left.load(tunnel, {"liveness": f"{LIVENESS_S:.0f} s"})
    pair.right.up()
    await_settled(pair)
    capture = pair.capture()
    with frozen(pair.right):
        await_lost(pair)
    wait_for(lambda: not pair.left.sas(), "Ravelin has no SA")
    check("liveness-lost" in pair.left.explain(), "explain tells the cause", pair.left.explain())
    seen = wire.read(capture.stop())
    equal(requests(seen, pair.left.side.outer[4], wire.SA_INIT), [], "attempts of who only answers")
    equal(len(requests(seen, pair.left.side.outer[4], wire.INFORMATIONAL)[-SENDS:]), SENDS, "requests on the wire")
    pair.right.reset()
    pair.left.unload()


def row_probes(pair):
    tunnel = Tunnel()
    pair.right.load(tunnel)
    pair.left.load(tunnel, {"liveness": f"{LIVENESS_S:.0f} s"})
    pair.left.up()
    await_settled(pair)
    busy = pair.capture()
    traffic = pair.traffic(50)
    time.sleep(3 * LIVENESS_S)
    seen = wire.read(busy.stop())
    equal(len(requests(seen, pair.left.side.outer[4], wire.INFORMATIONAL)), 0, "probes while traffic comes")
    traffic.stop()
    idle = pair.capture()

    def answered():
        probes = [message.message_id for message in wire.read(idle.path).ike
                  if message.exchange == wire.INFORMATIONAL and message.is_response]
        return len(set(probes)) >= 2

    wait_for(answered, "an idle tunnel is probed again and again, and strongSwan answers", 4 * LIVENESS_S + SLACK_S)
    idle.stop()
    await_settled(pair)
    pair.left.down()
    await_gone(pair)
    pair.unload()


def row_answers(pair):
    tunnel = Tunnel()
    pair.left.load(tunnel)
    pair.right.load(tunnel, {"dpd_delay": "1s"})
    pair.left.up()
    first = await_settled(pair)
    capture = pair.capture()

    def answered():
        ike = wire.read(capture.path).ike
        asked = {message.message_id for message in requests(wire.read(capture.path), pair.right.side.outer[4],
                                                            wire.INFORMATIONAL)}
        told = {message.message_id for message in ike
                if message.source == pair.left.side.outer[4] and message.is_response}
        return len(asked & told) >= 3

    wait_for(answered, "three probes of strongSwan are answered", 10.0)
    equal(await_settled(pair)[0].spi_i, first[0].spi_i, "the initiator's SPI")
    pair.left.down()
    await_gone(pair)
    capture.stop()
    pair.unload()


def rows(pair, _):
    for row in (row_initiator, row_responder, row_probes, row_answers):
        yield lambda row=row: row(pair)


if __name__ == "__main__":
    run([f"strongSwan, {name}" for name in NAMES], rows,
        retransmit=f"{FIRST_S * 1000:.0f} ms, {FACTOR}, {SENDS}")
