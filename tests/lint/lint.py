#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the checks of this folder over the tree and prints TAP: lint.py [-r ROOT] [CHECK]...

Each check is a module with check(root), which yields (path, line, sentence) for each violation.
"""

import argparse
import pathlib
import sys

sys.dont_write_bytecode = True

import calls
import files
import headers
import installed
import layers
import layout
import scripts
import words

CHECKS = {
    "layers": layers,
    "headers": headers,
    "words": words,
    "calls": calls,
    "files": files,
    "installed": installed,
    "layout": layout,
    "scripts": scripts,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-r", "--root", default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("checks", nargs="*", default=list(CHECKS), metavar="CHECK", help=", ".join(CHECKS))
    arguments = parser.parse_args()

    failed = False
    print(f"1..{len(arguments.checks)}")
    for number, name in enumerate(arguments.checks, 1):
        try:
            violations = sorted(CHECKS[name].check(arguments.root))
        except layout.Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}")
            continue
        for path, line, sentence in violations:
            print(f"# {path}:{line}: {sentence}")
        print(f"{'not ok' if violations else 'ok'} {number} - {name}")
        failed = failed or bool(violations)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
