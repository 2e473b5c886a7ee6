#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What configure says where something is missing or doesn't fit: all of it at once, and what to install. Prints TAP.
# Each run of configure takes seconds, so CI runs this and `make check` doesn't.
set -uo pipefail

source=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/ravelin-configure.XXXXXX")
trap 'rm -rf "$work"' EXIT
number=0
failed=0
printf '#!/bin/sh\ncase " $* " in *" --atleast-pkgconfig-version "*) exit 0;; esac\nexit 1\n' >"$work/no-packages"
chmod +x "$work/no-packages"

# refuses NAME WORD... -- CONFIGURE-ARGUMENT...: configure fails, and its last lines hold each word.
refuses() {
    local name=$1 word words=() good=1 said
    shift
    while [ "$1" != -- ]; do
        words+=("$1")
        shift
    done
    shift
    number=$((number + 1))
    if said=$(cd "$work" && "$source/configure" --cache-file="$work/cache" "$@" 2>&1); then
        echo "# configure $* went through"
        good=0
    fi
    for word in "${words[@]}"; do
        grep -qF -- "$word" <<<"$(tail -n 12 <<<"$said")" || {
            echo "# not said: $word"
            good=0
        }
    done
    rm -f "$work/cache"
    if [ $good = 1 ]; then
        echo "ok $number - /configure/$name"
    else
        tail -n 12 <<<"$said" | sed 's/^/# /'
        echo "not ok $number - /configure/$name"
        failed=1
    fi
}

echo 1..4
refuses all-that-is-missing-is-named-at-once \
    "glib-2.0 >= 2.74" "json-glib-1.0 >= 1.6" "libmnl >= 1.0.4" "at least one of openssl and gcrypt" \
    "apt-get install libglib2.0-dev libjson-glib-dev libmnl-dev libssl-dev libgcrypt20-dev" \
    "dnf install glib2-devel json-glib-devel libmnl-devel openssl-devel libgcrypt-devel" \
    -- PKG_CONFIG="$work/no-packages"
refuses a-backend-asked-for-must-be-there "libcrypto >= 3.0" libssl-dev openssl-devel \
    -- --with-openssl PKG_CONFIG="$work/no-packages"
refuses one-backend-at-least "at least one of openssl and gcrypt" -- --without-openssl --without-gcrypt
refuses fuzzers-need-libfuzzer "CC=clang" -- --enable-fuzzers CC=gcc
exit $failed
