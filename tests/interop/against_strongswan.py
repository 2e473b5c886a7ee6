# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the scripts with Ravelin on the left and strongSwan on the right share: the lab is built once for all rows."""

import itertools

import pki
import ravelin
import strongswan
from lab import Lab, need_rights
from rows import Pair
from tap import begin

KINDS = ("rsa", "ecdsa", "ed25519")


def name_of(role, tunnel, what):
    return (f"strongSwan, Ravelin as {role}, {tunnel.auth}, {tunnel.suite.name}, IPv{tunnel.family}: {what}")


def issue(keys, lab, kinds=KINDS):
    for kind in kinds:
        for side in (lab.left, lab.right):
            keys.issue(f"{kind}-{side.name}", kind, f"{side.name}.lab.test")


def run(names, rows, backend="openssl", kinds=(), needs=(), options=(), lab_type=Lab, **daemon):
    """@rows: a function of the pair and the pki that yields as many functions as there are names; @options: of
    charon itself; @daemon: of ravelind."""
    names = [*names, "strongSwan, Ravelin ends in order and leaves nothing behind"]
    report = begin(names, need_rights, strongswan.need, lambda: ravelin.need(backend),
                   *([ravelin.need_certificates] if kinds else []), *needs)
    names = [name.replace("strongSwan,", f"strongSwan {strongswan.version()}, IKEv2,", 1) for name in names]
    with lab_type() as lab:
        keys = pki.Pki(lab.folder / "pki")
        issue(keys, lab, kinds)
        pair = Pair(lab, ravelin.Ravelin(lab, lab.left, lab.right, keys, backend, **daemon),
                    strongswan.StrongSwan(lab, lab.right, lab.left, keys, options),
                    map("{}".format, itertools.count()))
        print(f"# Ravelin {ravelin.version()} with {backend}, strongSwan {strongswan.version()}", flush=True)
        for name, row in zip(names, itertools.chain(rows(pair, keys), [pair.left.end])):
            failed = report.failed
            report.run(name, row, lambda: pair.left.log() + ["--"] + pair.right.log())
            if report.failed > failed and row != pair.left.end:
                lab.stop_others([end.process for end in pair.ends])
                for end in pair.ends:
                    end.reset()
    report.end()
