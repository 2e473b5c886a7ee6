/* SPDX-License-Identifier: MIT */
/* Policy sources: where configuration comes from besides files. */
#pragma once

#include <ravelin/macros.h>
#include <ravelin/octets.h>

G_BEGIN_DECLS

/** RvlPolicyDone: @name: where it comes from, for errors; @text: in the configuration's format. */
typedef void (*RvlPolicyDone)(const char *name,
                              const RvlOctets *text,
                              const GError *error,
                              void *user_data);

/**
 * RvlPolicySource:
 * @read: the source's configuration, whole
 * @watch: (nullable): @changed is called when it should be read again; NULL stops that
 *
 * Thread: main loop; done there, after return.
 */
typedef struct {
    uint32_t size;
    const char *name;
    void (*read)(void *self, RvlPolicyDone done, void *user_data);
    void (*watch)(void *self, void (*changed)(void *user_data), void *user_data);
} RvlPolicySource;

G_END_DECLS
