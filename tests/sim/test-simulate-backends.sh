#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The simulator on the real crypto backends, some seeds each: SIM_BACKEND_SEEDS, 40 where the environment doesn't say.
set -u
simulate=$G_TEST_BUILDDIR/tests/sim/simulate
n=0
for backend in openssl gcrypt; do
    n=$((n + 1))
    output=$("$simulate" --modules "$G_TEST_BUILDDIR/modules" --backend $backend --seeds "${SIM_BACKEND_SEEDS-40}")
    status=$?
    grep '^#' <<<"$output"
    case $output in
    1..0*) echo "ok $n - $backend # SKIP ${output#*SKIP }" ;;
    *) if [ $status -eq 0 ]; then echo "ok $n - $backend"; else echo "not ok $n - $backend"; fi ;;
    esac
done
echo "1..$n"
