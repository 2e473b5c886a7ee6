#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the documents name is there: files, links, make targets, configure's switches. Prints TAP."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/**/*.md", "daemon/README.md", "sdk/**/*.md", "plugins/**/*.md"]

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
FOLDERS = "|".join(["sdk", "daemon", "plugins", "crypto-backends", "ctl", "tests", "docs", "packaging", "m4"])
PATH = re.compile(rf"(?<![\w/.~-])(?:\./)?((?:{FOLDERS})/[\w./-]*\w|\.ci/run|quickstart|autogen\.sh)(?![\w*])")
TARGET = re.compile(r"\bmake (?:-j\d+ )?([a-z][a-z-]+)\b")
SWITCH = re.compile(r"--(?:enable|disable|with|without)-[a-z0-9-]+")

AUTOMAKES_TARGETS = {"check", "distcheck", "dist", "install", "uninstall", "clean", "all"}
LIBTOOLS_SWITCHES = {"shared", "static"}
PLACEHOLDER = re.compile(r"NAME|…|\*")


def fragments():
    yield ROOT / "Makefile.am"
    for folder in FOLDERS.split("|"):
        yield from (ROOT / folder).rglob("Makefile.inc")


def code_of(text):
    """What a document shows as code: fenced blocks and words between backticks."""
    inline = CODE.findall(FENCE.sub("", text))
    return "\n".join(FENCE.findall(text) + inline)


def missing_links(document, text):
    return [link for link in LINK.findall(text) if not (document.parent / link).exists()]


def missing_paths(document, text):
    places = [ROOT, document.parent]
    found = [match for match in PATH.findall(code_of(text)) if not PLACEHOLDER.search(match)]
    # A program's source is there before the program is.
    return [path for path in found if not any((place / (path + end)).exists() for place in places for end in ("", ".c"))]


def missing_targets(text):
    known = set(AUTOMAKES_TARGETS)
    for fragment in fragments():
        known.update(re.findall(r"^([a-z][a-z-]+):", fragment.read_text(), re.M))
    return [target for target in TARGET.findall(code_of(text)) if target not in known]


def missing_switches(text):
    build = (ROOT / "configure.ac").read_text() + "".join(path.read_text() for path in (ROOT / "m4").glob("rvl-*.m4"))
    known = set(re.findall(r"AC_ARG_(?:ENABLE|WITH)\(\[([\w-]+)\]", build))
    known.update(re.findall(r"RVL_PLUGIN_SWITCH\(\[([\w-]+)\]", build))
    known.update(re.findall(r"RVL_CRYPTO_BACKEND\(\[([\w-]+)\]", build))
    known |= LIBTOOLS_SWITCHES
    return [switch for switch in SWITCH.findall(code_of(text)) if switch.split("-", 3)[3] not in known]


def main():
    documents = sorted({path for pattern in DOCUMENTS for path in ROOT.glob(pattern) if path.is_file()})
    rows = [
        ("links", missing_links),
        ("paths", missing_paths),
        ("make-targets", lambda document, text: missing_targets(text)),
        ("configure-switches", lambda document, text: missing_switches(text)),
    ]
    print(f"1..{len(documents) * len(rows)}")
    number = 0
    failed = False
    for document in documents:
        text = document.read_text()
        for name, missing_in in rows:
            number += 1
            missing = missing_in(document, text)
            for what in missing:
                print(f"# {document.relative_to(ROOT)} names {what}, which isn't there")
            print(f"{'not ok' if missing else 'ok'} {number} - /docs/{document.relative_to(ROOT)}/{name}")
            failed = failed or bool(missing)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
