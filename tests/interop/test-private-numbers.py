#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A vendor's plugin, built outside the tree from the public headers alone: its encryption, group and authentication
method have private-use numbers, are configured by their words, negotiated, carry ESP and are shown in status. Nothing
of the daemon knows of them."""

import os
import pathlib
import shutil
import subprocess

import ravelin
from lab import Lab, Traffic, need_rights, run, wait_for
from rows import Pair, await_settled
from tap import Failed, Skipped, begin, check, equal

SOURCE = pathlib.Path(os.environ.get("G_TEST_SRCDIR", ".")).resolve()
BUILD = pathlib.Path(os.environ.get("G_TEST_BUILDDIR", ".")).resolve()
BACKEND = "openssl" if (BUILD / "modules/openssl.so").exists() else "gcrypt"
NAMES = [
    "vendor's plugin: builds from the public headers",
    "vendor's plugin: is loaded and its words are known",
    "vendor's plugin: is negotiated by its words and carries ESP",
    "vendor's plugin: status shows its words",
    "vendor's plugin: rekeys with its numbers, and packets go on",
    "vendor's plugin: another badge is refused",
    "vendor's plugin: no file of the daemon names it",
]


def build(folder):
    """The module, by a compiler that sees nothing of ours but sdk/include and libravelin."""
    folder.mkdir()
    for name in ("include", "source"):
        (folder / name).mkdir()
    shutil.copytree(SOURCE / "sdk/include/ravelin", folder / "include/ravelin")
    shutil.copy(SOURCE / "tests/sdk/vendor/private-numbers.c", folder / "source")
    glib = run("pkg-config", "--cflags", "--libs", "glib-2.0").split()
    (folder / "modules").mkdir(mode=0o755)
    module = folder / "modules/private_numbers.so"
    run(*os.environ.get("CC", "cc").split(), "-std=gnu17", "-Wall", "-Werror", "-O1", "-fPIC", "-shared",
        "-fvisibility=hidden", f"-I{folder}/include", "-o", str(module), str(folder / "source/private-numbers.c"),
        f"-L{BUILD}/sdk/lib/.libs", "-lravelin", *glib)
    module.chmod(0o644)
    (folder / "modules").chmod(0o755)
    return module


class Vendor(ravelin.Ravelin):
    """A daemon that finds the vendor's modules too."""

    kind = "Ravelin with the vendor's plugin"

    def __init__(self, lab, side, other, modules):
        self.modules = modules
        super().__init__(lab, side, other, None, BACKEND)

    def start(self):
        self.environment["RAVELIN_PLUGIN_PATH"] += f":{self.modules}"
        super().start()

    def load(self, tunnel):
        badge = tunnel
        self._clear_files()
        side, other = self.side, self.other
        secret = self.etc / "secrets.d/lab.conf"
        secret.touch(0o600)
        secret.write_text(f'[secret {ravelin.NAME}]\nbadge = "{badge}"\n')
        (self.etc / "conf.d/lab.conf").write_text(f"""[connection {ravelin.NAME}]
local-address = {side.outer[4]}
remote-address = {other.outer[4]}
local-id = {side.name}.lab.test
remote-id = {other.name}.lab.test
auth = vendor-badge
protect = {side.nets[4]}, {side.nets[6]} <-> {other.nets[4]}, {other.nets[6]}
ike-proposals = vendor-cipher-prfsha256-vendor-group
child-proposals = vendor-cipher-2026-vendor-group
keep = none
""")
        self.ctl("reload")


def words_are_known(pair):
    for end in pair.ends:
        plugins = {row["name"]: row for row in end.rows("plugin")}
        check(plugins["private_numbers"]["state"] == "loaded", f"the plugin is {plugins['private_numbers']}")
        words = {row["word"]: row for row in end.rows("algorithm")}
        equal(words["vendor-cipher"]["type"], "encryption", "vendor-cipher's type")
        equal(words["vendor-group"]["plugin"], "private_numbers", "vendor-group's plugin")


def carry(pair):
    traffic = Traffic(pair.lab)
    wait_for(lambda: all(child.octets_in > 0 for end in pair.ends for sa in end.sas() for child in sa.children),
             "packets came through")
    for source, target, family, sent, got, missing, doubled in traffic.stop():
        check(sent > 0 and not missing and doubled == 0,
              f"{source} to {target}, IPv{family}: {sent} sent, {got} received, missing {missing}, {doubled} doubled")


def tunnel(pair):
    for end in pair.ends:
        end.load("the same badge on both ends")
    pair.left.up()
    check(await_settled(pair), "both ends list the same IKE SA and Child SA")
    carry(pair)


def status(pair):
    for end in pair.ends:
        for kind, words in (("ike", ("vendor-cipher", "vendor-group")), ("child", ("vendor-cipher",))):
            proposal = end.rows(kind)[0]["proposal"]
            for word in words:
                check(word in proposal, f"{kind} of {end.side.name}: '{proposal}' shows {word}")
        equal(end.rows("ike")[0].get("remote_auth"), "vendor-badge", "the peer's method")


def rekey(pair):
    for what, end in (("child", pair.right), ("ike", pair.left)):
        end.rekey(what)
        check(await_settled(pair), f"after the {what} rekey both ends agree")
        carry(pair)
    pair.left.down()
    wait_for(lambda: not pair.right.sas() and not pair.left.sas(), "both ends have no SA")


def refuse(pair):
    pair.right.load("another badge altogether")
    check(not pair.left.try_up(), "a peer with another badge isn't let in")
    check("badge is another one" in pair.right.explain(), f"the refusing end says why: {pair.right.explain()}")


def nobody_knows():
    found = subprocess.run(["grep", "-rlE", "vendor-(cipher|group|badge)|private.numbers|6510[12]",
                            str(SOURCE / "daemon"), str(SOURCE / "ctl")], capture_output=True, text=True, check=False)
    equal(found.stdout, "", "files that name it")


def need_libravelin():
    if not (BUILD / "sdk/lib/.libs/libravelin.so").exists():
        raise Skipped("a build without shared libraries")


def main():
    report = begin(NAMES, need_rights, lambda: ravelin.need(BACKEND), need_libravelin)
    with Lab() as lab:
        built = []
        lab.folder.chmod(0o755)
        report.run(NAMES[0], lambda: built.append(build(lab.folder / "vendor")))
        if not built:
            raise Failed("nothing more can be tried")
        modules = lab.folder / "vendor/modules"
        pair = Pair(lab, Vendor(lab, lab.left, lab.right, modules), Vendor(lab, lab.right, lab.left, modules),
                    iter(()))
        for name, row in zip(NAMES[1:], (words_are_known, tunnel, status, rekey, refuse, lambda _: nobody_knows())):
            report.run(name, lambda row=row: row(pair), lambda: pair.left.log() + ["--"] + pair.right.log())
    report.end()


main()
