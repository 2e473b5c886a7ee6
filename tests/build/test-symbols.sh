#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the built objects export, and how they were hardened: a plugin its descriptor alone, libravelin its rvl_ symbols,
# each of them with relocations read-only. Prints TAP.
set -uo pipefail
shopt -s nullglob globstar

cd "${G_TEST_BUILDDIR:-.}" || exit 1
modules=(plugins/*/.libs/*.so crypto-backends/*/.libs/*.so)
libraries=(sdk/lib/.libs/libravelin.so)
if ! [ -e "${libraries[0]}" ]; then
    echo "1..0 # SKIP a build without shared libraries"
    exit 0
fi
if ! command -v readelf >/dev/null; then
    echo "1..0 # SKIP readelf isn't installed"
    exit 0
fi

echo "1..$((2 * (${#modules[@]} + ${#libraries[@]})))"
number=0
failed=0

# report NAME COMPLAINT: a complaint is a failure.
report() {
    number=$((number + 1))
    if [ -z "$2" ]; then
        echo "ok $number - $1"
    else
        printf "# %s\n" "${2//$'\n'/$'\n'# }"
        echo "not ok $number - $1"
        failed=1
    fi
}

exported() {
    nm --dynamic --defined-only --format=posix "$1" | awk '$2 != "A" {sub(/@.*/, "", $1); print $1}'
}

unhardened() {
    readelf --wide --segments "$1" | grep -q GNU_RELRO || echo "no read-only relocations"
    readelf --wide --dynamic "$1" | grep -qE 'BIND_NOW|FLAGS_1.*NOW' || echo "bound lazily"
    readelf --wide --segments "$1" | grep 'GNU_STACK' | grep -q 'RWE' && echo "an executable stack"
    readelf --wide --dynamic "$1" | grep -q TEXTREL && echo "relocations in its text"
    return 0
}

for object in "${modules[@]}"; do
    name=$(basename "$object" .so)
    report "/symbols/$name/exports-its-descriptor-alone" \
        "$(exported "$object" | grep -vx "${name//-/_}_LTX_rvl_plugin"; exported "$object" | grep -q _LTX_rvl_plugin || echo "no descriptor")"
    report "/symbols/$name/hardened" "$(unhardened "$object")"
done
for object in "${libraries[@]}"; do
    report "/symbols/libravelin/exports-rvl-alone" "$(exported "$object" | grep -v '^rvl_')"
    report "/symbols/libravelin/hardened" "$(unhardened "$object")"
done
exit $failed
