# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each .c includes config.h, then its own header, which so proves itself complete; each header says pragma once."""

import sources


def own_header_of(source):
    """The header that must come second in a .c file, as it is included, or None where there is none."""
    stem = source.path[: -len(".c")]
    if (source.root / f"{stem}.h").is_file():
        base = "daemon/" if source.is_under("daemon") else source.folder + "/"
        return f"{stem}.h"[len(base) :]
    public = f"ravelin/{source.name[:-2]}.h"
    if source.is_under("sdk/lib") and (source.root / "sdk/include" / public).is_file():
        return public
    return None


def check_order(source):
    names = [include.name for include in source.includes]
    if names[:1] != ["config.h"]:
        line = source.includes[0].line if source.includes else 1
        yield source.path, line, 'the first include must be "config.h"'
    own = own_header_of(source)
    if own and own not in names[1:2]:
        yield source.path, source.includes[0].line if names else 1, f"{own} must be included right after config.h"


def check(root):
    for source in sources.c_sources(root):
        if source.name.endswith(".c") and not source.is_under("sdk/template"):
            yield from check_order(source)
        if source.name.endswith(".h") and "#pragma once" not in source.code:
            yield source.path, 1, "no #pragma once"
