# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a row sets up, said once for both ends; and SAs as each end lists them."""

import dataclasses

KEY = "lab-psk-0123456789abcdef"


@dataclasses.dataclass(frozen=True)
class Suite:
    """Proposals in the words that both ends read, and how strongSwan lists what came of them."""

    name: str
    ike: str
    esp: str
    ike_listed: dict
    esp_listed: dict


SUITES = {
    suite.name: suite for suite in (
        Suite("aes-gcm/x25519", "aes128gcm16-prfsha256-x25519", "aes128gcm16-x25519",
              {"encr-alg": "AES_GCM_16", "encr-keysize": "128", "prf-alg": "PRF_HMAC_SHA2_256",
               "dh-group": "CURVE_25519"},
              {"encr-alg": "AES_GCM_16", "encr-keysize": "128"}),
        Suite("aes-cbc-sha256/ecp256", "aes256-sha256-ecp256", "aes256-sha256-ecp256",
              {"encr-alg": "AES_CBC", "encr-keysize": "256", "integ-alg": "HMAC_SHA2_256_128",
               "prf-alg": "PRF_HMAC_SHA2_256", "dh-group": "ECP_256"},
              {"encr-alg": "AES_CBC", "encr-keysize": "256", "integ-alg": "HMAC_SHA2_256_128"}),
        Suite("chacha20poly1305/modp3072", "chacha20poly1305-prfsha256-modp3072", "chacha20poly1305-modp3072",
              {"encr-alg": "CHACHA20_POLY1305", "prf-alg": "PRF_HMAC_SHA2_256", "dh-group": "MODP_3072"},
              {"encr-alg": "CHACHA20_POLY1305"}),
    )
}


@dataclasses.dataclass(frozen=True)
class Tunnel:
    """@auth: psk, or a kind of key that pki.py issues. The *_of dicts are by side: left, right."""

    suite: Suite = SUITES["aes-gcm/x25519"]
    auth: str = "psk"
    family: int = 4
    key_of: dict = dataclasses.field(default_factory=lambda: {"left": KEY, "right": KEY})
    id_of: dict = dataclasses.field(default_factory=lambda: {"left": "left.lab.test", "right": "right.lab.test"})
    expected_of: dict = dataclasses.field(default_factory=dict)  # identity that a side wants, if not the other's
    certificate_of: dict = dataclasses.field(default_factory=dict)  # name in pki, if not auth's
    authority_of: dict = dataclasses.field(default_factory=dict)  # the same, of what a side trusts
    nets_of: dict = dataclasses.field(default_factory=dict)  # {side: (own nets, other's nets)}
    suite_of: dict = dataclasses.field(default_factory=dict)

    def proposals(self, side):
        return self.suite_of.get(side.name, self.suite)

    def expected(self, side, other):
        return self.expected_of.get(side.name, self.id_of[other.name])

    def selectors(self, side, other):
        return self.nets_of.get(side.name, (list(side.nets.values()), list(other.nets.values())))


@dataclasses.dataclass
class ChildSa:
    state: str
    spi_in: str
    spi_out: str
    algorithms: dict
    octets_in: int
    octets_out: int
    local: set  # selectors as text, ports as numbers
    remote: set


@dataclasses.dataclass
class IkeSa:
    state: str
    spi_i: str
    spi_r: str
    is_initiator: bool
    algorithms: dict
    remote_id: str
    children: list
