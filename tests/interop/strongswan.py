# SPDX-License-Identifier: LGPL-2.1-or-later
"""strongSwan's charon as one end: its userspace data plane (kernel-libipsec), controlled by VICI."""

import os
import re
import socket
import subprocess

import vici
from lab import wait_for
from tap import Failed, Skipped
from tunnel import ChildSa, IkeSa

CHARON = "/usr/lib/ipsec/charon"
PLUGINS = ("random nonce aes sha1 sha2 hmac kdf gcm ctr chapoly mgf1 curve25519 openssl gcrypt gmp pem pkcs1 pkcs8 "
           "x509 constraints pubkey revocation kernel-libipsec kernel-netlink socket-default vici")
NAME = "lab"
CHILD = "net"


def need():
    if not os.access(CHARON, os.X_OK):
        raise Skipped(f"{CHARON} is missing (package strongswan-charon)")


def version():
    done = subprocess.run([CHARON, "--version"], capture_output=True, text=True, check=False)
    words = (done.stdout + done.stderr).split()
    return next((word.rstrip(",") for word in words if word[:1].isdigit()), "unknown")


def _selector(text):
    """A selector as strongSwan lists it, with a port's number in place of its name."""
    found = re.fullmatch(r"(.*)\[(tcp|udp)/([a-z].*)\]", text)
    return f"{found[1]}[{found[2]}/{socket.getservbyname(found[3], found[2])}]" if found else text


class StrongSwan:
    kind = "strongSwan"

    def __init__(self, lab, side, other, pki, options=()):
        """@options: further lines of charon's own configuration."""
        self.lab, self.side, self.other, self.pki = lab, side, other, pki
        self.folder = lab.folder / f"charon-{side.name}"
        self.folder.mkdir()
        self.log_path = self.folder / "charon.log"
        self.log_start = 0
        newline = "\n  "
        (self.folder / "strongswan.conf").write_text(f"""charon {{
  load = {PLUGINS}
  rsa_pss = yes
  retransmit_timeout = 1.0
  retransmit_tries = 3
  delete_rekeyed_delay = 2
  {newline.join(options)}
  plugins {{
    vici {{ socket = unix://{self.folder}/vici }}
  }}
  filelog {{
    log {{ path = {self.log_path}
      default = 1
      flush_line = yes }} }} }}
""")
        self.process = None
        self.start()

    def start(self):
        environment = dict(os.environ, STRONGSWAN_CONF=str(self.folder / "strongswan.conf"))
        # Its pid file has a fixed place: each charon gets a /run of its own.
        self.process = self.lab.start(self.side, "unshare", "-m", "--propagation", "private", "sh", "-c",
                                      f"mount -t tmpfs tmpfs /run; exec {CHARON}", env=environment,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self._serves, "charon serves its control socket")

    def _serves(self):
        if self.process.poll() is not None:
            raise Failed(f"charon ended: {self.process.returncode}", *self.log())
        try:
            self.call("version")
            return True
        except (ConnectionError, FileNotFoundError):
            return False

    def stop(self):
        self.lab.stop(self.process)

    def call(self, command, message=None, event=None):
        session = vici.Session(self.folder / "vici")
        try:
            return session.request(command, message, event)
        finally:
            session.close()

    def _command(self, command, message, event=None):
        answer, events = self.call(command, message, event)
        if answer.get("success", "yes") != "yes":
            raise Failed(f"charon: {command}: {answer.get('errmsg')}")
        return events

    # What a row does with an end.

    def load(self, tunnel, settings=None, children=None):
        """Replaces what was configured before. @settings: of the connection, in strongSwan's words, over the
        tunnel's; @children: {name: settings} in place of the one child, each over the tunnel's."""
        side, other = self.side, self.other
        self.unload()
        self.log_start = self.log_path.stat().st_size if self.log_path.exists() else 0
        local, remote = {"id": tunnel.id_of[side.name]}, {"id": tunnel.expected(side, other)}
        if tunnel.auth == "psk":
            local["auth"] = remote["auth"] = "psk"
            self._command("load-shared", {"id": "ike-lab", "type": "IKE", "data": tunnel.key_of[side.name]})
        else:
            name = tunnel.certificate_of.get(side.name, f"{tunnel.auth}-{side.name}")
            authority = tunnel.authority_of.get(side.name, f"{tunnel.auth}-ca")
            local.update(auth="pubkey", certs=[self.pki.certificate(name).read_bytes()])
            remote.update(auth="pubkey")
            self._command("load-cert", {"type": "X509", "flag": "CA",
                                        "data": self.pki.certificate(authority).read_bytes()})
            for intermediate in self.pki.intermediates(name):
                self._command("load-cert", {"type": "X509", "flag": "NONE",
                                            "data": self.pki.certificate(intermediate).read_bytes()})
            self._command("load-key", {"type": "any", "data": self.pki.key(name).read_bytes()})
        own_nets, other_nets = tunnel.selectors(side, other)
        suite = tunnel.proposals(side)
        self._command("load-conn", {NAME: {
            "version": "2", "local_addrs": [side.outer[tunnel.family]], "remote_addrs": [other.public[tunnel.family]],
            "proposals": [suite.ike], "mobike": "no", "send_cert": "always", "unique": "no", "reauth_time": "0",
            "rekey_time": "0", "local": local, "remote": remote, **(settings or {}),
            "children": {name: {"local_ts": own_nets, "remote_ts": other_nets, "esp_proposals": [suite.esp],
                                "rekey_time": "0", **child}
                         for name, child in (children or {CHILD: {}}).items()}}})

    def reset(self):
        """Begins anew, after a row that left something."""
        self.stop()
        self.start()
        self.log_start = self.log_path.stat().st_size

    def unload(self):
        if NAME in self.call("get-conns")[0].get("conns", []):
            self._command("unload-conn", {"name": NAME})
        self._command("clear-creds", {})

    def up(self, child=CHILD):
        self._command("initiate", {"child": child, "ike": NAME, "timeout": "15000", "loglevel": "0"}, "control-log")

    def try_up(self):
        """Like up(), where refusal is what the row wants; returns whether it came up."""
        try:
            self.up()
            return True
        except Failed:
            return False

    def down(self, what="ike"):
        """Deletes the IKE SA, or the Child SA alone."""
        self._command("terminate", {what: NAME if what == "ike" else CHILD, "timeout": "15000", "loglevel": "0"},
                      "control-log")

    def rekey(self, what="ike"):
        self._command("rekey", {what: NAME if what == "ike" else CHILD})

    def sas(self):
        _, events = self.call("list-sas", {}, "list-sa")
        found = []
        for event in events:
            for sa in event.values():
                children = [ChildSa(child["state"], child.get("spi-in", ""), child.get("spi-out", ""), child,
                                    int(child.get("bytes-in", 0)), int(child.get("bytes-out", 0)),
                                    *(set(map(_selector, child.get(key, []))) for key in ("local-ts", "remote-ts")))
                            for child in sa.get("child-sas", {}).values()]
                found.append(IkeSa(sa["state"], sa["initiator-spi"], sa["responder-spi"],
                                   sa.get("initiator") == "yes", sa, sa.get("remote-id", ""), children))
        return found

    def peers(self):
        """(address, port) of each IKE SA's peer."""
        return [(sa.algorithms["remote-host"], int(sa.algorithms["remote-port"])) for sa in self.sas()]

    def log(self, lines=25):
        if not self.log_path.exists():
            return []
        with open(self.log_path, "rb") as file:
            file.seek(self.log_start)
            return file.read().decode(errors="replace").splitlines()[-lines:]

    def log_text(self):
        return "\n".join(self.log(100000))
