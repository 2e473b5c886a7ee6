#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a responder pays for an IKE SA with a Child SA, in CPU and resident memory: Ravelin beside strongSwan.

The same initiator, strongSwan, sets up the same number of IKE SAs with each responder, one after the other, PSK and
X25519, in interleaved rounds; what is printed is the median, and the ratios."""

import argparse
import pathlib
import re
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop"))

import pki  # pylint: disable=wrong-import-position
import ravelin  # pylint: disable=wrong-import-position
import strongswan  # pylint: disable=wrong-import-position
from lab import Lab, need_rights  # pylint: disable=wrong-import-position
from tap import Skipped, check  # pylint: disable=wrong-import-position
from throughput import cpu_of  # pylint: disable=wrong-import-position

KEY = "bench-psk-0123456789abcdef0123456789"
IKE, ESP = "aes128gcm16-prfsha256-x25519", "aes128gcm16"


def resident_kib(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


def address(number):
    return f"10.81.{1 + number // 250}.{1 + number % 250}"


class Initiator(strongswan.StrongSwan):
    """One connection, identity and selector a SA, so that each is an IKE SA of its own."""

    def prepare(self, sas):
        self._command("load-shared", {"id": "ike-bench", "type": "IKE", "data": KEY})
        for number in range(sas):
            self._command("load-conn", {f"c{number}": {
                "version": "2", "local_addrs": [self.side.outer[4]], "remote_addrs": [self.other.outer[4]],
                "proposals": [IKE], "mobike": "no", "unique": "never", "reauth_time": "0", "rekey_time": "0",
                "local": {"auth": "psk", "id": f"c{number}.lab.test"}, "remote": {"auth": "psk", "id": "right.lab.test"},
                "children": {f"n{number}": {"local_ts": [f"{address(number)}/32"], "remote_ts": [self.other.nets[4]],
                                            "esp_proposals": [ESP], "rekey_time": "0"}}}})

    def set_up(self, number):
        self._command("initiate", {"child": f"n{number}", "ike": f"c{number}", "timeout": "15000", "loglevel": "0"},
                      "control-log")


class OtherResponder(strongswan.StrongSwan):
    def welcome(self):
        self._command("load-shared", {"id": "ike-bench", "type": "IKE", "data": KEY})
        self._command("load-conn", {"bench": {
            "version": "2", "local_addrs": [self.side.outer[4]], "remote_addrs": ["%any"], "proposals": [IKE],
            "mobike": "no", "unique": "never", "reauth_time": "0", "rekey_time": "0",
            "local": {"auth": "psk", "id": "right.lab.test"}, "remote": {"auth": "psk", "id": "%any"},
            "children": {"net": {"local_ts": [self.side.nets[4]], "remote_ts": [self.other.nets[4]],
                                 "esp_proposals": [ESP], "rekey_time": "0"}}}})


class OurResponder(ravelin.Ravelin):
    def welcome(self):
        secret = self.etc / "secrets.d" / "bench.conf"
        secret.touch(0o600)
        secret.write_text(f'[secret bench]\npsk = "{KEY}"\n')
        (self.etc / "conf.d" / "bench.conf").write_text(f"""[connection bench]
local-id = right.lab.test
auth = psk
unique = keep
protect = {self.side.nets[4]} <-> {self.other.nets[4]}
ike-proposals = {IKE}
child-proposals = {ESP}
""")
        self.ctl("reload")


def measure(kind, sas):
    """CPU milliseconds and KiB a SA of the responder."""
    with Lab() as lab:
        keys = pki.Pki(lab.folder / "pki")
        lab.shell(lab.left, "\n".join(f"ip addr add {address(number)}/32 dev lo" for number in range(sas)))
        responder = kind(lab, lab.right, lab.left, keys)
        responder.welcome()
        initiator = Initiator(lab, lab.left, lab.right, keys)
        initiator.prepare(sas)
        initiator.set_up(0)  # what the first one costs alone is not asked here
        cpu, memory = cpu_of(responder.process), resident_kib(responder.process)
        for number in range(1, sas):
            initiator.set_up(number)
        cpu, memory = cpu_of(responder.process) - cpu, resident_kib(responder.process) - memory
        standing = sum(len(sa.children) for sa in responder.sas())
        check(standing == sas, f"{standing} Child SAs stand at the responder, wanted {sas}")
        return cpu * 1000 / (sas - 1), memory / (sas - 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sas", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    try:
        need_rights()
        strongswan.need()
        ravelin.need()
    except Skipped as reason:
        print(f"skipped: {reason}")
        return
    kinds = {"Ravelin": OurResponder, "strongSwan": OtherResponder}
    told = {name: [] for name in kinds}
    for _ in range(options.rounds):
        for name, kind in kinds.items():
            told[name].append(measure(kind, options.sas))
            print(f"# {name}: {told[name][-1][0]:.2f} ms CPU, {told[name][-1][1]:.1f} KiB a SA", flush=True)
    medians = {name: [statistics.median(row[i] for row in rows) for i in (0, 1)] for name, rows in told.items()}
    print(f"{options.sas} IKE SAs with a Child SA, PSK, X25519; responder, median of {options.rounds}")
    for name, (cpu, memory) in medians.items():
        print(f"{name:12} {cpu:8.2f} ms CPU {memory:8.1f} KiB")
    print(f"{'ratio':12} {medians['Ravelin'][0] / medians['strongSwan'][0]:8.2f} "
          f"       {medians['Ravelin'][1] / medians['strongSwan'][1]:8.2f}")


if __name__ == "__main__":
    main()
