/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells the workers which descriptors of endpoints and interfaces are theirs to read. */
#pragma once

#include "plane.h"

G_BEGIN_DECLS

/** watch_endpoint, watch_tun: workers read them soon. */
void watch_endpoint(Plane *plane, Endpoint *endpoint);
void watch_tun(Plane *plane, Tun *tun);

/**
 * watch_end:
 * @endpoint, @tun: (transfer full) (nullable): one of them
 *
 * Closes it once no worker touches it, then calls @done.
 */
void watch_end(Plane *plane, Endpoint *endpoint, Tun *tun, RvlDone done, void *user_data);

G_END_DECLS
