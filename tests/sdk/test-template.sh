#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The template for plugins builds outside the tree, from what `make install` brings and by the commands of its README.
# Prints TAP.
set -uo pipefail

source=${G_TEST_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${G_TEST_BUILDDIR:-$source}
work=$(mktemp -d "${TMPDIR:-/tmp}/ravelin-template.XXXXXX")
trap 'rm -rf "$work"' EXIT

for tool in autoreconf automake libtoolize pkg-config nm; do
    if ! command -v "$tool" >/dev/null; then
        echo "1..0 # SKIP $tool isn't installed"
        exit 0
    fi
done
if ! [ -e "$build/sdk/lib/.libs/libravelin.so" ]; then
    echo "1..0 # SKIP a build without shared libraries"
    exit 0
fi
echo 1..4
number=0

# point NAME COMMAND...: one test point; what comes after a failed one makes no sense.
point() {
    local name=$1
    shift
    number=$((number + 1))
    if "$@" >"$work/log" 2>&1; then
        echo "ok $number - /template/$name"
        return
    fi
    sed 's/^/# /' "$work/log"
    echo "not ok $number - /template/$name"
    echo "Bail out! the points after $name stand on it"
    exit 1
}

# As a packager does, then moved to where it can be used from.
install_sdk() {
    make -C "$build" install DESTDIR="$work/installed" MAKEFLAGS= || return 1
    pc=$(find "$work/installed" -name ravelin.pc) m4=$(find "$work/installed" -name ravelin.m4)
    [ -n "$pc" ] && [ -n "$m4" ] && sed -i "s|^prefix=|prefix=$work/installed|" "$pc" || return 1
    find "$work/installed" -name '*.la' -delete # they name the places that they were made for
}

build_template() {
    cp -r "$source/sdk/template" "$work/template" && chmod -R u+w "$work/template" && cd "$work/template" || return 1
    export PKG_CONFIG_PATH=${pc%/*} ACLOCAL_PATH=${m4%/*}
    autoreconf --force --install && ./configure --prefix="$work/vendor" CC="${CC:-cc}" CFLAGS="-g -O1 -Werror" &&
        make && make install
}

exports_one_symbol() {
    local module
    module=$(find "$work/vendor" -name example.so) && [ -n "$module" ] || return 1
    echo "$module exports:"
    nm --dynamic --defined-only --format=posix "$module" | awk '$2 != "A" {print $1}' | tee "$work/symbols"
    [ "$(cat "$work/symbols")" = example_LTX_rvl_plugin ]
}

needs_only_public_symbols() {
    local module library
    module=$(find "$work/vendor" -name example.so) library=$(find "$work/installed" -name 'libravelin.so' -print -quit)
    nm --dynamic --undefined-only --format=posix "$module" | sed -n 's/^\(rvl_[a-z0-9_]*\).*/\1/p' | while read -r symbol; do
        nm --dynamic --defined-only --format=posix "$library" | grep -q "^${symbol}[@ ]" || echo "$symbol isn't public"
    done | { ! grep .; }
}

point "installed-sdk-is-there" install_sdk
point "builds-by-its-readme" build_template
point "exports-its-descriptor-alone" exports_one_symbol
point "needs-public-symbols-alone" needs_only_public_symbols
