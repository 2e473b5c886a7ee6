/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notify message types of IKEv2 (RFC 7296 3.10.1 and the RFCs that add to it). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** RvlNotifyType: rows of notify-types.def. */
typedef enum {
#define RVL_NOTIFY_ROW(symbol, number, min, max, unit, source) RVL_NOTIFY_##symbol = number,
#include "wire/notify-types.def"
#undef RVL_NOTIFY_ROW
} RvlNotifyType;

/** RVL_NOTIFY_FIRST_STATUS: types below report an error, types from here on a status (3.10.1). */
#define RVL_NOTIFY_FIRST_STATUS 16384

/**
 * RvlNotifyInfo:
 * @name: as its RFC writes it
 * @min_octets, @max_octets: bounds on its data; what breaks them is malformed
 * @unit_octets: its data is a multiple of this
 * @source: RFC and section
 */
typedef struct {
    uint16_t type;
    uint16_t min_octets;
    uint16_t max_octets;
    uint16_t unit_octets;
    const char *name;
    const char *source;
} RvlNotifyInfo;

/** rvl_notify_info: (transfer none) (nullable): the row of @type; NULL for an unknown one. */
const RvlNotifyInfo *rvl_notify_info(uint16_t type);

/** rvl_notify_name: (transfer none) (nullable): `NO_PROPOSAL_CHOSEN`. */
const char *rvl_notify_name(uint16_t type);

static inline bool
rvl_notify_is_error(uint16_t type)
{
    return type < RVL_NOTIFY_FIRST_STATUS;
}
