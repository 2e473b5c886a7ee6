#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two ravelinds over loopback, told what to do by ravelinctl: what an operator sees, without any privilege."""

import itertools
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/interop"))

from tap import Skipped, begin, check, equal  # pylint: disable=wrong-import-position

BUILD = pathlib.Path(os.environ.get("G_TEST_BUILDDIR", ".")).resolve()
DAEMON = BUILD / "daemon/ravelind"
CONTROL = BUILD / "ctl/ravelinctl"
MODULES = BUILD / "modules"
PLUGINS = "aes_gcm, hmac_sha2, curve25519, ecp, modp, psk, installer_null"
KEY = "0123456789abcdef0123456789abcdef"
PATIENCE_S = 30

# ravelinctl(1), EXIT STATUS
FAILED, USAGE, NO_DAEMON, BAD_CONFIGURATION, TIMED_OUT, NOT_FOUND = 1, 2, 3, 5, 6, 7


def wait_for(condition, what):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        check(time.monotonic() < end, f"{what}: not within {PATIENCE_S} s")
        time.sleep(0.02)


def free_ports(n):
    """Ports that nobody has just now."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(n)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Daemon:
    """One end; @network: the octet that its protected network has."""

    def __init__(self, folder, name, network):
        self.folder, self.name, self.network = folder / name, name, network
        self.port, self.nat_port = free_ports(2)
        self.process = None
        self.key = KEY
        for part in ("etc/conf.d", "etc/secrets.d", "etc/pki", "run", "state"):
            (self.folder / part).mkdir(parents=True)
        backend = "openssl" if (MODULES / "openssl.so").exists() else "gcrypt"
        (self.folder / "etc/ravelin.conf").write_text(
            f"[daemon]\nlisten = 127.0.0.1\nport = {self.port}\nnat-port = {self.nat_port}\ninstaller = null\n"
            f"plugins = {backend}, {PLUGINS}\nretransmit = 100 ms, 2, 4\nlog-level = info\n")
        # What OpenSSL keeps for threads that end with the process counts as lost to a leak checker.
        self.environment = dict(os.environ, RAVELIN_SOCKET=str(self.folder / "run/control"),
                                RAVELIN_PLUGIN_PATH=str(MODULES), ASAN_OPTIONS="detect_leaks=0")

    def arguments(self):
        return [str(DAEMON), "--config-dir", str(self.folder / "etc"), "--runtime-dir", str(self.folder / "run"),
                "--state-dir", str(self.folder / "state"), "--vendor-dir", str(SOURCE / "packaging")]

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(self.arguments(), env=self.environment, stdout=log, stderr=log)
        wait_for(lambda: self.process.poll() is not None or self.ctl("status").returncode == 0, "a daemon that answers")
        check(self.process.poll() is None, "the daemon ended", *self.log())

    def ctl(self, *words):
        return subprocess.run([str(CONTROL), *words], env=self.environment, capture_output=True, text=True, check=False,
                              timeout=PATIENCE_S)

    def done(self, *words):
        result = self.ctl(*words)
        check(result.returncode == 0, f"ravelinctl {' '.join(words)}", result.returncode, result.stderr, result.stdout)
        return result.stdout

    def rows(self, kind):
        return json.loads(self.done("list", kind, "--json"))["items"]

    def log(self):
        path = self.folder / "log"
        return path.read_text(encoding="utf-8").splitlines()[-30:] if path.exists() else []

    def configure(self, other, more="", key=KEY):
        (self.folder / "etc/conf.d/tunnel.conf").write_text(
            f"[connection tunnel]\nlocal-address = 127.0.0.1\nremote-address = 127.0.0.1\nremote-port = {other.port}\n"
            f"auth = psk\nlocal-id = {self.name}.example\nremote-id = {other.name}.example\nkeep = none\n"
            f"protect = 10.{self.network}.0.0/16 <-> 10.{other.network}.0.0/16\n{more}")
        secret = self.folder / "etc/secrets.d/tunnel.conf"
        secret.touch(0o600)
        secret.write_text(f'[secret tunnel]\npsk = "{key}"\n')

    def stop(self):
        """Ends it in order; returns its exit status."""
        self.process.terminate()
        status = self.process.wait(PATIENCE_S)
        self.process = None
        return status


class Ends:
    def __init__(self, folder):
        self.left, self.right = Daemon(folder, "left", 1), Daemon(folder, "right", 2)
        for end, other in self.pairs():
            end.configure(other)
            end.start()

    def pairs(self):
        return ((self.left, self.right), (self.right, self.left))

    def reload(self):
        for end, _ in self.pairs():
            end.done("reload")

    def evidence(self):
        return itertools.chain(self.left.log(), ["--"], self.right.log())


def spis(end):
    """(ours, the peer's) of its IKE SAs and of its Child SAs."""
    return ([(row["local_spi"], row["remote_spi"]) for row in end.rows("ike")],
            [(row["spi_in"], row["spi_out"]) for row in end.rows("child")])


def check_same(ends):
    """One IKE SA and one Child SA, and each end's list says of it what the other's does."""
    ours, theirs = spis(ends.left), spis(ends.right)
    for left, right, what in zip(ours, theirs, ("IKE SA", "Child SA")):
        equal(len(left), 1, f"{what}s at the left")
        equal([pair[::-1] for pair in left], right, f"SPIs of the {what}")
    return ours


def row_checks_configuration(ends):
    good = subprocess.run([*ends.left.arguments(), "--check"], env=ends.left.environment, capture_output=True, text=True,
                          check=False, timeout=PATIENCE_S)
    equal((good.returncode, good.stdout), (0, ""), "ravelind --check")
    ends.left.configure(ends.right, "like-proposals = aes256\n")
    bad = subprocess.run([*ends.left.arguments(), "--check"], env=ends.left.environment, capture_output=True, text=True,
                         check=False, timeout=PATIENCE_S)
    equal(bad.returncode, BAD_CONFIGURATION, "ravelind --check of a misspelt key")
    path = ends.left.folder / "etc/conf.d/tunnel.conf"
    check(f"{path}:10: [connection tunnel] like-proposals: " in bad.stderr and "ike-proposals" in bad.stderr,
          "the report names file, line, group, key and the nearest", bad.stderr)
    ends.left.configure(ends.right)


def row_comes_up(ends):
    said = ends.left.done("up", "tunnel")
    steps = [word for word in ("resolve", "IKE_SA_INIT", "IKE_AUTH", "Child SA") if word in said]
    equal(steps, ["resolve", "IKE_SA_INIT", "IKE_AUTH", "Child SA"], "steps that up shows")
    check_same(ends)
    for end, other in ends.pairs():
        ike = end.rows("ike")[0]
        equal((ike["state"], ike["local_id"], ike["remote_id"], ike["peer"]),
              ("established", f"{end.name}.example", f"{other.name}.example", f"127.0.0.1:{other.port}"),
              f"IKE SA at the {end.name}")
        check("tunnel" in end.done("status"), "status shows the connection")


def row_rekeys(ends):
    before = check_same(ends)
    for end, _ in ends.pairs():
        end.done("rekey", "tunnel")
        end.done("rekey", "tunnel/tunnel")
        wait_for(lambda: [len(part) for part in spis(ends.left) + spis(ends.right)] == [1] * 4, "the old SAs are gone")
    after = check_same(ends)
    check(all(new[0][i] != old[0][i] for new, old in zip(after, before) for i in (0, 1)), "all SPIs are new", before, after)


def row_reload(ends):
    before = check_same(ends)
    for end, other in ends.pairs():
        end.configure(other, "liveness = 17 s\n[connection another]\nauth = psk\nprotect = 10.8.0.0/16 <-> 10.9.0.0/16\n")
        secret = end.folder / "etc/secrets.d/tunnel.conf"
        secret.write_text(secret.read_text() + f'[secret another]\npsk = "{KEY}"\n')
    ends.reload()
    equal(check_same(ends), before, "SPIs after a reload that changes nothing of them")
    equal(sorted(row["name"] for row in ends.left.rows("connection")), ["another", "tunnel"], "connections")
    ends.left.configure(ends.right, "pfs = perhaps\n")
    refused = ends.left.ctl("reload")
    equal(refused.returncode, BAD_CONFIGURATION, "reload of a broken file")
    check("tunnel.conf:10: [connection tunnel] pfs: " in refused.stderr, "the report names the line", refused.stderr)
    equal(check_same(ends), before, "SPIs after a reload that was refused")
    equal(len(ends.left.rows("connection")), 2, "connections after a reload that was refused")


def row_goes_down(ends):
    for end, other in ends.pairs():
        end.configure(other)
    ends.reload()
    ends.left.done("down", "tunnel")
    wait_for(lambda: spis(ends.left) == spis(ends.right) == ([], []), "both ends are without SAs")
    found = json.loads(ends.right.done("explain", "tunnel", "--json"))["items"]
    check(any(item["cause"] == "peer-deleted" for item in found), "the other end knows who ended it", found)


def row_wrong_key(ends):
    ends.right.configure(ends.left, key=KEY[::-1])
    ends.right.done("reload")
    refused = ends.left.ctl("up", "tunnel")
    equal(refused.returncode, FAILED, "up with another key")
    check("auth-refused-by-peer" in refused.stderr, "up says the cause", refused.stderr)
    ours = json.loads(ends.left.done("explain", "tunnel", "--json"))["items"][0]
    theirs = json.loads(ends.right.done("explain", "tunnel", "--json"))["items"][0]
    equal((ours["cause"], theirs["cause"]), ("auth-refused-by-peer", "psk-mismatch"), "causes at both ends")
    equal([spis(end) for end, _ in ends.pairs()], [([], [])] * 2, "SAs that are left")
    ends.right.configure(ends.left)
    ends.right.done("reload")


def row_silent_peer(ends):
    """A peer that is gone without a word: told within the retransmissions that are configured."""
    ends.right.process.kill()
    ends.right.process.wait(PATIENCE_S)
    refused = ends.left.ctl("up", "tunnel")
    equal(refused.returncode, TIMED_OUT, "up without a peer")
    check("peer-silent" in refused.stderr, "up says the cause", refused.stderr)
    check("IKE_SA_INIT" not in refused.stdout, "no step is shown as done", refused.stdout)
    ends.right.start()
    ends.left.done("up", "tunnel")
    check_same(ends)


def row_peer_comes_again(ends):
    """Killed with a tunnel up and started again: its INITIAL_CONTACT ends what the other still has of it (RFC 7296 2.4)."""
    before = check_same(ends)
    ends.right.process.kill()
    ends.right.process.wait(PATIENCE_S)
    ends.right.start()
    ends.right.done("up", "tunnel")
    wait_for(lambda: len(spis(ends.left)[0]) == 1, "the SA of before is gone")
    check(check_same(ends)[0] != before[0], "the IKE SA is a new one")


def row_events(ends):
    with subprocess.Popen([str(CONTROL), "events"], env=ends.left.environment, stdout=subprocess.PIPE, text=True) as events:
        try:
            time.sleep(0.3)
            ends.left.done("rekey", "tunnel")
            line = events.stdout.readline()
            check("tunnel" in line, "an event of the connection", line)
        finally:
            events.terminate()


def row_statuses(ends):
    equal(ends.left.ctl("up", "nobody").returncode, NOT_FOUND, "up of what isn't there")
    equal(ends.left.ctl("rekey", "another").returncode, NOT_FOUND, "rekey of what isn't there")
    equal(ends.left.ctl("fly").returncode, USAGE, "a command that isn't there")
    nobody = dict(ends.left.environment, RAVELIN_SOCKET=str(ends.left.folder / "run/none"))
    without = subprocess.run([str(CONTROL), "status"], env=nobody, capture_output=True, text=True, check=False,
                             timeout=PATIENCE_S)
    equal(without.returncode, NO_DAEMON, "status without a daemon")


def row_ends(ends):
    equal(ends.left.stop(), 0, "exit status of the daemon that is stopped")
    check(not (ends.left.folder / "run/control").exists(), "its socket is gone")
    wait_for(lambda: spis(ends.right) == ([], []), "its peer was told")
    equal(ends.right.stop(), 0, "exit status of the other")


ROWS = {
    "configuration is checked, and a mistake named": row_checks_configuration,
    "tunnel comes up, step by step, and both lists agree": row_comes_up,
    "either end rekeys": row_rekeys,
    "reload leaves the tunnel alone, and a broken file changes nothing": row_reload,
    "down ends it at both ends": row_goes_down,
    "another key is refused, and each end says why": row_wrong_key,
    "silent peer is told, and found again": row_silent_peer,
    "peer that comes again replaces what it had": row_peer_comes_again,
    "events are shown as they come": row_events,
    "exit status says what was wrong": row_statuses,
    "orderly end tells the peer and leaves no socket": row_ends,
}


def need():
    for program in (DAEMON, CONTROL, MODULES / "installer_null.so"):
        if not program.exists():
            raise Skipped(f"{program} isn't there: a build without shared modules?")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
            there.bind(("127.0.0.1", 0))
            there.sendto(b"here", there.getsockname())
    except OSError as error:
        raise Skipped(f"loopback is down: {error}") from error


def main():
    report = begin(ROWS, need)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ravelin-daemons-"))
    ends = None
    try:
        ends = Ends(folder)
        for name, row in ROWS.items():
            report.run(name, lambda row=row: row(ends), ends.evidence)
    finally:
        for end in (ends.left, ends.right) if ends is not None else ():
            if end.process is not None:
                end.process.kill()
                end.process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    report.end()


if __name__ == "__main__":
    main()
