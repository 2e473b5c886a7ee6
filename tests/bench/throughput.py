#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Throughput and its cost, in one run: the bare link, our data plane, our daemon, strongSwan's kernel-libipsec.

All contenders carry the same traffic between the same two namespaces, one after the other, in interleaved rounds;
what is printed is the median, and ratios to libipsec. CPU is that of both tunnel ends, not of the traffic's programs."""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop"))

import ravelin  # pylint: disable=wrong-import-position
import strongswan  # pylint: disable=wrong-import-position
from lab import Lab, need_rights, stop, wait_for  # pylint: disable=wrong-import-position
from tap import Failed, Skipped, check  # pylint: disable=wrong-import-position
from tunnel import SUITES, Tunnel  # pylint: disable=wrong-import-position

BUILD = pathlib.Path(os.environ.get("G_TEST_BUILDDIR", "."))
END = BUILD / "tests/interop/data-plane-end"
DATAGRAMS = BUILD / "tests/bench/datagrams"
# Its fastest implementations first: those of the interop tests are its portable ones.
strongswan.PLUGINS = "aesni openssl " + strongswan.PLUGINS.replace(" openssl", "")
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(process):
    """Seconds of CPU that the process and its threads have taken."""
    words = pathlib.Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / TICKS


class Bare:
    """No tunnel: the link itself."""

    name = "bare link"

    def __init__(self, lab):
        self.processes = []
        self.addresses = {side.name: side.outer[4] for side in (lab.left, lab.right)}

    def close(self):
        pass


class Planes(Bare):
    """Two data planes with keys by hand."""

    def __init__(self, lab, *words):
        super().__init__(lab)
        self.lab = lab
        self.addresses = {side.name: side.inner[4] for side in (lab.left, lab.right)}
        for letter, side, other in (("a", lab.left, lab.right), ("b", lab.right, lab.left)):
            log = lab.folder / f"end-{side.name}.log"
            with open(log, "w", encoding="utf-8") as out:
                self.processes.append(lab.start(side, str(END), letter, side.outer[4], other.outer[4], side.nets[4],
                                                other.nets[4], "mtu=1438", *words, stdout=out))
            wait_for(lambda log=log: "ready" in log.read_text(encoding="utf-8"), "an end is ready")

    def close(self):
        for process in self.processes:
            stop(process)
            self.lab.processes.remove(process)


class Daemons(Bare):
    """Two daemons of one kind with an IKEv2 tunnel between them."""

    def __init__(self, lab, kind):
        super().__init__(lab)
        self.lab = lab
        self.addresses = {side.name: side.inner[4] for side in (lab.left, lab.right)}
        for side in (lab.left, lab.right):  # each begins in a folder of its own
            for folder in lab.folder.glob(f"*d-{side.name}"):
                shutil.rmtree(folder)
            for folder in lab.folder.glob(f"charon-{side.name}"):
                shutil.rmtree(folder)
        self.ends = [kind(lab, lab.left, lab.right, None), kind(lab, lab.right, lab.left, None)]
        self.processes = [end.process for end in self.ends]
        for end in self.ends:
            end.load(Tunnel(suite=SUITES["aes-gcm/x25519"]))
        self.ends[0].up()

    def close(self):
        for end in self.ends:
            end.stop()


def contenders(wanted):
    """Pairs of a name and what makes it, as far as they are here."""
    found = [("bare link", Bare)]
    if END.exists():
        found += [("data plane", Planes), ("data plane, raw ESP", lambda lab: Planes(lab, "encapsulation=raw")),
                  ("data plane, no offloads", lambda lab: Planes(lab, "offloads=no"))]
    for name, module, kind in (("ravelind", ravelin, ravelin.Ravelin), ("libipsec", strongswan, strongswan.StrongSwan)):
        try:
            module.need()
            found.append((name, lambda lab, kind=kind: Daemons(lab, kind)))
        except Skipped as reason:
            print(f"# {name} is left out: {reason}")
    return [(name, make) for name, make in found if not wanted or name in wanted]


class Meter:
    """CPU of a contender's ends while something runs."""

    def __init__(self, contender):
        self.contender = contender

    def __enter__(self):
        self.begin = sum(cpu_of(process) for process in self.contender.processes)
        return self

    def __exit__(self, *_):
        self.seconds = sum(cpu_of(process) for process in self.contender.processes) - self.begin


