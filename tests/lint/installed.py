# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each public header is in the list of those that are installed."""

import pathlib
import re

FRAGMENT = "sdk/include/Makefile.inc"
FOLDER = "sdk/include/ravelin"


def check(root):
    root = pathlib.Path(root)
    fragment = root / FRAGMENT
    listed = set(re.findall(rf"{FOLDER}/[\w.-]+", fragment.read_text())) if fragment.is_file() else set()
    present = {path.relative_to(root).as_posix() for path in (root / FOLDER).glob("*.[hd]*")}
    for header in sorted(present - listed):
        yield header, 1, f"not listed in {FRAGMENT}, so it isn't installed"
    for header in sorted(listed - present):
        yield FRAGMENT, 1, f"{header} is listed, but isn't there"
