# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shell scripts as shellcheck wants them."""

import pathlib
import re
import shutil
import subprocess

import layout

FOLDERS = [".", ".ci", "sdk", "daemon", "plugins", "tests", "packaging"]


def is_shell(path):
    with path.open("rb") as file:
        return re.match(rb"#!/bin/(sh|bash)\b|#!/usr/bin/env (sh|bash)\b", file.readline()) is not None


def scripts(root):
    root = pathlib.Path(root)
    for folder in FOLDERS:
        below = (root / folder).glob("*") if folder in (".", ".ci") else (root / folder).rglob("*")
        for path in sorted(below):
            if path.name in ("configure", "config.status", "libtool"):
                continue  # made by autoconf
            if path.is_file() and path.suffix in ("", ".sh") and is_shell(path):
                yield path.relative_to(root).as_posix()


def check(root):
    if not shutil.which("shellcheck"):
        raise layout.Skip("shellcheck isn't installed")
    found = list(scripts(root))
    if not found:
        return
    run = subprocess.run(
        ["shellcheck", "--format=gcc", "--severity=warning", *found], cwd=root, capture_output=True, text=True
    )
    for match in re.finditer(r"^([^:\n]+):(\d+):\d+: (.*)$", run.stdout, re.M):
        yield match[1], int(match[2]), match[3]
