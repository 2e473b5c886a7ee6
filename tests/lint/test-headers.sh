#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each header compiles alone, by the compiler of this build: what it needs it brings. The contract's headers see nothing
# but themselves and GLib, as a plugin's build outside the tree does, without our flags.
set -uo pipefail

source=${G_TEST_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${G_TEST_BUILDDIR:-$source}
read -ra compiler <<<"${CC:-cc}"
read -ra glib <<<"$(pkg-config --cflags glib-2.0 gio-unix-2.0)"

# compiles_alone HEADER FLAG...
compiles_alone() {
    printf '#include "%s"\n' "$1" | "${compiler[@]}" -x c -fsyntax-only -Wall -Wextra -Werror "${glib[@]}" "${@:2}" - 2>&1
}

cd "$source" || exit 1
mapfile -t public < <(ls sdk/include/ravelin/*.h)
mapfile -t internal < <(find daemon -name '*.h' | sort)
echo "1..$((${#public[@]} + ${#internal[@]}))"
number=0
failed=0
for header in "${public[@]}" "${internal[@]}"; do
    number=$((number + 1))
    case $header in
    sdk/include/*) flags=(-Isdk/include -std=gnu17) ;;
    *) flags=(-Isdk/include -Idaemon -I"$build" -include config.h) ;;
    esac
    if said=$(compiles_alone "$PWD/$header" "${flags[@]}"); then
        echo "ok $number - /headers/$header"
    else
        sed 's/^/# /' <<<"$said"
        echo "not ok $number - /headers/$header"
        failed=1
    fi
done
exit $failed
