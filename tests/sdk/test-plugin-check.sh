#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The plugin checker: it passes what is right, says what is wrong, and survives a plugin that doesn't. Prints TAP.
set -uo pipefail

build=${G_TEST_BUILDDIR:-.}
checker=$build/sdk/ravelin-plugin-check
plugins=$build/tests/plugins/.libs

if ! [ -e "$plugins/behaves.so" ]; then
    echo "1..0 # SKIP this build makes no shared modules"
    exit 0
fi
echo 1..6
number=0
failed=0

# point NAME STATUS TEXT COMMAND...: the command ends with STATUS and prints TEXT.
point() {
    local name=$1 status=$2 text=$3 printed ended
    shift 3
    number=$((number + 1))
    printed=$("$@" 2>&1)
    ended=$?
    if [ "$ended" = "$status" ] && grep -qF -- "$text" <<<"$printed"; then
        echo "ok $number - /plugin-check/$name"
        return
    fi
    sed 's/^/# /' <<<"$printed"
    echo "# ended with $ended, not $status, or doesn't say: $text"
    echo "not ok $number - /plugin-check/$name"
    failed=1
}

backend=$build/modules/openssl.so
[ -e "$backend" ] || backend=$build/modules/gcrypt.so
point "passes-a-plugin" 0 "the plugin unloads" "$checker" --with "$backend" "$build/modules/installer_null.so"
point "refuses-another-contract" 1 "it was built against another contract" "$checker" "$plugins/other-major.so"
point "shows-the-plugins-own-reason" 1 "the token is in the other trousers" "$checker" "$plugins/fails.so"
point "names-what-an-interface-lacks" 1 "its interface lacks 'get'" "$checker" "$plugins/half-interface.so"
point "survives-a-crash" 1 "Bail out! the plugin ended the process" "$checker" "$plugins/crashes.so"
point "asks-for-one-module" 2 "one module, please" "$checker"
exit $failed
