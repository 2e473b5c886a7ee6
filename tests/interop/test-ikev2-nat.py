# SPDX-License-Identifier: LGPL-2.1-or-later
"""NAT between Ravelin and strongSwan (RFC 7296 2.23, RFC 3948): either end behind one that changes ports, two clients
behind one, both ends behind one with ports forwarded, a mapping that changes mid-life, keepalives.

Each end has a side of its own: two clients of each kind, and a gateway of each."""

import contextlib
import itertools
import subprocess
import sys

import ravelin
import strongswan
import wire
from lab import Capture, need_rights, wait_for
from routed import RoutedLab, need_nat
from rows import Pair, agreed, check_traffic, check_wire
from tap import begin, check, equal
from tunnel import KEY, Tunnel

SIDES = ("ravelin1", "ravelin2", "swan1", "swan2", "ravelin", "swan")
KEEPALIVE_S = 20  # RFC 3948 4
NAMES = [
    "Ravelin as initiator behind NAT",
    "Ravelin as responder, strongSwan behind NAT",
    "two Ravelins behind one NAT against one strongSwan",
    "two strongSwans behind one NAT against one Ravelin",
    "Ravelin as initiator, both behind NAT, ports forwarded",
    "Ravelin as responder, both behind NAT, ports forwarded",
    "Ravelin follows strongSwan's new mapping by newer authenticated packets alone",
    "strongSwan follows Ravelin's new mapping, traffic resumes",
    "keepalives from the end behind NAT, and from no other",
]
SENDER = """
import socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind((sys.argv[1], 0))
for octets in sys.argv[3:]:
    udp.sendto(bytes.fromhex(octets), (sys.argv[2], 4500))
"""


def tunnel_of(lab, clients, gateway):
    nets = [net for client in clients for net in client.side.nets.values()]
    expected = {gateway.side.name: "%any" if gateway.kind == "strongSwan" else "any"} if len(clients) > 1 else {}
    return Tunnel(key_of={side.name: KEY for side in lab.sides},
                  id_of={side.name: f"{side.name}.lab.test" for side in lab.sides}, expected_of=expected,
                  nets_of={gateway.side.name: (list(gateway.side.nets.values()), nets)})


class Meeting:
    """Clients and a gateway that know each other, with a capture on the gateway's link."""

    def __init__(self, lab, names, clients, gateway, settings=None):
        self.lab, self.clients, self.gateway = lab, clients, gateway
        self.pairs = [Pair(lab, client, gateway, names) for client in clients]
        self.tunnel = tunnel_of(lab, clients, gateway)
        for client in clients:
            client.other, gateway.other = gateway.side, client.side
            client.load(self.tunnel, settings)
        gateway.load(self.tunnel)
        self.captures = [pair.capture() for pair in self.pairs]
        self.capture = Capture(lab, gateway.side, next(names))

    def children(self, client):
        """The client's only Child SA and the same as the gateway has it, once they agree; or None."""
        ours = client.sas()
        if len(ours) != 1:
            return None
        return next((found for found in (agreed(ours[0], sa) for sa in self.gateway.sas()) if found), None)

    def await_up(self, client):
        return wait_for(lambda: self.children(client), f"{client.side.name} and the gateway agree on an SA")

    def end(self):
        """Takes the SAs down and returns what the gateway's link showed."""
        for client in self.clients:
            client.down()
        everybody = (*self.clients, self.gateway)
        wait_for(lambda: not any(end.sas() for end in everybody), "all lists of SAs are empty")
        seen = wire.read(self.capture.stop())
        for end in everybody:
            end.unload()
        return seen

    def check_pairs(self, spis, results):
        """Of each client's link: what the ends list is what flows, and nothing in clear."""
        for pair, capture, (ours, theirs), told in zip(self.pairs, self.captures, spis, results):
            seen = wire.read(capture.stop())
            check_traffic(told, seen, pair)
            check_wire(pair, self.tunnel, seen, {pair.left.side.name: {ours[0].spi_in},
                                                 pair.right.side.name: {theirs[0].spi_in}})


def client_port(seen, source, spi):
    """The port from which ESP with this SPI comes; there must be one alone, and the answers must go to it."""
    ports = {packet.ports[0] for packet in seen.esp if packet.source == source and packet.spi == spi}
    equal(len(ports), 1, f"ports from which ESP with SPI {spi} comes")
    return ports.pop()


def check_floats(seen, gateway):
    """IKE_SA_INIT to port 500, and all that follows to 4500 with the marker (RFC 7296 2.23)."""
    to_gateway = [message for message in seen.ike if message.destination == gateway]
    check(any(message.exchange == wire.AUTH for message in to_gateway), "IKE_AUTH reaches the gateway")
    for message in to_gateway:
        first = message.exchange == wire.SA_INIT
        equal((message.ports[1], message.has_marker), (wire.IKE_PORT, False) if first else (wire.NAT_PORT, True),
              f"port of exchange {message.exchange}, and its marker")


