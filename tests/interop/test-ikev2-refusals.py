# SPDX-License-Identifier: LGPL-2.1-or-later
"""Set-ups with strongSwan that must fail: the right notify on the wire, the cause in Ravelin's log and in `explain`,
and nothing left behind."""

import dataclasses
import time

import wire
from against_strongswan import run
from lab import wait_for
from tap import check
from tunnel import KEY, SUITES, Tunnel

NO_PROPOSAL_CHOSEN = 14

# An end that is refused knows only the notify; the one that refuses knows the cause.
BY_PEER = "auth-refused-by-peer"


@dataclasses.dataclass(frozen=True)
class Refusal:
    """@notify: as strongSwan's log calls it, of whichever end sends it; @causes: one of them must be told. An IKE SA
    whose Child SA alone was refused stays, and the row takes it down."""

    name: str
    role: str
    tunnel: Tunnel
    notify: str
    causes: tuple
    ike_stays: bool = False


def other_key(of):
    return {"left": KEY, "right": KEY, of: "another-key-fedcba9876543210"}


CASES = [
    Refusal("wrong key", "initiator", Tunnel(key_of=other_key("right")), "AUTH_FAILED", (BY_PEER,)),
    Refusal("wrong key", "responder", Tunnel(key_of=other_key("right")), "AUTH_FAILED", ("psk-mismatch",)),
    Refusal("peer expects another identity", "initiator", Tunnel(expected_of={"right": "x.lab.test"}), "AUTH_FAILED",
            (BY_PEER,)),
    Refusal("peer is another identity", "initiator", Tunnel(id_of={"left": "left.lab.test", "right": "x.lab.test"},
                                                            expected_of={"left": "right.lab.test"}),
            "AUTH_FAILED", (BY_PEER, "identity-mismatch", "no-such-identity")),
    Refusal("peer is another identity", "responder", Tunnel(id_of={"left": "left.lab.test", "right": "x.lab.test"},
                                                            expected_of={"left": "right.lab.test"}),
            "AUTH_FAILED", ("identity-mismatch", "no-such-identity")),
    Refusal("untrusted certificate", "initiator",
            Tunnel(auth="ecdsa", certificate_of={"right": "stranger"}), "AUTH_FAILED", ("certificate-untrusted",)),
    Refusal("untrusted certificate", "responder",
            Tunnel(auth="ecdsa", certificate_of={"right": "stranger"}), "AUTH_FAILED", ("certificate-untrusted",)),
    Refusal("untrusted certificate of ours", "initiator",
            Tunnel(auth="ecdsa", certificate_of={"left": "stranger-left"}), "AUTH_FAILED", (BY_PEER,)),
    Refusal("expired certificate", "initiator",
            Tunnel(auth="ecdsa", certificate_of={"right": "expired"}), "AUTH_FAILED", ("certificate-expired",)),
    Refusal("expired certificate", "responder",
            Tunnel(auth="ecdsa", certificate_of={"right": "expired"}), "AUTH_FAILED", ("certificate-expired",)),
    Refusal("certificate without the identity", "responder",
            Tunnel(auth="ecdsa", certificate_of={"right": "misnamed"}), "AUTH_FAILED", ("san-mismatch",)),
    Refusal("no common proposal", "initiator",
            Tunnel(suite_of={"right": SUITES["chacha20poly1305/modp3072"]}), "NO_PROP", ("ike-proposal-mismatch",)),
    Refusal("no common proposal", "responder",
            Tunnel(suite_of={"right": SUITES["chacha20poly1305/modp3072"]}), "NO_PROP", ("ike-proposal-mismatch",)),
    Refusal("no common Child SA proposal", "responder", Tunnel(suite_of={"right": dataclasses.replace(
        SUITES["aes-gcm/x25519"], esp=SUITES["aes-cbc-sha256/ecp256"].esp)}), "NO_PROP", ("child-proposal-mismatch",),
            True),
    Refusal("selectors don't meet", "initiator", Tunnel(nets_of={"left": (["10.81.0.0/16"], ["10.99.0.0/16"])}),
            "TS_UNACCEPT", ("selector-mismatch",), True),
    Refusal("selectors don't meet", "responder", Tunnel(nets_of={"left": (["10.81.0.0/16"], ["10.99.0.0/16"])}),
            "TS_UNACCEPT", ("selector-mismatch",), True),
]


def differences(before, after, path=""):
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from differences(before.get(key), after.get(key), f"{path}{key}: ")
    elif before != after:
        yield f"{path}{before!r} became {after!r}"


def settled_holdings(end):
    """What the end holds once the kernel has nothing more to do for its interface."""
    before = end.holdings()

    def is_settled():
        nonlocal before
        time.sleep(0.5)
        before, last = end.holdings(), before
        return before if before == last else None

    return wait_for(is_settled, "what ravelind holds stays the same")


def row_refused(pair, case):
    ours, theirs = pair.left, pair.right
    initiator = ours if case.role == "initiator" else theirs
    pair.load(case.tunnel)
    before = settled_holdings(ours)
    capture = pair.capture()
    came_up = initiator.try_up()
    check(not came_up or case.ike_stays, "it came up")
    for what, tell in (("the log", ours.log_text), ("explain", ours.explain)):  # both are told by a queue
        wait_for(lambda tell=tell: any(cause in tell() for cause in case.causes), f"{what} tells one of {case.causes}",
                 5.0)
    if case.ike_stays:
        for end in pair.ends:
            if end.sas():
                end.down()
    wait_for(lambda: not any(end.sas() for end in pair.ends), "no SA is left")

    seen = wire.read(capture.stop())
    if case.notify == "NO_PROP" and not case.ike_stays:
        check(any(NO_PROPOSAL_CHOSEN in message.clear_notifies() for message in seen.ike if message.is_response),
              "NO_PROPOSAL_CHOSEN is on the wire")
    check(f"N({case.notify})" in theirs.log_text(), f"{case.notify} was sent", theirs.log_text())
    check(not seen.esp, "no ESP was sent", seen.esp[:1])
    check(not seen.in_clear(pair.networks()), "nothing was sent in clear")

    end = time.monotonic() + 8
    while (left := list(differences(before, ours.holdings()))) and time.monotonic() < end:
        time.sleep(0.2)
    check(not left, "something is left behind", *left)
    pair.unload()


def rows(pair, keys):
    keys.authority("ecdsa", "stranger-ca", "stranger")
    keys.issue("stranger", "ecdsa", "right.lab.test", "stranger-ca")
    keys.issue("stranger-left", "ecdsa", "left.lab.test", "stranger-ca")
    keys.issue("expired", "ecdsa", "right.lab.test", has_expired=True)
    keys.issue("misnamed", "ecdsa", "other.lab.test")
    for case in CASES:
        yield lambda case=case: row_refused(pair, case)


if __name__ == "__main__":
    run([f"strongSwan, Ravelin as {case.role}: {case.name} is refused" for case in CASES], rows, kinds=("ecdsa",))
