#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shows each check a small tree that breaks its rule, and one that keeps it; then the first checks see our own tree."""

import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True

import lint

MIT = "/* SPDX-License-Identifier: MIT */\n/* Subject. */\n"
OURS = "/* SPDX-License-Identifier: LGPL-2.1-or-later */\n/* Subject. */\n"
HEAD = OURS + '#include "config.h"\n'

# (check, what it shows, files, part of the only violation or None)
CASES = [
    ("layers", "a layer includes the ones above it", {"daemon/ike/a.c": HEAD + '#include "wire/b.h"\n#include <ravelin/c.h>\n'}, None),
    ("layers", "a layer never includes one below it", {"daemon/wire/a.c": HEAD + '#include "ike/b.h"\n'}, "may not know the layer ike"),
    ("layers", "main wires all layers together", {"daemon/main.c": HEAD + '#include "control/b.h"\n'}, None),
    ("layers", "a plugin includes its own folder", {"plugins/psk/a.c": HEAD + '#include "b.h"\n', "plugins/psk/b.h": OURS}, None),
    ("layers", "a plugin never includes the core", {"plugins/psk/a.c": HEAD + '#include "wire/b.h"\n'}, "may not know the layer wire"),
    ("layers", "a plugin never includes another", {"plugins/psk/a.c": HEAD + '#include "../x/b.h"\n', "plugins/x/b.h": OURS}, "neither of its own folder"),
    ("layers", "a backend never includes the core", {"crypto-backends/gcrypt/a.c": HEAD + '#include "registry/b.h"\n'}, "may not know the layer registry"),
    ("layers", "the contract knows nobody", {"sdk/include/ravelin/a.h": MIT + '#include "wire/b.h"\n'}, "may not know the layer wire"),
    ("layers", "the tool includes config", {"ctl/a.c": HEAD + '#include "config/b.h"\n'}, None),
    ("layers", "the tool never includes the engine", {"ctl/a.c": HEAD + '#include "ike/b.h"\n'}, "may not know the layer ike"),
    ("layers", "no socket in the engine", {"daemon/ike/a.c": HEAD + "#include <sys/socket.h>\n"}, "<sys/socket.h> in ike"),
    ("layers", "no clock in policy", {"daemon/policy/a.c": HEAD + "#include <time.h>\n"}, "<time.h> in policy"),
    ("layers", "config may read files", {"daemon/config/a.c": HEAD + "#include <fcntl.h>\n"}, None),
    ("layers", "an include in a comment counts for nothing", {"daemon/wire/a.c": HEAD + '/*\n#include "ike/b.h"\n*/\n'}, None),
    ("headers", "config.h comes first", {"daemon/wire/a.c": OURS + "#include <string.h>\n"}, 'first include must be "config.h"'),
    ("headers", "the own header comes second", {"daemon/wire/a.c": HEAD + "#include <string.h>\n", "daemon/wire/a.h": OURS + "#pragma once\n"}, "wire/a.h must be included right after"),
    ("headers", "a header guards itself", {"daemon/wire/a.h": OURS}, "no #pragma once"),
    ("installed", "a public header is listed", {"sdk/include/ravelin/a.h": MIT + "#pragma once\n"}, "not listed"),
    ("installed", "a listed header is there", {"sdk/include/ravelin/a.h": MIT + "#pragma once\n", "sdk/include/Makefile.inc": "x = sdk/include/ravelin/a.h sdk/include/ravelin/b.h\n"}, "isn't there"),
    ("words", "no algorithm in the core", {"daemon/policy/a.c": HEAD + 'static const char *word = "aes256";\n'}, "'aes256' names an algorithm"),
    ("words", "no algorithm in a name", {"daemon/crypto/a.c": HEAD + "int rvl_hmac_key;\n"}, "'hmac' names an algorithm"),
    ("words", "no algorithm in a type", {"daemon/crypto/a.c": HEAD + "typedef int RvlSha256Key;\n"}, "'sha256' names an algorithm"),
    ("words", "no kernel interface in the core", {"daemon/io/a.c": HEAD + "int use_xfrm;\n"}, "'xfrm' names a kernel interface"),
    ("words", "no method in the core", {"daemon/ike/a.c": HEAD + "enum { RVL_AUTH_PSK };\n"}, "'psk' names an authentication method"),
    ("words", "comments may explain", {"daemon/policy/a.c": HEAD + "/* AES-GCM needs no integrity transform */\n"}, None),
    ("words", "what an RFC fixes stands in one file", {"daemon/ike/core/fixed.c": HEAD + 'static const char *hash = "sha1";\n'}, None),
    ("words", "plugins name their algorithm", {"plugins/aes-gcm/a.c": HEAD + 'static const char *word = "aes256";\n'}, None),
    ("calls", "no shell", {"plugins/routes/a.c": HEAD + 'int f(void) { return system("ip"); }\n'}, "system: runs a shell"),
    ("calls", "no memcmp of secrets", {"daemon/ike/a.c": HEAD + "int f(void) { return memcmp(icv, expected_icv, n); }\n"}, "use rvl_secret_equal()"),
    ("calls", "memcmp of a header is well", {"daemon/wire/a.c": HEAD + "int f(void) { return memcmp(a, b, n); }\n"}, None),
    ("calls", "no clock in the engine", {"daemon/ike/a.c": HEAD + "RvlTime f(void) { return g_get_monotonic_time(); }\n"}, "time is a parameter"),
    ("calls", "the driver has the clock", {"daemon/io/a.c": HEAD + "RvlTime f(void) { return g_get_monotonic_time(); }\n"}, None),
    ("calls", "the environment isn't trusted", {"daemon/host/a.c": HEAD + 'const char *f(void) { return getenv("X"); }\n'}, "use secure_getenv()"),
    ("calls", "secure_getenv is well", {"daemon/host/a.c": HEAD + 'const char *f(void) { return secure_getenv("X"); }\n'}, None),
    ("calls", "a string in a message is no call of ours", {"daemon/ike/a.c": HEAD + "void f(void) { x.system(1); }\n"}, None),
    ("files", "SPDX line first", {"daemon/wire/a.c": "int a;\n"}, "SPDX-License-Identifier: LGPL-2.1-or-later"),
    ("files", "the contract is MIT", {"sdk/include/ravelin/a.h": OURS}, "SPDX-License-Identifier: MIT"),
    ("files", "then the subject", {"daemon/wire/a.c": OURS.splitlines()[0] + "\nint a;\n"}, "a sentence on the file's subject"),
    ("files", "a name says something", {"daemon/wire/wire-utils.c": HEAD}, "doesn't say what lives in it"),
    ("files", "names are kebab-case", {"daemon/wire/two_words.c": HEAD}, "kebab-case"),
    ("files", "no file grows without end", {"daemon/wire/a.c": HEAD + "\n" * 800}, "which are its subjects?"),
    ("layout", "as .clang-format has it", {".clang-format": "BasedOnStyle: LLVM\n", "daemon/wire/a.c": HEAD + "int   a;\n"}, "make format"),
    ("scripts", "shell is what shellcheck takes", {"tests/a.sh": "#!/bin/sh\ncd $1\n"}, "SC2164"),
]

