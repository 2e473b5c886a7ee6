# SPDX-License-Identifier: LGPL-2.1-or-later
"""A file's name, first lines and length."""

import re

import sources

LICENCES = [("sdk/include/ravelin/", "MIT"), ("sdk/template/", "MIT"), ("", "LGPL-2.1-or-later")]
VAGUE = re.compile(r"^(utils?|common|misc|helpers?)\b|[-_](utils?|common|misc|helpers?)\.")
KEBAB = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*\.(c|h|def)$")
MOST_LINES = 700  # a file with more has two subjects; tables of numbers in tests may be long


def licence_of(path):
    return next(licence for prefix, licence in LICENCES if path.startswith(prefix))


def check_head(source):
    lines = source.text.split("\n", 3)
    wanted = f"SPDX-License-Identifier: {licence_of(source.path)}"
    if not any(wanted in line for line in lines[:2]):
        yield source.path, 1, f"the first line must say {wanted}"
    elif source.path.endswith((".c", ".h")) and not lines[1].startswith("/*"):
        yield source.path, 2, "a sentence on the file's subject must follow the SPDX line"


def check_name(source):
    if VAGUE.search(source.name):
        yield source.path, 1, "the name doesn't say what lives in it"
    elif source.path.endswith((".c", ".h", ".def")) and not KEBAB.match(source.name):
        yield source.path, 1, "names are kebab-case"


def check(root):
    for source in sources.find(root, ".c", ".h", ".def", ".py", ".sh", ".inc"):
        yield from check_head(source)
        yield from check_name(source)
        lines = source.text.count("\n")
        if lines > MOST_LINES and not source.is_under("tests"):
            yield source.path, MOST_LINES, f"{lines} lines: which are its subjects?"
