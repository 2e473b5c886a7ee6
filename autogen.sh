#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes ./configure from configure.ac, in a checkout.
set -eu
cd "$(dirname "$0")"

for tool in autoreconf automake libtoolize pkg-config; do
    command -v "$tool" >/dev/null || missing="${missing-} $tool"
done
if [ -n "${missing-}" ]; then
    echo "autogen.sh: missing:$missing" >&2
    echo "Debian, Ubuntu:  apt-get install autoconf automake libtool pkg-config" >&2
    echo "Fedora:          dnf install autoconf automake libtool pkgconf-pkg-config" >&2
    exit 1
fi
exec autoreconf --force --install --warnings=all,no-portability
