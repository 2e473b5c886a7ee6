#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The simulator on the toy backend: SIM_SEEDS seeds (2,000 where the environment doesn't say), each of which must end
# with both ends agreed and nothing left. From 2,000 on, every fault and collision must have been entered by 100.
set -u
simulate=$G_TEST_BUILDDIR/tests/sim/simulate
exec "$simulate" --modules "$G_TEST_BUILDDIR/modules" --backend toy --seeds "${SIM_SEEDS-2000}"
