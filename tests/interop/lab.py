# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two network namespaces with one link between them, and what runs inside; all of it is taken away at the end.

    10.81.0.1, fd81::1 | left  10.77.0.1, fd77::1 ---- 10.77.0.2, fd77::2  right | 10.82.0.1, fd82::1

Names hold this process' id, so that tests run side by side. Nothing outside the two namespaces is touched."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from tap import Failed, Skipped

TRAFFIC = pathlib.Path(__file__).with_name("traffic.py")


class Side:
    """One namespace: its addresses, by family. @outer: its own; @public: those by which the others reach it."""

    def __init__(self, name, number):
        self.name = name
        self.namespace = f"rvl-{name}-{os.getpid()}"
        self.link = f"rvl{name[0]}{os.getpid()}"
        self.outer = {4: f"10.77.0.{number}", 6: f"fd77::{number}"}
        self.public = self.outer
        self.inner = {4: f"10.8{number}.0.1", 6: f"fd8{number}::1"}
        self.nets = {4: f"10.8{number}.0.0/16", 6: f"fd8{number}::/64"}


def need_tools(*tools):
    for tool in tools:
        if shutil.which(tool) is None:
            raise Skipped(f"{tool} is missing")


def need_rights():
    """Skips where namespaces and links can't be made."""
    need_tools("ip", "unshare", "tcpdump")
    if os.geteuid() != 0:
        raise Skipped("needs root, for network namespaces")
    probe = f"rvl-probe-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise Skipped(f"no network namespace can be made: {made.stderr.strip()}")
    subprocess.run(["ip", "netns", "del", probe], check=False)
    if not os.path.exists("/dev/net/tun"):
        raise Skipped("/dev/net/tun is missing")


