/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `ravelinctl` shows of the data plane: offloads with their reasons, drops by cause. */
#pragma once

#include "plane.h"

/** report_rows: RvlInstaller.report: writes at most @max rows, returns how many there are. */
size_t report_rows(const Plane *plane, RvlReportRow *rows, size_t stride, size_t max);

/** report_offloads: an event for each offload of @tun or @endpoint (nullable) that is off. */
void report_offloads(const Plane *plane, const Tun *tun, const Endpoint *endpoint);
