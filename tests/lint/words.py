# SPDX-License-Identifier: LGPL-2.1-or-later
"""The core knows no algorithm, no authentication method and no kernel interface: no such word stands in its code
(comments may explain). What an RFC fixes to one hash stands in one file."""

import re

import sources

FIXED = "daemon/ike/core/fixed.c"

# A word is a run of letters and digits: "_", "-" and a change to a capital end it. All in lower case.
WORDS = [
    ("an algorithm", r"aes\d*|gcm\d*|ccm\d*|cbc|chacha\d*|poly1305|camellia\d*|3des|des3|tripledes|blowfish"),
    ("an algorithm", r"md5|sha|sha[1235]|sha224|sha256|sha384|sha512|hmac|cmac|xcbc|gmac|umac"),
    ("a group", r"modp\d*|ecp\d+|brainpool\w*|curve25519|curve448|x25519|x448|kyber\d*|mlkem\d*"),
    ("an authentication method", r"psk|rsa|rsasig|ecdsa|eddsa|ed25519|ed448|dss|xauth|mschapv2"),
    ("a crypto library", r"openssl|gcrypt|libgcrypt|gnutls|libcrypto|evp"),
    ("a kernel interface", r"xfrm|libmnl|mnl|nftables|nft|tuntap|vnet"),
]

# (file, word, why it may stand there)
EXCEPTIONS = [
    ("daemon/control/journal.c", "sha256", "GLib's name of a checksum: it makes MESSAGE_ID of an event's word"),
    ("daemon/wire/notify-types.def", "psk", "IANA's names of two notifies of RFC 6631"),
]

_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_")
_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include.*$", re.M)


def check(root):
    patterns = [(kind, re.compile(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])")) for kind, words in WORDS]
    allowed = {(path, word) for path, word, _ in EXCEPTIONS}
    for source in sources.c_sources(root):
        if not source.is_under("daemon") or source.path == FIXED or source.name.startswith("test-"):
            continue
        for number, line in enumerate(_INCLUDE.sub("", source.code).split("\n"), 1):
            plain = _BORDER.sub(" ", line).lower()
            for kind, pattern in patterns:
                for match in pattern.finditer(plain):
                    if (source.path, match[0]) not in allowed:
                        yield source.path, number, f"'{match[0]}' names {kind}, which the core doesn't know"
