# SPDX-License-Identifier: LGPL-2.1-or-later
"""TAP: a row a point, with peer, version, role and suite in its name; skips say why."""

import os
import sys
import traceback


class Skipped(Exception):
    """What a row raises where something that it needs is missing."""


class Failed(Exception):
    """What a check of a row raises: what was found, and what was wanted."""


def check(condition, message, *details):
    if not condition:
        raise Failed(": ".join([message, *(str(detail) for detail in details)]))


def equal(found, wanted, what):
    check(found == wanted, f"{what} is {found!r}, wanted {wanted!r}")


class Report:
    def __init__(self, rows):
        self.number = 0
        self.failed = 0
        self.must_run = os.environ.get("RAVELIN_REQUIRE_INTEROP") == "1"
        print(f"1..{rows}", flush=True)

    def point(self, is_good, name, directive=""):
        self.number += 1
        self.failed += not is_good
        print(f"{'ok' if is_good else 'not ok'} {self.number} - {name}{directive}", flush=True)

    def skip(self, name, reason):
        """A skip, which RAVELIN_REQUIRE_INTEROP=1 turns into a failure: a builder's machine has all peers."""
        if self.must_run:
            print(f"# skipped, though RAVELIN_REQUIRE_INTEROP is set: {reason}")
            self.point(False, name)
        else:
            self.point(True, name, f" # SKIP {reason}")

    def run(self, name, row, evidence=None):
        """Runs one row; on failure evidence() gives lines that show why."""
        try:
            row()
        except Skipped as reason:
            self.skip(name, reason)
        except Exception as problem:  # pylint: disable=broad-except  # a row's bug must not hide the other rows
            for line in str(problem).splitlines():
                print(f"# {line}")
            if not isinstance(problem, Failed):
                for line in traceback.format_exc().splitlines():
                    print(f"#   {line}")
            for line in evidence() if evidence else []:
                print(f"#   {line}")
            self.point(False, name)
        else:
            self.point(True, name)

    def end(self):
        sys.exit(1 if self.failed else 0)


def begin(names, *needs):
    """The report of a script's rows; where one of @needs raises Skipped, all of them are skipped and the script ends."""
    report = Report(len(names))
    try:
        for need in needs:
            need()
    except Skipped as reason:
        for name in names:
            report.skip(name, reason)
        report.end()
    return report
