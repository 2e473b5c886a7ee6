# SPDX-License-Identifier: LGPL-2.1-or-later
"""Authorities, certificates and keys, made anew for each run by OpenSSL's tool."""

import datetime
import subprocess

from lab import run

KEYS = {
    "rsa": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
    "rsa4096": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"),
    "ecdsa": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "ed25519": ("-algorithm", "ED25519"),
}

CA_EXTENSIONS = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"


class Pki:
    """Files NAME.crt, NAME.key in a folder; one authority a kind of key, called KIND-ca."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.made = set()
        self.issuer_of = {}

    def certificate(self, name):
        return self.folder / f"{name}.crt"

    def key(self, name):
        return self.folder / f"{name}.key"

    def intermediates(self, name):
        """Names of the authorities between a certificate and its root, the nearest first."""
        found = []
        while (name := self.issuer_of[name]) in self.issuer_of:
            found.append(name)
        return found

    def _key(self, name, kind):
        run("openssl", "genpkey", *KEYS[kind], "-out", str(self.key(name)))
        self.key(name).chmod(0o600)

    def authority(self, kind, name=None, organisation="lab", issuer=None):
        """@issuer: another authority, where it is no root."""
        name = name or f"{kind}-ca"
        if name in self.made:
            return name
        self.made.add(name)
        self._key(name, kind)
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(CA_EXTENSIONS)
        subject = f"/C=XX/O={organisation}/CN={name if issuer else f'{organisation} {kind} CA'}"
        run("openssl", "req", "-new", "-key", str(self.key(name)), "-subj", subject, "-out",
            str(self.folder / f"{name}.csr"))
        signer = ["-signkey", str(self.key(name))]
        if issuer:
            self.issuer_of[name] = issuer
            signer = ["-CA", str(self.certificate(issuer)), "-CAkey", str(self.key(issuer)), "-CAcreateserial"]
        run("openssl", "x509", "-req", "-in", str(self.folder / f"{name}.csr"), *signer, "-days", "30",
            "-extfile", str(extensions), "-out", str(self.certificate(name)))
        return name

    def issue(self, name, kind, identity, authority=None, has_expired=False):
        """A certificate NAME for @identity (a DNS name) by the kind's authority, or another."""
        if name in self.made:
            return name
        self.made.add(name)
        issuer = authority or self.authority(kind)
        self.issuer_of[name] = issuer
        self._key(name, kind)
        request = self.folder / f"{name}.csr"
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName=DNS:{identity}\nextendedKeyUsage=serverAuth,clientAuth\n"
                              "keyUsage=digitalSignature\nauthorityKeyIdentifier=keyid\n")
        run("openssl", "req", "-new", "-key", str(self.key(name)), "-subj", f"/C=XX/O=lab/CN={identity}", "-out",
            str(request))
        command = ["openssl", "x509", "-req", "-in", str(request), "-CA", str(self.certificate(issuer)), "-CAkey",
                   str(self.key(issuer)), "-CAcreateserial", "-extfile", str(extensions), "-out",
                   str(self.certificate(name))]
        if has_expired:
            self._issue_in_the_past(name, issuer, request, extensions)
        else:
            run(*command, "-days", "10")
        return name

    def _issue_in_the_past(self, name, issuer, request, extensions):
        """`openssl x509` of 3.0 knows no dates; `openssl ca` does."""
        folder = self.folder / f"{name}.ca"
        folder.mkdir()
        (folder / "index").write_text("")
        (folder / "serial").write_text("7f01\n")
        (folder / "conf").write_text(
            f"[ca]\ndefault_ca=c\n[c]\ndatabase={folder}/index\nserial={folder}/serial\nnew_certs_dir={folder}\n"
            "default_md=sha256\npolicy=p\n[p]\ncountryName=optional\norganizationName=optional\ncommonName=optional\n")
        now = datetime.datetime.now(datetime.timezone.utc)
        begin, end = ((now - datetime.timedelta(days=d)).strftime("%Y%m%d%H%M%SZ") for d in (3, 1))
        run("openssl", "ca", "-batch", "-notext", "-config", str(folder / "conf"), "-cert",
            str(self.certificate(issuer)), "-keyfile", str(self.key(issuer)), "-in", str(request), "-extfile",
            str(extensions), "-startdate", begin, "-enddate", end, "-out", str(self.certificate(name)))


def has_openssl():
    try:
        return subprocess.run(["openssl", "version"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