def check_tells(end, keys, sentence):
    """What an end knows of NATs: strongSwan lists it, Ravelin logs it."""
    if end.kind == "strongSwan":
        check(all(sa.algorithms.get(key) == "yes" for sa in end.sas() for key in keys), f"strongSwan lists {keys}")
    else:
        check(sentence in end.log_text(), f"Ravelin tells of a {sentence}", end.log_text())


def row_natted(lab, names, clients, gateway):
    lab.masquerade(*(client.side for client in clients))
    router = lab.at_router(gateway.side)
    for client in clients:
        client.side.public = {4: router}
    meeting = Meeting(lab, names, clients, gateway)
    for client in clients:
        client.up()
        meeting.await_up(client)
    traffic = [pair.traffic(port=7777 + number) for number, pair in enumerate(meeting.pairs)]
    wait_for(lambda: all(min(child.octets_in for child in ours + theirs) > 20000
                         for ours, theirs in map(meeting.await_up, clients)), "both ends count traffic")
    results = [flow.stop() for flow in traffic]
    spis = [meeting.await_up(client) for client in clients]
    peers = gateway.peers()
    check_tells(gateway, ["nat-remote"], "NAT before the peer")
    for client in clients:
        check_tells(client, ["nat-local"], "NAT before both ends")  # strongSwan's data plane always pretends one
    meeting.check_pairs(spis, results)

    seen = meeting.end()
    check_floats(seen, gateway.side.outer[4])
    ports = [client_port(seen, router, theirs[0].spi_in) for _, theirs in spis]
    equal(len(set(ports)), len(clients), "ports that the NAT gave")
    check(wire.NAT_PORT not in ports, "the NAT changes ports", ports)
    equal(sorted(peers), sorted((router, port) for port in ports), f"where {gateway.kind} has its peers")
    for port, (ours, _) in zip(ports, spis):
        equal({packet.spi for packet in seen.esp if packet.ports[1] == port}, {ours[0].spi_in},
              f"SPIs of ESP that goes to port {port}")


def row_both(lab, names, client, gateway):
    """The gateway is known by its NAT's address alone, whose ports lead to it."""
    lab.masquerade(client.side)
    lab.forward_ports(gateway.side, client.side)
    client.side.public = {4: lab.at_router(gateway.side)}
    meeting = Meeting(lab, names, [client], gateway)
    client.up()
    meeting.await_up(client)
    traffic = meeting.pairs[0].traffic()
    wait_for(lambda: min(child.octets_in for side in meeting.await_up(client) for child in side) > 20000,
             "both ends count traffic")
    results = traffic.stop()
    spis = meeting.await_up(client)
    for end in (client, gateway):
        check_tells(end, ["nat-local", "nat-remote"], "NAT before both ends")
    meeting.check_pairs([spis], [results])
    check_floats(meeting.end(), gateway.side.outer[4])


def send(lab, source, target, *payloads):
    """Datagrams from the router, to port 4500 of a side."""
    command = ["ip", "netns", "exec", lab.router.namespace, sys.executable, "-c", SENDER, source, target]
    subprocess.run([*command, *(octets.hex() for octets in payloads)], check=True)


