/* SPDX-License-Identifier: MIT */
/* Address pools: who leases inner addresses to peers. */
#pragma once

#include <ravelin/address.h>
#include <ravelin/identity.h>
#include <ravelin/macros.h>
#include <ravelin/settings.h>

G_BEGIN_DECLS

/** RvlLeaseRequest: @wanted of family NONE: any address of @family. */
typedef struct {
    uint32_t size;
    uint32_t needs;
    const char *pool;
    const RvlSettings *settings;
    const RvlIdentity *identity;
    uint8_t family;
    RvlAddress wanted;
} RvlLeaseRequest;
typedef void (*RvlLeaseDone)(const RvlAddress *address, const GError *error, void *user_data);

/**
 * RvlAddressPool:
 * @lease: the same identity gets the same address while it lasts
 * @release: ends one; unknown ones are ignored
 *
 * Thread: main loop; done there, after return. Errors: RVL_CAUSE_POOL_EMPTY, _ADDRESS_REFUSED.
 */
typedef struct {
    uint32_t size;
    const char *name;
    void (*lease)(void *self, const RvlLeaseRequest *request, RvlLeaseDone done, void *user_data);
    void (*release)(void *self, const char *pool, const RvlAddress *address);
} RvlAddressPool;

G_END_DECLS