OWN_TREE = ["layers", "headers", "words"]


def violations_in(check, tree):
    with tempfile.TemporaryDirectory(prefix="ravelin-lint-") as root:
        for path, text in tree.items():
            target = pathlib.Path(root, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        return list(lint.CHECKS[check].check(root))


def fits(found, wanted):
    if wanted is None:
        return found == []
    return len(found) == 1 and wanted in found[0][2]


def main():
    results = []

    def report(good, name, details):
        results.append(good)
        for line in details:
            print(f"# {line}")
        print(f"{'ok' if good else 'not ok'} {len(results)} - {name}")

    print(f"1..{len(CASES) + len(OWN_TREE)}")
    for check, shows, tree, wanted in CASES:
        try:
            found = violations_in(check, tree)
        except lint.layout.Skip as reason:
            report(True, f"/lint/{check}/{shows} # SKIP {reason}", [])
            continue
        good = fits(found, wanted)
        report(good, f"/lint/{check}/{shows}", [] if good else [f"wanted {wanted}", *map(str, found)])

    root = pathlib.Path(__file__).resolve().parents[2]
    for check in OWN_TREE:
        found = sorted(lint.CHECKS[check].check(root))
        report(not found, f"/lint/own-tree/{check}", [f"{path}:{line}: {why}" for path, line, why in found])
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
