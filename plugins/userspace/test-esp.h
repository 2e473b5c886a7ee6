/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both ends of an SA, without sockets: for tests of ESP itself. */
#pragma once

#include "crypto/built-backends.h"
#include "esp-in.h"
#include "esp-out.h"
#include "test-host.h"

/**
 * EspRig:
 * @out_sa, @in_sa: share SPI and key, both carry everything
 * @route: of @out_sa; its endpoint sends nothing
 */
typedef struct {
    TestHost *host;
    Suite suite;
    Endpoint endpoint;
    Sa *out_sa;
    Sa *in_sa;
    SaRoute *route;
    SaTable table;
    EspOut *out;
    EspIn *in;
    RvlProtectionScratch *scratches[1];
    RvlEndpoint remote;
} EspRig;

/** esp_rig_new: @encr, @integ: (nullable): key octets, NULL: made up; SPI 0x1234. */
EspRig *esp_rig_new(const RvlPrimitives *primitives,
                    const TestSuite *suite,
                    GBytes *encr,
                    GBytes *integ,
                    uint32_t spi,
                    bool has_esn,
                    uint32_t window);
void esp_rig_free(EspRig *rig);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EspRig, esp_rig_free)

/** esp_rig_seal: one inner packet as ESP in @esp; returns its octets. */
uint32_t esp_rig_seal(EspRig *rig,
                      uint64_t sequence,
                      const uint8_t *inner,
                      uint32_t n,
                      uint8_t *esp);

/** esp_rig_open: opens @esp in place. Returns the drop, NONE with the inner packet in rig->in->in[0]. */
RvlDropCause esp_rig_open(EspRig *rig, uint8_t *esp, uint32_t n, uint8_t outer_class);
