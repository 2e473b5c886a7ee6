# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls that have no place in our code, or not in that part of it."""

import re

import layers
import sources

PURE = [f"daemon/{layer}/" for layer in layers.PURE_LAYERS]
NO_FILES = [prefix for prefix in PURE if prefix.split("/")[1] not in layers.MAY_READ_FILES]
OURS = ["sdk/lib/", "daemon/", "plugins/", "crypto-backends/", "ctl/"]
SECRET = r"\w*(?:secret|psk|key_?mat|icv|digest|auth_data|cookie|mac|tag|hash)\w*"

# (where, what, why not); tests aren't asked.
CALLS = [
    (OURS, r"(?:system|popen|wordexp)\s*\(", "runs a shell; spawn a program with its arguments, or do it in C"),
    (OURS, r"(?:strcpy|strcat|sprintf|vsprintf|gets|strtok|alloca|g_alloca|g_newa)\s*\(", "has no bound"),
    (OURS, r"(?:atoi|atol|strtol|strtoul|sscanf)\s*\(", "hides errors of range; g_ascii_string_to_unsigned() shows them"),
    (OURS, r"(?:rand|random|srand|drand48|g_random_\w+|g_rand_\w+)\s*\(", "isn't fit for keys; take the host's random"),
    (OURS, rf"memcmp\s*\([^;]*\b{SECRET}\b", "takes longer the more agrees; use rvl_secret_equal()"),
    (OURS, r"g_assert(?:_\w+)?\s*\(", "is for tests; nothing that a peer, file or plugin sends may end the daemon"),
    (OURS, r"goto\s+(?:out|end|done|cleanup|fail|error|err)\b", "let g_autoptr free it"),
    (OURS, r"(?:TODO|FIXME|XXX)\b", "finish it"),
    (["daemon/", "plugins/", "crypto-backends/", "sdk/lib/"], r"(?:g_)?getenv\s*\(", "trusts the environment of a privileged program; use secure_getenv()"),
    (["daemon/"], r"(?:g_print|g_printerr|g_message|g_warning|g_info|g_debug|printf)\s*\(", "emit an event; control makes the text"),
    (PURE, r"g_get_(?:monotonic|real)_time\s*\(|g_date_time_new_now\w*\s*\(|clock_gettime\s*\(|time\s*\(\s*(?:NULL|&)", "reads a clock; time is a parameter"),
    (PURE, r"g_(?:timeout|idle)_\w*\s*\(|g_(?:thread|mutex|cond|async_queue)_\w+\s*\(|G_LOCK", "the engine has one thread and no main loop"),
    (NO_FILES, r"g_(?:file|dir)_\w+\s*\(|g_key_file_\w+\s*\(", "reads files"),
]

# (file, what, why it may): main and control make text for people.
EXCEPTIONS = [
    ("daemon/main.c", r"printf|g_print", "usage and version go to the terminal"),
    ("daemon/options.c", r"printf|g_print", "help and version go to the terminal"),
    ("daemon/control/", r"printf|g_", "control makes the text"),
]


def excused(path, call):
    return any(path.startswith(prefix) and re.search(what, call) for prefix, what, _ in EXCEPTIONS)


def check(root):
    rows = [(where, re.compile(rf"(?<![\w.>]){what}"), why) for where, what, why in CALLS]
    for source in sources.c_sources(root):
        if layers.is_test(source):
            continue
        for where, pattern, why in rows:
            if not source.path.startswith(tuple(where)):
                continue
            for match in pattern.finditer(source.code):
                call = match[0].split("(")[0].strip()
                if not excused(source.path, call):
                    yield source.path, sources.line_of(source.code, match.start()), f"{call}: {why}"