def wait_for(condition, what, seconds=10.0):
    """Polls until condition() is true, and returns its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"{what}: not within {seconds} s")
        time.sleep(0.05)


class Lab:
    def __init__(self):
        self.left = Side("left", 1)
        self.right = Side("right", 2)
        self.sides = [self.left, self.right]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ravelin-interop-"))
        self.processes = []

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was made is taken away then too
        try:
            self._build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def _build(self):
        for side in self.sides:
            run("ip", "netns", "add", side.namespace)
            # Before the link exists: decapsulated packets come in by an interface that no route points back to.
            self.shell(side, "for f in all default; do echo 0 > /proc/sys/net/ipv4/conf/$f/rp_filter; done")
            run("ip", "-n", side.namespace, "link", "set", "lo", "up")
        self._link()
        for side in self.sides:
            # No link-local address, which would come a second or two later and change what the kernel holds.
            run("ip", "-n", side.namespace, "link", "set", side.link, "addrgenmode", "none")
            run("ip", "-n", side.namespace, "addr", "add", f"{side.outer[4]}/24", "dev", side.link)
            run("ip", "-n", side.namespace, "addr", "add", f"{side.outer[6]}/64", "dev", side.link, "nodad")
            run("ip", "-n", side.namespace, "addr", "add", f"{side.inner[4]}/32", "dev", "lo")
            run("ip", "-n", side.namespace, "addr", "add", f"{side.inner[6]}/128", "dev", "lo", "nodad")
            run("ip", "-n", side.namespace, "link", "set", side.link, "up")

    def _link(self):
        """Makes the link of each side."""
        run("ip", "-n", self.left.namespace, "link", "add", self.left.link, "type", "veth",
            "peer", "name", self.right.link, "netns", self.right.namespace)

    def stop_others(self, kept):
        """Ends what a row that failed left running."""
        for process in [process for process in self.processes if process not in kept]:
            self.stop(process)

    def close(self):
        for process in reversed(self.processes):
            stop(process)
        for side in self.sides:
            subprocess.run(["ip", "netns", "del", side.namespace], capture_output=True, check=False)
        if not os.environ.get("RAVELIN_KEEP_INTEROP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    def client(self, side):
        """A machine behind @side, in its protected networks, whose packets @side forwards."""
        client = Side(side.name[0] + "client", 0)
        net4, net6 = side.nets[4].rsplit(".", 2)[0] + ".5.", side.nets[6].split("/", maxsplit=1)[0] + "5:"
        client.inner = {4: net4 + "2", 6: net6 + "2"}
        run("ip", "netns", "add", client.namespace)
        self.sides.append(client)
        run("ip", "-n", side.namespace, "link", "add", f"in{side.link}", "type", "veth",
            "peer", "name", "out", "netns", client.namespace)
        for namespace, link, end in ((side.namespace, f"in{side.link}", "1"), (client.namespace, "out", "2")):
            run("ip", "-n", namespace, "link", "set", link, "addrgenmode", "none")
            run("ip", "-n", namespace, "addr", "add", f"{net4}{end}/24", "dev", link)
            run("ip", "-n", namespace, "addr", "add", f"{net6}{end}/112", "dev", link, "nodad")
            run("ip", "-n", namespace, "link", "set", link, "up")
        run("ip", "-n", client.namespace, "route", "add", "default", "via", f"{net4}1")
        run("ip", "-n", client.namespace, "-6", "route", "add", "default", "via", f"{net6}1")
        self.shell(side, "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding")
        return client

    def start(self, side, *command, **options):
        """A process inside, which the lab ends."""
        process = subprocess.Popen(["ip", "netns", "exec", side.namespace, *command], **options)
        self.processes.append(process)
        return process

    def stop(self, process):
        stop(process)
        self.processes.remove(process)

    def run(self, side, *command):
        return run("ip", "netns", "exec", side.namespace, *command)

    def shell(self, side, script):
        return self.run(side, "sh", "-c", script)

    def kernel_state(self, side):
        """Links, addresses, routes and rules: what must be the same after a tunnel has gone."""
        parts = [["ip", "-br", "link"], ["ip", "-br", "addr"], ["ip", "rule"], ["ip", "-6", "rule"],
                 ["ip", "route", "show", "table", "all"], ["ip", "-6", "route", "show", "table", "all"]]
        if shutil.which("nft"):
            parts.append(["nft", "-s", "list", "ruleset"])
        return {" ".join(part): self.run(side, *part) for part in parts}


class Capture:
    """What passes on the link, seen from one side."""

    def __init__(self, lab, side, name):
        self.path = lab.folder / f"{name}.pcap"
        self.lab = lab
        self.process = lab.start(side, "tcpdump", "-i", side.link, "--immediate-mode", "-U", "-s", "0", "-B", "16384",
                                 "-Z", "root", "-w", str(self.path), stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        wait_for(lambda: self.path.exists() and self.path.stat().st_size >= 24, "tcpdump starts")

    def stop(self):
        time.sleep(0.2)
        self.lab.stop(self.process)
        return self.path


class Traffic:
    """Numbered packets between the protected addresses, both ways and in both families."""

    def __init__(self, lab, rate=200, families=(4, 6), between=None, port=7777):
        self.lab = lab
        self.families = families
        self.between = between or (lab.left, lab.right)
        self.ends = {}
        for side, other in (self.between, self.between[::-1]):
            pairs = [f"{side.inner[family]},{other.inner[family]}" for family in families]
            self.ends[side.name] = lab.start(side, sys.executable, str(TRAFFIC), str(rate), str(port), *pairs,
                                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for end in self.ends.values():  # both listen before either sends
            end.stdout.readline()
        for end in self.ends.values():
            end.stdin.write("go\n")
            end.stdin.flush()

    def stop(self):
        """Returns rows of (from, to, family, sent, received, missing, doubled)."""
        for end in self.ends.values():
            end.stdin.write("stop\n")
            end.stdin.flush()
        told = {}
        for name, end in self.ends.items():
            told[name] = json.loads(end.stdout.readline())
            self.lab.stop(end)
        rows = []
        names = tuple(side.name for side in self.between)
        for source, target in (names, names[::-1]):
            for i, family in enumerate(self.families):
                sent = told[source]["sent"][i]
                got = told[target]["received"][i]
                seen = set(got)
                missing = sorted(set(range(sent)) - seen)
                rows.append((source, target, family, sent, len(seen), missing, len(got) - len(seen)))
        return rows


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}: exit {done.returncode}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def stop(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        try:
            if pipe:
                pipe.close()
        except BrokenPipeError:  # what was to be said to it no longer matters
            pass
