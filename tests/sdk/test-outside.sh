#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Plugins that are built outside the tree, by a compiler that sees the public headers and libravelin alone: a vendor's,
# and the null installer. The plugin checker passes both. Prints TAP.
set -uo pipefail

source=${G_TEST_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${G_TEST_BUILDDIR:-$source}
work=$(mktemp -d "${TMPDIR:-/tmp}/ravelin-outside.XXXXXX")
trap 'rm -rf "$work"' EXIT

if ! [ -e "$build/sdk/lib/.libs/libravelin.so" ] || ! [ -e "$build/modules/installer_null.so" ]; then
    echo "1..0 # SKIP a build without shared libraries"
    exit 0
fi
if ! command -v pkg-config >/dev/null; then
    echo "1..0 # SKIP pkg-config isn't installed"
    exit 0
fi
backend=$build/modules/openssl.so
[ -e "$backend" ] || backend=$build/modules/gcrypt.so
mkdir -p "$work/include" "$work/source"
cp -r "$source/sdk/include/ravelin" "$work/include/"
cp "$source/tests/sdk/vendor/private-numbers.c" "$source/plugins/installer-null/installer-null.c" "$work/source/"
chmod -R u+w "$work"
: >"$work/source/config.h" # what a vendor's own build makes
read -ra glib <<<"$(pkg-config --cflags --libs glib-2.0)"
read -ra compiler <<<"${CC:-cc}"
echo 1..4
number=0
failed=0

# point NAME COMMAND...: one test point.
point() {
    local name=$1
    shift
    number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then
        echo "ok $number - /outside/$name"
        return
    fi
    sed 's/^/# /' "$work/log"
    echo "not ok $number - /outside/$name"
    failed=1
}

# compile SOURCE MODULE
compile() {
    "${compiler[@]}" -std=gnu17 -Wall -Werror -O1 -fPIC -shared -fvisibility=hidden '-DPACKAGE_VERSION="0"' \
        -I"$work/include" -I"$work/source" -o "$work/$2" "$work/source/$1" \
        -L"$build/sdk/lib/.libs" -lravelin "${glib[@]}"
}

checks() {
    "$build/sdk/ravelin-plugin-check" --with "$backend" "$work/$1"
}

point "vendors-plugin-builds" compile private-numbers.c private_numbers.so
point "vendors-plugin-passes-the-checker" checks private_numbers.so
point "null-installer-builds" compile installer-null.c installer_null.so
point "null-installer-passes-the-checker" checks installer_null.so
exit $failed
