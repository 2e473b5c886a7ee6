# SPDX-License-Identifier: LGPL-2.1-or-later
"""A mutant: a patch that breaks one thing. Its header says what, and names the test that must notice:

    A public value of a group's edge is used (RFC 6989 2.1).
    File: daemon/crypto/key-exchange.c
    Test: tests/unit/crypto/test-key-exchange
    Case: /crypto/key-exchange/p-minus-one-is-out-of-range
"""

import pathlib
import shutil
import subprocess

FIELDS = ("File", "Test", "Case")


class Mutant:
    """`what` it breaks; `file`: the only one that it changes; `test`: the program, by its path; `case`: as its `-l` lists it."""

    def __init__(self, path):
        head, _, rest = path.read_text().partition("\n--- ")
        what, *lines = head.splitlines() or [""]
        fields = dict(line.split(": ", 1) for line in lines if ": " in line)
        self.path = path
        self.name = path.stem
        self.what = what.rstrip(".")
        self.lacks = [name for name in FIELDS if not fields.get(name)]
        self.file, self.test, self.case = (fields.get(name) for name in FIELDS)
        changed = [line.split()[1] for line in f"--- {rest}".splitlines() if line.startswith("--- ")]
        self.changed = [name.removeprefix("a/") for name in changed]

    def patch(self, tree, *arguments):
        """Applies it to `tree`; returns None, or what patch said where it doesn't apply."""
        command = ["patch", "-p1", "--batch", "--no-backup-if-mismatch", "--reject-file=-", *arguments]
        with self.path.open("rb") as octets:
            done = subprocess.run([*command, "-d", tree], stdin=octets, capture_output=True, text=True)
        return None if done.returncode == 0 else (done.stdout + done.stderr).strip()


def all_mutants(names=()):
    """Those of the names, or all, in order; raises LookupError where a name is nobody's."""
    mutants = [Mutant(path) for path in sorted(pathlib.Path(__file__).resolve().parent.glob("*.patch"))]
    unknown = set(names) - {one.name for one in mutants}
    if unknown:
        raise LookupError(f"no mutant is called {', '.join(sorted(unknown))}")
    return [one for one in mutants if not names or one.name in names]


def can_patch():
    return shutil.which("patch") is not None