def tcp(lab, contender, flows, seconds):
    """Gbit/s, and CPU seconds a GB."""
    server = lab.start(lab.right, "iperf3", "-s", "-1", "-B", contender.addresses["right"], stdout=subprocess.DEVNULL)
    wait_for(lambda: ":5201" in lab.run(lab.right, "ss", "-Hltn"), "iperf3 listens")
    with Meter(contender) as meter:
        done = subprocess.run(["ip", "netns", "exec", lab.left.namespace, "iperf3", "-J", "-c",
                               contender.addresses["right"], "-B", contender.addresses["left"], "-t", str(seconds),
                               "-P", str(flows)], capture_output=True, text=True, check=False)
    stop(server)
    lab.processes.remove(server)
    received = json.loads(done.stdout).get("end", {}).get("sum_received")
    check(received, "iperf3", done.stdout[-300:])
    return {f"TCP {flows}, Gbit/s": received["bits_per_second"] / 1e9,
            f"TCP {flows}, CPU s/GB": meter.seconds / (received["bytes"] / 1e9) if contender.processes else None}


def datagrams(lab, contender, octets, rate, seconds, *words):
    """CPU microseconds a packet of both ends, and the share that was lost; flooded: packets a second that came."""
    receiver = lab.start(lab.right, str(DATAGRAMS), "receive", contender.addresses["right"], "7002",
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    receiver.stdout.readline()
    with Meter(contender) as meter:
        sent = int(lab.run(lab.left, str(DATAGRAMS), "send", contender.addresses["left"], contender.addresses["right"],
                           "7002", str(octets), str(rate), str(seconds), *words))
        time.sleep(0.3)
    came = int(receiver.communicate("stop\n")[0] or 0)
    lab.processes.remove(receiver)
    what = f"{octets} B" + (" segmented" if words else "")
    if rate == 0:
        return {f"{what}, flooded, kpps": came / seconds / 1000}
    return {f"{what} at {rate}/s, CPU us": meter.seconds * 1e6 / max(came, 1) if contender.processes else None,
            f"{what} at {rate}/s, lost %": 100 * (sent - came) / max(sent, 1)}


def latency(lab, contender):
    done = lab.run(lab.left, "ping", "-n", "-q", "-c", "200", "-i", "0.005", "-I", contender.addresses["left"],
                   contender.addresses["right"])
    return {"ping, mean us": float(done.rsplit("=", 1)[1].split("/")[1]) * 1000}


def measure(lab, make, seconds):
    contender = make(lab)
    found = {}
    try:
        # Floods last: some need long to recover.
        for row in (lambda: latency(lab, contender), lambda: tcp(lab, contender, 1, seconds), lambda: tcp(lab, contender, 8, seconds),
                    lambda: datagrams(lab, contender, 64, 20000, seconds),
                    lambda: datagrams(lab, contender, 1392, 10000, seconds),
                    lambda: datagrams(lab, contender, 1392, 0, seconds),
                    lambda: datagrams(lab, contender, 1392, 0, seconds, "segment")):
            try:
                found.update(row())
            except Failed as reason:
                print(f"#   {reason}")
    finally:
        contender.close()
    return found


def print_table(results, names):
    rows = list(dict.fromkeys(row for name in names for found in results[name] for row in found))
    base = "libipsec" if results.get("libipsec") else None
    print(f"\n{'median':32}" + "".join(f"{name:>26}" for name in names))
    for row in rows:
        medians = {}
        for name in names:
            values = [found[row] for found in results[name] if found.get(row) is not None]
            medians[name] = statistics.median(values) if values else None
        line = f"{row:32}"
        for name in names:
            value = medians[name]
            ratio = f" ({value / medians[base]:.2f}x)" if value is not None and base and medians[base] else ""
            line += f"{'-' if value is None else f'{value:.2f}{ratio}':>26}"
        print(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    parser.add_argument("contender", nargs="*", help="names of those that are wanted; default: all that are here")
    wanted = parser.parse_args()
    try:
        need_rights()
        if shutil.which("iperf3") is None:
            raise Skipped("iperf3 is missing")
        if not DATAGRAMS.exists():
            raise Skipped(f"{DATAGRAMS} isn't built")
    except Skipped as reason:
        print(f"bench: skipped: {reason}")
        return
    pairs = contenders(wanted.contender)
    results = {name: [] for name, _ in pairs}
    with Lab() as lab:
        for number in range(wanted.rounds):
            for name, make in pairs:
                try:
                    results[name].append(measure(lab, make, wanted.seconds))
                    print(f"# round {number + 1}: {name}", flush=True)
                except Failed as reason:
                    print(f"# round {number + 1}: {name} failed: {reason}", flush=True)
    print_table(results, [name for name, _ in pairs if results[name]])


if __name__ == "__main__":
    main()
