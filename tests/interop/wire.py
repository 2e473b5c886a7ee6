# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a capture holds: IKE messages, ESP packets by SPI, and packets that should not have been in clear."""

import dataclasses
import ipaddress
import struct

ETHERNET = 1
UDP, ESP, ICMPV6 = 17, 50, 58
IKE_PORT, NAT_PORT = 500, 4500
SK, SKF = 46, 53

SA_INIT, AUTH, CREATE_CHILD, INFORMATIONAL = 34, 35, 36, 37


@dataclasses.dataclass
class Ike:
    source: str
    destination: str
    spi_i: str
    spi_r: str
    exchange: int
    flags: int
    message_id: int
    first_payload: int
    octets: bytes
    ports: tuple  # (source, destination)
    has_marker: bool  # the non-ESP one

    @property
    def is_response(self):
        return bool(self.flags & 0x20)

    @property
    def fragment(self):
        """(number, total) of a part of a message (RFC 7383 2.5), or None."""
        return struct.unpack(">HH", self.octets[32:36]) if self.first_payload == SKF else None

    def clear_notifies(self):
        """Notify types of a message that isn't encrypted."""
        found, kind, at = [], self.first_payload, 28
        while kind and at + 4 <= len(self.octets):
            following, _, length = struct.unpack(">BBH", self.octets[at:at + 4])
            if kind == 41:
                found.append(struct.unpack(">H", self.octets[at + 6:at + 8])[0])
            if length < 4:
                break
            kind, at = following, at + length
        return found


@dataclasses.dataclass
class Esp:
    source: str
    destination: str
    spi: str
    sequence: int
    ports: tuple  # (source, destination) of UDP, or ()
    octets: bytes
    tos: int  # DSCP and ECN of the outer header

    @property
    def in_udp(self):
        return bool(self.ports)


@dataclasses.dataclass
class Wire:
    ike: list
    esp: list
    other: list  # (source, destination, protocol) of all else that is IP
    keepalives: list  # (source, ports)
    fragments: int = 0  # of IP, also the first of each packet
    largest: int = 0  # octets of an IP packet

    def esp_spis(self, source):
        return {packet.spi for packet in self.esp if packet.source == source}

    def esp_count(self, source):
        return sum(packet.source == source for packet in self.esp)

    def in_clear(self, networks):
        """Packets with an address inside the protected networks: none may pass."""
        nets = [ipaddress.ip_network(net) for net in networks]
        return [packet for packet in self.other
                if any(ipaddress.ip_address(packet[i]) in net for net in nets for i in (0, 1))]


def _packets(path):
    with open(path, "rb") as file:
        data = file.read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    if struct.unpack(order + "I", data[20:24])[0] != ETHERNET:
        raise ValueError(f"{path}: not Ethernet")
    at = 24
    while at + 16 <= len(data):
        length = struct.unpack(order + "I", data[at + 8:at + 12])[0]
        yield data[at + 16:at + 16 + length]
        at += 16 + length


def _datagram(wire, source, destination, udp, tos):
    if len(udp) < 8:
        return
    ports = struct.unpack(">HH", udp[:4])
    payload = udp[8:struct.unpack(">H", udp[4:6])[0]]
    has_marker = False
    if NAT_PORT in ports:
        has_marker = payload[:4] == b"\0\0\0\0"
        if has_marker:
            payload = payload[4:]
        elif len(payload) >= 8:
            spi, sequence = struct.unpack(">II", payload[:8])
            wire.esp.append(Esp(source, destination, f"{spi:08x}", sequence, ports, payload, tos))
            return
        else:
            if payload == b"\xff":
                wire.keepalives.append((source, ports))
            return
    elif IKE_PORT not in ports:
        wire.other.append((source, destination, UDP))
        return
    if len(payload) >= 28:
        spi_i, spi_r, kind, _, exchange, flags, message_id, _ = struct.unpack(">8s8sBBBBII", payload[:28])
        wire.ike.append(Ike(source, destination, spi_i.hex(), spi_r.hex(), exchange, flags, message_id, kind, payload,
                            ports, has_marker))


def _ipv6_body(packet, wire):
    """(protocol, what follows the headers), or None for a later fragment."""
    if packet[6] != 44:
        return packet[6], packet[40:]
    wire.fragments += 1
    is_first = struct.unpack(">H", packet[42:44])[0] & 0xfff8 == 0
    return (packet[40], packet[48:]) if is_first else None


def _ipv4_body(packet, wire):
    place = struct.unpack(">H", packet[6:8])[0] & 0x3fff
    wire.fragments += place != 0
    return (packet[9], packet[(packet[0] & 15) * 4:]) if place & 0x1fff == 0 else None


def read(path):
    wire = Wire([], [], [], [])
    for frame in _packets(path):
        kind = struct.unpack(">H", frame[12:14])[0] if len(frame) >= 14 else 0
        packet = frame[14:]
        if kind == 0x0800 and len(packet) >= 20:
            source, destination = (str(ipaddress.ip_address(packet[i:i + 4])) for i in (12, 16))
            octets, tos = struct.unpack(">H", packet[2:4])[0], packet[1]
            found = _ipv4_body(packet, wire)
        elif kind == 0x86dd and len(packet) >= 40:
            source, destination = (str(ipaddress.ip_address(packet[i:i + 16])) for i in (8, 24))
            octets, tos = 40 + struct.unpack(">H", packet[4:6])[0], struct.unpack(">H", packet[:2])[0] >> 4 & 0xff
            found = _ipv6_body(packet, wire)
        else:
            continue
        wire.largest = max(wire.largest, octets)
        if found is None:
            continue
        protocol, body = found
        if protocol == UDP:
            _datagram(wire, source, destination, body, tos)
        elif protocol == ESP and len(body) >= 8:
            spi, sequence = struct.unpack(">II", body[:8])
            wire.esp.append(Esp(source, destination, f"{spi:08x}", sequence, (), body, tos))
        else:
            wire.other.append((source, destination, protocol))
    return wire
