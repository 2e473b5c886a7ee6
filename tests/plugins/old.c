/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin built against the shorter structs of an old contract; see old-contract.h. */
#include "config.h"

#include "old-contract.h"

static const uint8_t methods[] = {201};

static void
prove(void *self, const void *request, OldAuthDone done, void *user_data)
{
    done(0, 0, user_data);
}

static const struct {
    OldAuthenticator authenticator;
    uint64_t behind[8]; /* what a host that reads too far would find */
} interface = {
    {
        .size = sizeof(OldAuthenticator),
        .word = "old",
        .methods = methods,
        .n_methods = 1,
        .prove = prove,
        .check = prove,
    },
    {1, 1, 1, 1, 1, 1, 1, 1},
};

static const OldProvision provides[] = {{4, "old", &interface}};

typedef struct {
    OldPlugin plugin;
    uint64_t behind[16];
} OldDescriptor;

extern const OldDescriptor old_LTX_rvl_plugin;
__attribute__((visibility("default"))) const OldDescriptor old_LTX_rvl_plugin = {
    {
        .size = sizeof(OldPlugin),
        .contract_major = 1,
        .contract_minor = 0,
        .name = "old",
        .version = "0.9",
        .licence = "MIT",
        .summary = "an authenticator of an old contract",
        .provides = provides,
        .n_provides = 1,
        .provides_stride = sizeof(OldProvision),
    },
    {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
};
