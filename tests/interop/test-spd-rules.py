#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rules beside the connections ([spd], RFC 4301 4.4.1, 5.1, 5.2): what bypasses goes and comes in clear though it is
narrower than what is protected, what is discarded does neither, and everything else stays protected; a reload changes
them under traffic, and they outlive a daemon that was killed."""

import re
import subprocess
import sys
import time

from lab import Capture, Traffic, wait_for
from pair_of_ravelins import run
from tap import check, equal
from tunnel import Tunnel
from wire import read

NAMES = [
    "a bypassed port goes in clear, both ways, and the rest of the same networks in the tunnel",
    "forwarded packets bypass by their port too",
    "everything protected, one network bypassed: it goes by its own route, and all else in the tunnel",
    "discarded packets go nowhere, out or in, and are counted",
    "a clear packet to the protected network is dropped, also from a bypassed port's neighbour",
    "rules come and go by reload under traffic: the tunnel loses no packet and keeps its SAs",
    "what can't be told apart is refused by name",
    "kill -9 keeps discard, guard and bypass",
    "the next start takes them over, an orderly stop leaves nothing",
]
BYPASSED, OTHER, DISCARDED = 8080, 8081, 8082
TCP = 6
SERVER = """import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
with socket.create_server((sys.argv[1], int(sys.argv[2])), family=family) as server:
    print("ready", flush=True)
    while True:
        server.accept()[0].close()
"""
CLIENT = """import socket, sys
socket.create_connection((sys.argv[2], int(sys.argv[3])), 1.5, (sys.argv[1], 0)).recv(1)
"""
SEND = """import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
with socket.socket(family, socket.SOCK_DGRAM) as udp:
    udp.bind((sys.argv[1], int(sys.argv[4])))
    for i in range(5):
        try:
            udp.sendto(b"clear", (sys.argv[2], int(sys.argv[3])))
        except OSError:
            pass
"""


def rule(name, action, local, remote):
    return f"[spd {name}]\naction = {action}\nmatch = {local} <-> {remote}\n"


def both(lab, action, port, protocol="tcp"):
    """For each end, the same of what the right end's port is asked for."""
    left, right = ", ".join(lab.left.nets.values()), [f"{net}[{protocol}/{port}]" for net in lab.right.nets.values()]
    return (rule(f"to-{port}", action, left, ", ".join(right)),
            rule(f"at-{port}", action, ", ".join(right), left))


def set_rules(left, right, rules):
    left.set_rules(rules[0])
    right.set_rules(rules[1])


def ordinary_routes(lab, what, to_all=False):
    """What the networks would be reached by without a tunnel, or everything; @what: `add` or `del`."""
    for side, other in ((lab.left, lab.right), (lab.right, lab.left)):
        for family, tool in ((4, ("ip",)), (6, ("ip", "-6"))):
            there = "default" if to_all else other.nets[family]
            lab.run(side, *tool, "route", what, there, "via", other.outer[family], "metric", "4000")


def inside(lab, side, code, *arguments):
    return subprocess.run(["ip", "netns", "exec", side.namespace, sys.executable, "-c", code, *map(str, arguments)],
                          capture_output=True, check=False, timeout=20).returncode == 0


def connects(lab, side, address, port, family=4):
    return inside(lab, side, CLIENT, side.inner[family], address, port)


def send(lab, side, other, port, source_port=0, family=4):
    """Five datagrams, which nobody answers."""
    inside(lab, side, SEND, side.inner[family], other.inner[family], port, source_port)


def ping(lab, side, address, source):
    return subprocess.run(["ip", "netns", "exec", side.namespace, "ping", "-c", "2", "-i", "0.2", "-W", "1", "-I",
                           source, address], capture_output=True, check=False).returncode == 0


def serve(lab):
    for address in lab.right.inner.values():
        for port in (BYPASSED, OTHER, DISCARDED):
            server = lab.start(lab.right, sys.executable, "-c", SERVER, address, str(port), stdout=subprocess.PIPE)
            server.stdout.readline()


def networks(lab):
    return [net for side in (lab.left, lab.right) for net in side.nets.values()]


def clear(lab, capture):
    """Protocols of packets of the protected networks on the wire: of those from the left, and of those from the right."""
    packets = read(capture.stop()).in_clear(networks(lab))
    return tuple({packet[2] for packet in packets if packet[0].startswith(sources)}
                 for sources in (("10.81.", "fd81:"), ("10.82.", "fd82:")))


def dropped(lab, side, chain):
    """Packets that a chain of the guard dropped."""
    text = lab.run(side, "nft", "list", "chain", "inet", "ravelin", chain)
    return sum(int(n) for n in re.findall(r"counter packets (\d+) bytes \d+ drop", text))


