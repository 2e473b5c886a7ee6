# SPDX-License-Identifier: LGPL-2.1-or-later
"""The files that lint reads, each with its text and with its code alone (comments blanked out)."""

import dataclasses
import functools
import pathlib
import re

FOLDERS = ["sdk", "daemon", "plugins", "crypto-backends", "ctl", "tests"]

_COMMENT_OR_STRING = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'""", re.S)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"]+)[>"]', re.M)


@dataclasses.dataclass(frozen=True)
class Include:
    line: int
    is_quoted: bool
    name: str


@dataclasses.dataclass(frozen=True)
class Source:
    root: pathlib.Path
    path: str  # relative to root, with /

    @functools.cached_property
    def text(self):
        return (self.root / self.path).read_text(encoding="utf-8")

    @functools.cached_property
    def code(self):
        """The text with comments blanked out; lines keep their numbers."""
        return _COMMENT_OR_STRING.sub(
            lambda m: re.sub(r"[^\n]", " ", m[0]) if m[0][:2] in ("/*", "//") else m[0], self.text
        )

    @functools.cached_property
    def includes(self):
        return [
            Include(line_of(self.code, m.start(1)), m[1] == '"', m[2])
            for m in _INCLUDE.finditer(self.code)
        ]

    @property
    def folder(self):
        return self.path.rpartition("/")[0]

    @property
    def name(self):
        return self.path.rpartition("/")[2]

    def is_under(self, folder):
        return self.path.startswith(folder + "/")


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def find(root, *suffixes):
    """All sources of ours below root whose name ends in one of suffixes."""
    root = pathlib.Path(root)
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            relative = path.relative_to(root)
            if any(part.startswith(".") for part in relative.parts):
                continue
            if path.suffix in suffixes and path.is_file():
                yield Source(root, relative.as_posix())


def c_sources(root):
    return find(root, ".c", ".h", ".def")
