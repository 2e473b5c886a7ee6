#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every mutant still applies to the tree and names a test that is there: `make check-mutants` then shows that it is noticed."""

import pathlib
import sys

sys.dont_write_bytecode = True

import mutant

TREE = pathlib.Path(__file__).resolve().parents[2]
LISTED = (TREE / "tests/mutants/Makefile.inc").read_text()


def what_is_wrong(one):
    if one.lacks:
        return f"no line '{one.lacks[0]}: …' before its '--- ': mutant.py shows the header"
    if one.changed != [one.file]:
        return f"says '{one.file}', but changes {', '.join(one.changed) or 'nothing'}: one file, the one that it says"
    if one.path.name not in LISTED:
        return "isn't listed in tests/mutants/Makefile.inc: it wouldn't be in a release"
    if not (TREE / f"{one.test}.c").exists():
        return f"names the test {one.test}, which isn't there"
    said = one.patch(TREE, "--dry-run")
    return said and f"doesn't apply: make it anew against the tree as it is: {said}"


def main():
    if not mutant.can_patch():
        print("1..0 # SKIP patch isn't installed")
        return 0
    mutants = mutant.all_mutants()
    failed = 0
    for n, one in enumerate(mutants, 1):
        wrong = what_is_wrong(one)
        failed += wrong is not None
        print(f"{'not ok' if wrong else 'ok'} {n} - {one.name}")
        if wrong:
            print("\n".join(f"# {line}" for line in wrong.splitlines()))
    print(f"1..{len(mutants)}")
    return 1 if failed or not mutants else 0


sys.exit(main())
