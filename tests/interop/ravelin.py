# SPDX-License-Identifier: LGPL-2.1-or-later
"""ravelind of this build as one end, controlled by ravelinctl."""

import json
import os
import pathlib
import shutil
import subprocess

from lab import run, wait_for
from tap import Failed, Skipped, check, equal
from tunnel import ChildSa, IkeSa

BUILD = pathlib.Path(os.environ.get("G_TEST_BUILDDIR", ".")).resolve()
DAEMON = pathlib.Path(os.environ.get("RAVELIND", BUILD / "daemon/ravelind"))  # an installed one, where it is named
VENDOR = pathlib.Path(__file__).resolve().parents[2] / "packaging"  # profiles and defaults, as they will be installed
CONTROL = pathlib.Path(os.environ.get("RAVELINCTL", BUILD / "ctl/ravelinctl"))
NAME = "lab"
CHILD = f"{NAME}/{NAME}"


def need(backend="openssl"):
    for program in (DAEMON, CONTROL):
        if not os.access(program, os.X_OK):
            raise Skipped(f"{program} is missing")
    if not (BUILD / "modules" / f"{backend}.so").exists():
        raise Skipped(f"this build is without the crypto backend {backend}")


def need_certificates():
    if not (BUILD / "modules" / "x509_openssl.so").exists():
        raise Skipped("this build is without certificates: it has no OpenSSL")


def version():
    return run(str(DAEMON), "--version").split()[-1]


