/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes by on the wire that no event tells: answers in clear, fragments and their fates. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** SimSight: a kind of datagram. */
typedef enum {
    SIM_SIGHT_COOKIE = 0,             /* an IKE_SA_INIT answer that asks for a cookie */
    SIM_SIGHT_INVALID_KE = 1,         /* one that asks for another group */
    SIM_SIGHT_FRAGMENT = 2,           /* RFC 7383 */
    SIM_SIGHT_FRAGMENT_LOST = 3,      /* on its way */
    SIM_SIGHT_FRAGMENT_DOUBLED = 4,   /* the same */
    SIM_SIGHT_FRAGMENT_REORDERED = 5, /* the same */
    SIM_SIGHT_FRAGMENT_DAMAGED = 6,   /* the same */
} SimSight;
#define SIM_SIGHTS 7

/** sim_watch_datagram: (transfer none): which kind @octets is of; SIM_SIGHTS: none that is watched. */
SimSight sim_watch_datagram(const uint8_t *octets, size_t n);
const char *sim_sight_word(SimSight sight);
