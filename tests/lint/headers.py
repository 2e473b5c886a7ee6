# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each .c includes config.h, then its own header, which so proves itself complete; each header says pragma once."""

import sources


def own_header_of(source):
    """The path of the header that must come second in a .c file, or None where there is none."""
    own = f"{source.path[:-len('.c')]}.h"
    public = f"sdk/include/ravelin/{source.name[:-len('.c')]}.h"
    candidates = [own, public] if source.is_under("sdk/lib") else [own]
    return next((path for path in candidates if (source.root / path).is_file()), None)


def check_order(source):
    names = [include.name for include in source.includes]
    line = source.includes[0].line if names else 1
    if names[:1] != ["config.h"]:
        yield source.path, line, 'the first include must be "config.h"'
    own = own_header_of(source)
    if own and not (names[1:2] and f"/{own}".endswith(f"/{names[1]}")):
        yield source.path, line, f"{own} must be included right after config.h"


def check(root):
    for source in sources.c_sources(root):
        if source.name.endswith(".c") and not source.is_under("sdk/template") and not source.is_under("tests/sdk/vendor"):
            yield from check_order(source)
        if source.name.endswith(".h") and "#pragma once" not in source.code:
            yield source.path, 1, "no #pragma once"