def pings(lab, client, gateway):
    return lab.start(client.side, "ping", "-n", "-q", "-i", "0.05", "-I", client.side.inner[4], gateway.side.inner[4],
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def first_held_back(lab, side):
    """The first ESP packet is on the link, but doesn't get in."""
    lab.run(side, "nft", "add table ip late; add chain ip late in { type filter hook prerouting priority -300; }; "
            "add rule ip late in udp dport 4500 @th,64,32 != 0 numgen inc mod 1000000 == 0 drop")
    try:
        yield
    finally:
        lab.run(side, "nft", "delete", "table", "ip", "late")


def spoil(octets):
    return octets[:-1] + bytes([octets[-1] ^ 1])


def row_rebinding(lab, names, client, gateway):
    """@gateway is Ravelin: ESP from another port moves the SA where it is authentic and newer than all before."""
    lab.masquerade(client.side)
    router = lab.at_router(gateway.side)
    client.side.public = {4: router}
    meeting = Meeting(lab, names, [client], gateway)
    client.up()
    before = meeting.await_up(client)
    with first_held_back(lab, gateway.side):
        flow = pings(lab, client, gateway)
        wait_for(lambda: meeting.await_up(client)[0][0].octets_in > 2000, "pings are answered")
    old_peer = gateway.peers()
    lab.forget_mappings()
    wait_for(lambda: gateway.peers() != old_peer, "Ravelin follows the new mapping")
    new_peer = gateway.peers()
    octets = meeting.await_up(client)[0][0].octets_in
    wait_for(lambda: meeting.await_up(client)[0][0].octets_in > octets + 2000, "traffic resumes")
    lab.stop(flow)

    # From elsewhere: a packet that comes late, one again, one that is forged, and forged IKE. None of them moves the SA.
    spi = before[1][0].spi_in
    until_now = wire.read(meeting.capture.path)
    old = [packet.octets for packet in until_now.esp if packet.spi == spi]
    forged = spoil(old[-1][:4] + (int.from_bytes(old[-1][4:8], "big") + 100).to_bytes(4, "big") + old[-1][8:])
    message = [message for message in until_now.ike if message.destination == gateway.side.outer[4]][-1].octets
    dropped, taken = (sum(row.get(key, 0) for row in gateway.rows("child")) for key in ("drops_in", "packets_in"))
    send(lab, router, gateway.side.outer[4], b"\0\0\0\0" + spoil(message), old[0], old[-1], forged)

    def has_judged():
        row = gateway.rows("child")[0]
        return row["packets_in"] > taken and row["drops_in"] >= dropped + 2

    wait_for(has_judged, "Ravelin takes the packet that is late, and drops what came before or is forged")
    equal(gateway.peers(), new_peer, "Ravelin's peer after old and forged packets from elsewhere")

    after = meeting.await_up(client)
    equal([child.spi_in for side in after for child in side], [child.spi_in for side in before for child in side],
          "SPIs after the mapping changed")
    seen = meeting.end()
    ports = {packet.ports[1] for packet in seen.esp if packet.source == gateway.side.outer[4]}
    equal(ports, {port for _, port in old_peer + new_peer}, "ports that Ravelin sent ESP to")


def row_rebound_client(lab, names, client, gateway):
    """@client is Ravelin, which asks whether its peer lives, by which strongSwan learns where it is now. It can't move
    a Child SA and replaces it; the IKE SA stays."""
    lab.masquerade(client.side)
    client.side.public = {4: lab.at_router(gateway.side)}
    meeting = Meeting(lab, names, [client], gateway, {"liveness": "1 s"})
    client.up()
    meeting.await_up(client)
    flow = pings(lab, client, gateway)
    wait_for(lambda: meeting.await_up(client)[0][0].octets_in > 2000, "pings are answered")
    before, old_peer = client.sas()[0], gateway.peers()
    lab.forget_mappings()
    wait_for(lambda: gateway.peers() != old_peer, "strongSwan lists the new mapping")
    octets = client.octets_in()
    wait_for(lambda: client.octets_in() > octets + 2000, "traffic resumes")
    lab.stop(flow)
    after = client.sas()[0]
    equal((after.spi_i, after.spi_r), (before.spi_i, before.spi_r), "SPIs of the IKE SA after the mapping changed")
    seen = meeting.end()
    ports = {packet.ports[0] for packet in seen.esp if packet.source == lab.at_router(gateway.side)}
    equal(len(ports), 2, "ports that the NAT gave to ESP")


def row_keepalives(lab, names, clients, gateways):
    """Idle tunnels of both kinds at once: the natted end speaks, once a period, and the other is silent."""
    lab.masquerade(*(client.side for client in clients))
    meetings = []
    for client, gateway in zip(clients, gateways):
        client.side.public = {4: lab.at_router(gateway.side)}
        meetings.append(Meeting(lab, names, [client], gateway))
        client.up()
        meetings[-1].await_up(client)

    def heard(meeting):
        return wire.read(meeting.capture.path).keepalives

    wait_for(lambda: all(map(heard, meetings)), "a keepalive of each client", KEEPALIVE_S + 5.0)
    for meeting, gateway in zip(meetings, gateways):
        seen = meeting.end()
        equal({source for source, _ in seen.keepalives}, {lab.at_router(gateway.side)}, "who sent keepalives")
        equal({ports[1] for _, ports in seen.keepalives}, {wire.NAT_PORT}, "ports that keepalives go to")


def rows(lab, ends, names):
    ravelin1, ravelin2, swan1, swan2, gateway, swan_gateway = ends
    for clients, at in (([ravelin1], swan_gateway), ([swan1], gateway), ([ravelin1, ravelin2], swan_gateway),
                        ([swan1, swan2], gateway)):
        yield lambda clients=clients, at=at: row_natted(lab, names, clients, at)
    yield lambda: row_both(lab, names, ravelin1, swan1)
    yield lambda: row_both(lab, names, swan1, ravelin1)
    yield lambda: row_rebinding(lab, names, swan1, gateway)
    yield lambda: row_rebound_client(lab, names, ravelin1, swan_gateway)
    yield lambda: row_keepalives(lab, names, [ravelin1, swan1], [swan_gateway, gateway])


def main():
    report = begin([f"strongSwan, {name}" for name in NAMES], need_rights, need_nat, strongswan.need, ravelin.need)
    with RoutedLab(SIDES) as lab:
        ends = []
        for side in lab.sides:
            is_ours = side.name.startswith("ravelin")
            ends.append(ravelin.Ravelin(lab, side, lab.left, None) if is_ours else
                        strongswan.StrongSwan(lab, side, lab.left, None, [f"keep_alive = {KEEPALIVE_S}s"]))
        for name, row in zip(NAMES, rows(lab, ends, map("{}".format, itertools.count()))):
            failed = report.failed
            report.run(f"strongSwan {strongswan.version()}, IKEv2, {name}", row,
                       lambda: [line for end in ends for line in ["--", *end.log()]])
            lab.clear_nat()
            if report.failed > failed:
                lab.stop_others([end.process for end in ends])
                for end in ends:
                    end.reset()
    report.end()


if __name__ == "__main__":
    main()