def rows(lab, left, right):
    for number, side in enumerate((lab.left, lab.right), 1):  # without one, nobody finds a router's link address
        lab.run(side, "ip", "addr", "add", f"fe80::{number}/64", "dev", side.link, "nodad")
    bare = lab.kernel_state(lab.left)
    tunnel = Tunnel()

    def bypass():
        ordinary_routes(lab, "add")
        serve(lab)
        for end in (left, right):
            end.load(tunnel)
        set_rules(left, right, both(lab, "bypass", BYPASSED))
        left.up()
        capture = Capture(lab, lab.left, "bypass")
        for family in (4, 6):
            there = lab.right.inner[family]
            check(connects(lab, lab.left, there, BYPASSED, family), f"IPv{family}: the bypassed port answers")
            check(connects(lab, lab.left, there, OTHER, family), f"IPv{family}: another port answers")
            check(ping(lab, lab.left, there, lab.left.inner[family]), f"IPv{family}: a ping is answered")
        wire = read(capture.stop())
        found = {(packet[0], packet[2]) for packet in wire.in_clear(networks(lab))}
        equal(found, {(side.inner[family], TCP) for side in (lab.left, lab.right) for family in (4, 6)},
              "who sends what in clear")
        check(wire.esp_count(lab.left.outer[4]) >= 10, "the rest goes in ESP", wire.esp_count(lab.left.outer[4]))

    def forwarded():
        client = lab.client(lab.left)
        for family in (4, 6):
            there = lab.right.inner[family]
            capture = Capture(lab, lab.left, f"forwarded-{family}")
            check(connects(lab, client, there, OTHER, family), f"IPv{family}: another port answers through the tunnel")
            equal(clear(lab, capture), (set(), set()), f"IPv{family}: clear packets of another port")
            capture = Capture(lab, lab.left, f"forwarded-bypass-{family}")
            check(connects(lab, client, there, BYPASSED, family), f"IPv{family}: the bypassed port answers")
            equal(clear(lab, capture), ({TCP}, {TCP}), f"IPv{family}: clear packets of the bypassed port")

    def everything():
        anything = {"left": (["any"], ["any"]), "right": (["any"], ["any"])}
        ordinary_routes(lab, "del")  # a longer prefix than everything would win
        ordinary_routes(lab, "add", to_all=True)
        for end in (left, right):
            end.load(Tunnel(nets_of=anything))
        set_rules(left, right, (rule("lan", "bypass", "10.77.0.0/24, fd77::/64", "10.77.0.0/24, fd77::/64"),) * 2)
        left.up()
        for family in (4, 6):
            capture = Capture(lab, lab.left, f"everything-{family}")
            check(ping(lab, lab.left, lab.right.outer[family], lab.left.outer[family]), f"IPv{family}: the LAN answers")
            check(connects(lab, lab.left, lab.right.inner[family], BYPASSED, family), f"IPv{family}: the rest answers")
            wire = read(capture.stop())
            equal(wire.in_clear(networks(lab)), [], f"IPv{family}: the rest in clear")
            check(any(packet[0] == lab.left.outer[family] for packet in wire.other), f"IPv{family}: the LAN in clear")
            check(wire.esp_count(lab.left.outer[4]) >= 3, f"IPv{family}: the rest in ESP")
        ordinary_routes(lab, "del", to_all=True)
        ordinary_routes(lab, "add")

    def discard():
        for end in (left, right):
            end.load(tunnel)
        left.set_rules(both(lab, "discard", DISCARDED)[0])
        right.set_rules("")
        left.up()
        before = dropped(lab, lab.left, "discard-out")
        capture = Capture(lab, lab.left, "discard")
        for family in (4, 6):
            check(not connects(lab, lab.left, lab.right.inner[family], DISCARDED, family), "a discarded port answered")
            check(connects(lab, lab.left, lab.right.inner[family], OTHER, family), "another port answers")
        equal(clear(lab, capture), (set(), set()), "clear packets")
        check(dropped(lab, lab.left, "discard-out") >= before + 2, "outbound ones are counted")
        # from the other end, inside the tunnel: its own policy lets them go
        left.set_rules(rule("in", "discard", f"{lab.left.nets[4]}[udp/{DISCARDED}]", lab.right.nets[4]))
        send(lab, lab.right, lab.left, DISCARDED)
        wait_for(lambda: left.drops("discard") >= 5, "what an SA brings of it is counted")

    def guarded():
        set_rules(left, right, both(lab, "bypass", BYPASSED))
        right.down()
        wait_for(lambda: not left.sas(), "the tunnel is down")
        # the right end lets clear packets out by an own table, as an attacker on the way would
        lab.run(lab.right, "ip", "route", "add", lab.left.nets[4], "via", lab.left.outer[4], "table", "77")
        lab.run(lab.right, "ip", "rule", "add", "pref", "10", "to", lab.left.nets[4], "table", "77")
        before = dropped(lab, lab.left, "guard")
        check(not ping(lab, lab.right, lab.left.inner[4], lab.right.inner[4]), "a clear packet was answered")
        send(lab, lab.right, lab.left, BYPASSED)  # the port is the right end's, not the left one's
        check(dropped(lab, lab.left, "guard") >= before + 7, "clear packets are dropped and counted")
        lab.run(lab.right, "ip", "rule", "del", "pref", "10")
        lab.run(lab.right, "ip", "route", "flush", "table", "77")

    def reload():
        set_rules(left, right, ("", ""))
        left.up()
        spis = [(sa.spi_i, child.spi_in) for sa in left.sas() for child in sa.children]
        traffic = Traffic(lab, rate=500)
        for _ in range(3):
            time.sleep(0.3)
            set_rules(left, right, both(lab, "bypass", BYPASSED))
            check(connects(lab, lab.left, lab.right.inner[4], BYPASSED), "the bypassed port answers")
            time.sleep(0.3)
            set_rules(left, right, both(lab, "discard", DISCARDED))
            check(not connects(lab, lab.left, lab.right.inner[4], DISCARDED), "a discarded port answered")
            set_rules(left, right, ("", ""))
            check(connects(lab, lab.left, lab.right.inner[4], DISCARDED), "the port answers again")
        for source, target, family, sent, received, missing, doubled in traffic.stop():
            check(sent > 500, "traffic flowed", sent)
            equal((missing, doubled), ([], 0), f"IPv{family} {source} -> {target}, {received} of {sent}: missing")
        equal([(sa.spi_i, child.spi_in) for sa in left.sas() for child in sa.children], spis, "SPIs")

    def refused():
        path = left.etc / "conf.d" / "rules.conf"
        path.write_text(rule("echo", "bypass", "any[icmp/8]", "any"))
        left.ctl("reload")
        wait_for(lambda: any(row["state"] == "refused" for row in left.policies()), "it is refused")
        row = next(row for row in left.policies() if row["name"] == "echo")
        check("[spd echo]" in row["error"] and "ICMP" in row["error"], "the reason", row["error"])
        check("[spd echo]" in left.log_text(), "the log names it")
        path.write_text(rule("echo", "bypass", "any[icmp]", "any"))
        left.ctl("reload")
        wait_for(lambda: all(row["state"] == "in-force" for row in left.policies()), "mended, it is in force")

    def killed():
        bypassing = both(lab, "bypass", BYPASSED)
        discarding = rule("outer", "discard", "10.77.0.0/24", f"10.77.0.0/24[udp/{DISCARDED}]")
        set_rules(left, right, (bypassing[0] + discarding, bypassing[1]))
        wait_for(lambda: ping(lab, lab.left, lab.right.inner[4], lab.left.inner[4]), "the tunnel carries a ping")
        left.process.kill()
        left.process.wait()
        lab.processes.remove(left.process)
        before = dropped(lab, lab.left, "discard-out")
        capture = Capture(lab, lab.left, "killed")
        check(not ping(lab, lab.left, lab.right.inner[4], lab.left.inner[4]), "a ping was answered in clear")
        inside(lab, lab.left, SEND, lab.left.outer[4], lab.right.outer[4], DISCARDED, 0)
        check(connects(lab, lab.left, lab.right.inner[4], BYPASSED), "the bypassed port answers still")
        wire = read(capture.path)
        check(not any(packet[0] == lab.left.outer[4] for packet in wire.other), "discarded ones went out")
        equal(clear(lab, capture), ({TCP}, {TCP}), "clear packets")
        equal(dropped(lab, lab.left, "discard-out"), before + 5, "discarded ones that are counted")

    def ended():
        left.start()
        left.up()
        check(connects(lab, lab.left, lab.right.inner[4], BYPASSED), "the bypassed port answers")
        inside(lab, lab.left, SEND, lab.left.outer[4], lab.right.outer[4], DISCARDED, 0)
        equal(dropped(lab, lab.left, "discard-out"), 5, "discarded ones that are counted")
        check(connects(lab, lab.left, lab.right.inner[4], OTHER), "another port answers")
        left.stop()
        ordinary_routes(lab, "del")
        lab.run(lab.left, "ip", "link", "del", f"in{lab.left.link}")
        lab.shell(lab.left, "echo 0 > /proc/sys/net/ipv6/conf/all/forwarding")
        after = lab.kernel_state(lab.left)
        for what, before in bare.items():
            equal(after[what], before, what)

    yield from (bypass, forwarded, everything, discard, guarded, reload, refused, killed, ended)


if __name__ == "__main__":
    run(NAMES, rows)
