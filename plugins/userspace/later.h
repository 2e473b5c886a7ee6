/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers that come on the main loop, after the call that asked has returned. */
#pragma once

#include "plane.h"

G_BEGIN_DECLS

/* Each takes @error (nullable), and hands it to @done, which it calls once. */
void later_done(Plane *plane, RvlDone done, void *user_data, GError *error);
void later_interface(Plane *plane,
                     RvlInterfaceDone done,
                     void *user_data,
                     const Tun *tun,
                     GError *error);
void later_endpoint(Plane *plane, RvlEndpointDone done, void *user_data, bool reads, GError *error);
/** later_spis: takes @spis, of uint32_t. */
void later_spis(Plane *plane, RvlSpisDone done, void *user_data, GArray *spis, GError *error);
/** later_counters: takes @counters (nullable), of RvlSaCounters. */
void later_counters(Plane *plane,
                    RvlCountersDone done,
                    void *user_data,
                    GArray *counters,
                    GError *error);
/** later_standing: takes @standing, of RvlStanding, whose clear function frees what is in it. */
void later_standing(Plane *plane, RvlStandingDone done, void *user_data, GArray *standing);

G_END_DECLS
