#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Breaks a copy of the tree by each mutant in turn, and runs the one case that must notice: `make check-mutants`.

What the named tests need is built once. Each case must hold before; a mutant then costs what its one file asks to be
built anew, and one case. Prints TAP.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import mutant

TREE = pathlib.Path(__file__).resolve().parents[2]
# Seconds: a mutant may make a test wait for ever.
LONGEST_CASE = 120
# What of the tree is no source.
NOT_COPIED = ("build", ".git", "autom4te.cache")
# Tests load modules from there.
MODULES = "modules/stamp"


class Copy:
    """The copy and its build, both in the folder `work`."""

    def __init__(self, work, jobs):
        self.source = work / "source"
        self.build = work / "build"
        self.jobs = jobs
        self.environment = dict(
            os.environ,
            G_TEST_SRCDIR=str(self.source),
            G_TEST_BUILDDIR=str(self.build),
            RAVELIN_PLUGIN_PATH=str(self.build / "modules"),
        )

    def command(self, *words):
        """Returns None, or the end of what a command said that failed."""
        done = subprocess.run(words, cwd=self.build, capture_output=True, text=True)
        return None if done.returncode == 0 else "\n".join(done.stderr.splitlines()[-8:]) or f"{words[0]} failed"

    def make(self, *targets):
        return self.command("make", f"-j{self.jobs}", MODULES, *targets)

    def copy(self):
        def not_copied(folder, names):
            at_top = pathlib.Path(folder) == TREE
            return [name for name in names if at_top and name in NOT_COPIED or pathlib.Path(folder, name) == self.source.parent]

        for folder in (self.source, self.build):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(TREE, self.source, symlinks=True, ignore=not_copied)
        self.build.mkdir(parents=True)

    def prepare(self, tests):
        """Copies, configures and builds; returns what went wrong."""
        self.copy()
        words = [str(self.source / "configure"), "--enable-werror=no", "CFLAGS=-O1"]
        words += [f"CC={os.environ['CC']}"] if "CC" in os.environ else []
        return self.command(*words) or self.make(*tests)

    def run(self, test, *arguments):
        return subprocess.run([f"./{test}", *arguments], cwd=self.build, env=self.environment, capture_output=True, text=True, timeout=LONGEST_CASE)

    def case_fails(self, one):
        try:
            return self.run(one.test, "-p", one.case).returncode != 0
        except subprocess.TimeoutExpired:
            return True

    def what_is_wrong_before(self, one):
        """Of its case, where nothing is broken."""
        if one.case not in self.run(one.test, "-l").stdout.split():
            return f"{one.test} has no case '{one.case}' in this build"
        return f"{one.test} fails at '{one.case}' where nothing is broken" if self.case_fails(one) else None

    def what_is_wrong_with(self, one):
        """It wasn't noticed, or couldn't be tried. What it broke is whole again in the next one's build."""
        path = self.source / one.file
        whole = path.read_bytes()
        try:
            said = one.patch(self.source)
            if said is not None:
                return f"doesn't apply: {said}"
            said = self.make(one.test)
            if said is not None:
                return f"doesn't build: {said}"
            return None if self.case_fails(one) else f"{one.test} didn't notice at '{one.case}'"
        finally:
            path.write_bytes(whole)


def parse_options():
    parser = argparse.ArgumentParser(description="break a copy of the tree by each mutant, and see the named test fail")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("mutants"), help="folder for the copy; default: ./mutants")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="of make; default: one a core")
    parser.add_argument("names", nargs="*", metavar="NAME", help="these alone")
    return parser.parse_args()


def main():
    options = parse_options()
    if not mutant.can_patch():
        print("1..0 # SKIP patch isn't installed")
        return 0
    try:
        mutants = mutant.all_mutants(options.names)
    except LookupError as error:
        print(f"Bail out! {error}")
        return 1
    began = time.monotonic()
    copy = Copy(options.work.resolve(), options.jobs)
    said = copy.prepare(sorted({one.test for one in mutants}))
    if said is not None:
        print(f"Bail out! the tree doesn't build: {said}")
        return 1
    before = {one.name: copy.what_is_wrong_before(one) for one in mutants}
    print(f"# built, and every case tried, in {time.monotonic() - began:.0f} s", flush=True)
    failed = 0
    for n, one in enumerate(mutants, 1):
        began = time.monotonic()
        wrong = before[one.name] or copy.what_is_wrong_with(one)
        failed += wrong is not None
        print(f"{'not ok' if wrong else 'ok'} {n} - {one.name}: {one.what}")
        print(f"# {time.monotonic() - began:.1f} s")
        if wrong:
            print("\n".join(f"# {line}" for line in wrong.splitlines()))
        sys.stdout.flush()
    print(f"1..{len(mutants)}")
    return 1 if failed or not mutants else 0


sys.exit(main())
