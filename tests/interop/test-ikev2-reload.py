# SPDX-License-Identifier: LGPL-2.1-or-later
"""A reload leaves tunnels alone: with strongSwan and under 200 packets a second both ways, an unrelated connection is
added, changed and removed, a file breaks and is mended: the same SAs stand, and no packet is missing or doubled."""

import time

import wire
from against_strongswan import run
from rows import await_gone, await_settled, check_traffic, check_wire
from tap import check, equal
from tunnel import Tunnel

REFUSED = 5  # ravelinctl's exit status where the configuration is wrong
BROKEN = "[connection other]\nremote-adress = 10.77.0.9\nremote-id = other.lab.test\nauth = psk\n"


def other(net):
    return ("[connection other]\nremote-address = 10.77.0.9\nremote-id = other.lab.test\nauth = psk\n"
            f"protect = 10.81.0.0/16 <-> {net}\nkeep = none\n")


def row_reloads(pair, initiator):
    ours = pair.left
    tunnel = Tunnel()
    pair.load(tunnel)
    (ours.etc / "secrets.d" / "other.conf").touch(0o600)
    (ours.etc / "secrets.d" / "other.conf").write_text('[secret other]\nid = other.lab.test\npsk = "other-psk-0123456789abcdef"\n')
    extra = ours.etc / "conf.d" / "other.conf"
    capture = pair.capture()
    initiator.up()
    first = await_settled(pair)
    traffic = pair.traffic()

    def check_same(what, connections):
        now = await_settled(pair)
        for old, new in zip(first[:2], now[:2]):
            equal((new.spi_i, new.spi_r), (old.spi_i, old.spi_r), f"SPIs of the IKE SA after {what}")
        for old, new in zip(first[2:], now[2:]):
            equal((new.spi_in, new.spi_out), (old.spi_in, old.spi_out), f"SPIs of the Child SA after {what}")
            check(new.octets_in >= old.octets_in, f"the counters go on after {what}", old, new)
        equal(sorted(row["name"] for row in ours.rows("connection")), connections, f"connections after {what}")
        time.sleep(0.3)  # some traffic of each state; nothing hangs on it

    def reload(what, text, connections, is_refused=False):
        before = ours.rows("connection")[-1].get("interface")
        if text is None:
            extra.unlink()
        else:
            extra.write_text(text)
        if is_refused:
            status, said = ours.try_reload()
            equal(status, REFUSED, f"exit status of the reload with {what}")
            check("other.conf:2" in said and "remote-adress" in said, "the refusal names file, line and key", said)
            equal(ours.rows("connection")[-1].get("interface"), before, "the other connection's interface")
        else:
            ours.ctl("reload")
        check_same(what, connections)

    both = ["lab", "other"]
    reload("one more", other("10.90.0.0/16"), both)
    reload("another net", other("10.91.0.0/16"), both)
    reload("a broken file", BROKEN, both, is_refused=True)
    reload("the file mended", other("10.92.0.0/16"), both)
    reload("nothing new", other("10.92.0.0/16"), both)
    reload("one less", None, ["lab"])
    results = traffic.stop()
    initiator.down()
    await_gone(pair)
    seen = wire.read(capture.stop())
    check_traffic(results, seen, pair)
    check_wire(pair, tunnel, seen, {"left": {first[2].spi_in}, "right": {first[3].spi_in}})
    equal({message.exchange for message in seen.ike}, {wire.SA_INIT, wire.AUTH, wire.INFORMATIONAL},
          "exchanges on the wire")
    pair.unload()


def rows(pair, _):
    for initiator in pair.ends:
        yield lambda initiator=initiator: row_reloads(pair, initiator)


if __name__ == "__main__":
    run([f"strongSwan, Ravelin as {role}: reloads under traffic leave the tunnel alone"
         for role in ("initiator", "responder")], rows)
