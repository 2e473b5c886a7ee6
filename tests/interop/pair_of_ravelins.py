# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lab with Ravelin at both ends, for what concerns an end's own machine rather than the peer."""

import ravelin
from lab import Lab, need_rights
from tap import begin


def run(names, rows):
    """@rows: a function of the lab and both ends that yields as many functions as there are names."""
    report = begin(names, need_rights, ravelin.need)
    with Lab() as lab:
        left = ravelin.Ravelin(lab, lab.left, lab.right, None)
        right = ravelin.Ravelin(lab, lab.right, lab.left, None)
        for name, row in zip(names, rows(lab, left, right)):
            report.run(name, row, lambda: left.log() + ["--"] + right.log())
    report.end()
