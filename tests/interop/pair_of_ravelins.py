# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lab with Ravelin at both ends, for what concerns an end's own machine rather than the peer."""

import pki
import ravelin
from lab import Lab, need_rights
from tap import Report, Skipped


def run(names, rows):
    """@rows: a function of the lab and both ends that yields as many functions as there are names."""
    report = Report(len(names))
    try:
        need_rights()
        ravelin.need()
    except Skipped as reason:
        for name in names:
            report.skip(name, reason)
        report.end()
    with Lab() as lab:
        keys = pki.Pki(lab.folder / "pki")
        left = ravelin.Ravelin(lab, lab.left, lab.right, keys)
        right = ravelin.Ravelin(lab, lab.right, lab.left, keys)
        for name, row in zip(names, rows(lab, left, right)):
            report.run(name, row, lambda: left.log() + ["--"] + right.log())
    report.end()