class Ravelin:
    kind = "Ravelin"

    def __init__(self, lab, side, other, pki, backend="openssl", retransmit="500 ms, 1.5, 5"):
        self.lab, self.side, self.other, self.pki = lab, side, other, pki
        self.folder = lab.folder / f"ravelind-{side.name}"
        self.etc = self.folder / "etc"
        self.log_path = self.folder / "ravelind.log"
        self.log_start = 0
        for folder in ("etc/conf.d", "etc/secrets.d", "etc/pki", "run", "state"):
            (self.folder / folder).mkdir(parents=True)
        (self.etc / "ravelin.conf").write_text(
            f"[daemon]\ncrypto-backend = {backend}\nretransmit = {retransmit}\nlog-level = info\n")
        self.environment = dict(os.environ, RAVELIN_SOCKET=str(self.folder / "run/control"),
                                RAVELIN_PLUGIN_PATH=str(BUILD / "modules"))
        self.process = None
        self.bare_kernel = lab.kernel_state(side)
        self.start()

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = self.lab.start(self.side, str(DAEMON), "--config-dir", str(self.etc), "--runtime-dir",
                                          str(self.folder / "run"), "--state-dir", str(self.folder / "state"),
                                          "--vendor-dir", str(VENDOR), env=self.environment, stdout=log, stderr=log)
        wait_for(self._serves, "ravelind serves its control socket", 20.0)

    def _serves(self):
        if self.process.poll() is not None:
            raise Failed("\n".join([f"ravelind ended: {self.process.returncode}", *self.log()]))
        return (self.folder / "run/control").exists() and self._call("status").returncode == 0

    def stop(self):
        self.lab.stop(self.process)

    def end(self):
        """An orderly end: nothing of the daemon's stays in the kernel, and a sanitizer has nothing to say."""
        self.stop()
        equal(self.process.returncode, 0, "ravelind's exit status")
        left = {command: text for command, text in self.lab.kernel_state(self.side).items()
                if text != self.bare_kernel[command]}
        check(not left, "something is left in the kernel", left)
        with open(self.log_path, "rb") as log:
            check(b"Sanitizer" not in log.read(), "a sanitizer's report is in the log", self.log_path)

    def reset(self):
        """Begins anew, after a row that left something."""
        self._clear_files()
        self.stop()
        self.start()

    def _call(self, *command):
        return subprocess.run([str(CONTROL), *command], env=self.environment, capture_output=True,
                              text=True, check=False, timeout=60)

    def ctl(self, *command):
        done = self._call(*command)
        if done.returncode != 0:
            raise Failed(f"ravelinctl {' '.join(command)}: exit {done.returncode}: {done.stderr}{done.stdout}")
        return done.stdout

    def rows(self, kind):
        """What `ravelinctl list` has of a kind."""
        return json.loads(self.ctl("list", kind, "--json"))["items"]

    # What a row does with an end.

    def _clear_files(self):
        for folder in ("conf.d", "secrets.d", "pki"):
            for path in (self.etc / folder).iterdir():
                path.unlink()

    def _write_credentials(self, tunnel):
        """Returns the connection's settings about proof."""
        side = self.side.name
        if tunnel.auth == "psk":
            path = self.etc / "secrets.d" / "lab.conf"
            path.touch(0o600)
            path.write_text(f'[secret {NAME}]\npsk = "{tunnel.key_of[side]}"\n')
            return {"auth": "psk"}
        name = tunnel.certificate_of.get(side, f"{tunnel.auth}-{side}")
        authority = tunnel.authority_of.get(side, f"{tunnel.auth}-ca")
        chain = [self.pki.certificate(of) for of in (name, *self.pki.intermediates(name))]
        (self.etc / "pki" / "own.crt").write_bytes(b"".join(path.read_bytes() for path in chain))
        shutil.copy(self.pki.key(name), self.etc / "pki" / "own.key")
        shutil.copy(self.pki.certificate(authority), self.etc / "pki" / "ca.crt")
        return {"auth": "pubkey", "certificate": "own.crt", "authority": NAME}

    def load(self, tunnel, settings=None, groups=""):
        """Replaces what was configured before. @settings: of the connection, over the tunnel's, None: not said;
        @groups: further ones, as text."""
        side, other = self.side, self.other
        self.log_start = self.log_path.stat().st_size
        self._clear_files()
        proof = self._write_credentials(tunnel)
        own_nets, other_nets = tunnel.selectors(side, other)
        suite = tunnel.proposals(side)
        connection = {
            "local-address": side.outer[tunnel.family], "remote-address": other.public[tunnel.family],
            "local-id": tunnel.id_of[side.name], "remote-id": tunnel.expected(side, other), **proof,
            "protect": f"{', '.join(own_nets)} <-> {', '.join(other_nets)}", "ike-proposals": suite.ike,
            "child-proposals": suite.esp, "keep": "none", **(settings or {})}
        authority = f"[authority {NAME}]\ncertificate = ca.crt\n" if "authority" in proof else ""
        lines = "".join(f"{key} = {value}\n" for key, value in connection.items() if value is not None)
        (self.etc / "conf.d" / "lab.conf").write_text(f"[connection {NAME}]\n{lines}{authority}{groups}")
        self.ctl("reload")

    def set_rules(self, text):
        """[spd] groups beside the connection, in force when this returns."""
        (self.etc / "conf.d" / "rules.conf").write_text(text)
        self.ctl("reload")
        wait_for(lambda: all(row["state"] == "in-force" for row in self.policies()), "rules are in force")

    def policies(self):
        return self.rows("policy")

    def drops(self, cause):
        """What the data plane dropped for a cause."""
        return sum(row["packets"] for row in self.rows("dataplane") if row.get("drop") == cause)

    def try_reload(self):
        """(exit status, what was said)."""
        done = self._call("reload")
        return done.returncode, done.stdout + done.stderr

    def unload(self):
        self._clear_files()
        self.ctl("reload")

    def up(self, child=None):
        self.ctl("up", NAME if child is None else f"{NAME}/{child}")

    def try_up(self):
        return self._call("up", NAME).returncode == 0

    def try_down(self):
        return self._call("down", NAME).returncode == 0

    def down(self, what="ike"):
        self.ctl("down", NAME if what == "ike" else CHILD)

    def rekey(self, what="ike"):
        self.ctl("rekey", NAME if what == "ike" else CHILD)

    def sas(self):
        children = {}
        for row in self.rows("child"):
            state = "INSTALLED" if row["state"] == "installed" else row["state"]
            children.setdefault(row["ike_spi"], []).append(
                ChildSa(state, row["spi_in"], row["spi_out"], {}, row.get("octets_in", 0), row.get("octets_out", 0),
                        set(row["local"].split(", ")), set(row["remote"].split(", "))))
        found = []
        for row in self.rows("ike"):
            own, peer = row["local_spi"], row.get("remote_spi", "")
            is_initiator = row["role"] == "initiator"
            found.append(IkeSa("ESTABLISHED" if row["state"] == "established" else row["state"],
                               own if is_initiator else peer, peer if is_initiator else own, is_initiator, {},
                               row.get("remote_id", ""), children.pop(own, [])))
        return found

    def peers(self):
        """(address, port) of each IKE SA's peer."""
        return [(address.strip("[]"), int(port)) for address, _, port in
                (row["peer"].rpartition(":") for row in self.rows("ike"))]

    def octets_in(self):
        return sum(child.octets_in for sa in self.sas() for child in sa.children)

    def explain(self):
        return self._call("explain", NAME).stdout

    def counts(self):
        """Totals of what the daemon holds: SAs, half-open ones, exchanges, reservations, jobs, endpoints."""
        return json.loads(self.ctl("status", "--json"))["items"]["counts"]

    def holdings(self):
        """What must be the same after a refusal as before: descriptors, counts, and the kernel's state."""
        return {
            "descriptors": len(os.listdir(f"/proc/{self.process.pid}/fd")),
            "counts": self.counts(),
            "kernel": self.lab.kernel_state(self.side),
        }

    def log(self, lines=40):
        if not self.log_path.exists():
            return []
        with open(self.log_path, "rb") as file:
            file.seek(self.log_start)
            return file.read().decode(errors="replace").splitlines()[-lines:]

    def log_text(self):
        return "\n".join(self.log(100000))
