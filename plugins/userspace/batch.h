/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Batches of the installer: staged whole, then carried out. */
#pragma once

#include "plane.h"

/** batch_apply: RvlInstaller.apply. */
void batch_apply(Plane *plane, const RvlSaBatch *batch, RvlCountersDone removed, void *user_data);
