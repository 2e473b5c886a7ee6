# SPDX-License-Identifier: LGPL-2.1-or-later
"""Layout as .clang-format has it. Versions of clang-format differ, so only one is asked; `make format` mends."""

import re
import shutil
import subprocess

import sources

VERSION = 14


class Skip(Exception):
    """The tool isn't there."""


def tool():
    for name in (f"clang-format-{VERSION}", "clang-format"):
        path = shutil.which(name)
        if path and re.search(rf"version {VERSION}\.", subprocess.check_output([path, "--version"], text=True)):
            return path
    raise Skip(f"clang-format {VERSION} isn't installed")


def check(root):
    files = [source.path for source in sources.find(root, ".c", ".h")]
    if not files:
        return
    run = subprocess.run([tool(), "--dry-run", *files], cwd=root, capture_output=True, text=True)
    seen = set()
    for match in re.finditer(r"^([^:\n]+):(\d+):\d+: warning: code should be clang-formatted", run.stderr, re.M):
        if match[1] not in seen:  # the first place is enough
            seen.add(match[1])
            yield match[1], int(match[2]), "make format lays it out"
