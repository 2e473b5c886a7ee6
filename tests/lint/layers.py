# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may include whom: a layer knows only itself and the layers above it in the table."""

import posixpath

import sources

# Ground floor first. Headers of the core are named from the layer's root, "wire/header.h"; those of the contract
# <ravelin/reader.h>; a folder's own by name alone.
CORE = ["wire", "registry", "crypto", "config", "policy", "ike", "host", "io", "control"]

# Folder, and the layers of the core that its files may include beside the contract and their own folder. The first
# row that fits a file counts.
REACH = [
    ("daemon/main.c", CORE),
    *[(f"daemon/{layer}/", CORE[: i + 1]) for i, layer in enumerate(CORE)],
    ("ctl/", ["config"]),
    ("sdk/plugin-check/", ["config"]),
    ("sdk/", []),
    ("plugins/x509-openssl/", ["openssl-key"]),
    ("plugins/credentials-files/", ["openssl-key"]),
    ("plugins/", []),
    ("crypto-backends/", []),
]

# What the engine's side of the core may know of the system: no socket, clock, thread or file.
PURE_LAYERS = ["wire", "registry", "crypto", "config", "policy", "ike"]
PURE_HEADERS = {
    "assert.h", "errno.h", "glib.h", "inttypes.h", "limits.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h",
    "stdint.h", "stdlib.h", "string.h",
}
FILE_HEADERS = {"dirent.h", "fcntl.h", "stdio.h", "sys/stat.h", "sys/types.h", "unistd.h", "glib/gstdio.h"}
MAY_READ_FILES = ["config"]


def is_test(source):
    return source.path.startswith("tests/") or source.name.startswith("test-")


def reach_of(source):
    if is_test(source):
        return None
    for prefix, layers in REACH:
        if source.path.startswith(prefix):
            return layers
    return None


def refusal_of_quoted(source, include, layers):
    """Why source may not include a header of ours, or None."""
    if include.name == "config.h":
        return None if source.name.endswith(".c") else "config.h belongs into .c files"
    own = posixpath.normpath(posixpath.join(source.folder, include.name))
    if own.startswith(source.folder + "/") and (source.root / own).is_file():
        return None
    layer = include.name.partition("/")[0]
    if layer in layers:
        return None
    if layer in CORE:
        return f"{source.folder} may not know the layer {layer}"
    if own_folder_of(source) and (source.root / own).is_file() and own.startswith(own_folder_of(source)):
        return None
    return f'"{include.name}" is neither of its own folder nor of a layer above'


def own_folder_of(source):
    """plugins/NAME/ and the like: a module with folders of its own."""
    parts = source.path.split("/")
    return "/".join(parts[:2]) + "/" if len(parts) > 2 else None


def refusal_of_system(source, include):
    layer = source.path.split("/")[1] if source.is_under("daemon") else None
    if layer not in PURE_LAYERS or include.name.startswith("ravelin/"):
        return None
    allowed = PURE_HEADERS | (FILE_HEADERS if layer in MAY_READ_FILES else set())
    return None if include.name in allowed else f"<{include.name}> in {layer}: no socket, clock, thread or file there"


def check(root):
    for source in sources.c_sources(root):
        layers = reach_of(source)
        if layers is None:
            continue
        for include in source.includes:
            refusal = (
                refusal_of_quoted(source, include, layers)
                if include.is_quoted
                else refusal_of_system(source, include)
            )
            if refusal:
                yield source.path, include.line, refusal
