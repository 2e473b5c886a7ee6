/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The contract as a plugin's maker might have had it years ago: the shortest descriptor and
 * interface that 1.0 knows. It repeats their layout on purpose: a field that moves breaks the test.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t capability;
    const char *name;
    const void *interface;
} OldProvision;

typedef struct {
    uint32_t size;
    uint16_t contract_major;
    uint16_t contract_minor;
    const char *name;
    const char *version;
    const char *licence;
    const char *summary;
    const OldProvision *provides;
    size_t n_provides;
    size_t provides_stride;
} OldPlugin;

typedef void (*OldAuthDone)(const void *answer, const void *error, void *user_data);

typedef struct {
    uint32_t size;
    const char *word;
    const uint8_t *methods;
    size_t n_methods;
    bool (*announces)(void *self, size_t i, void *notify);
    void *(*certificate_request)(void *self, const void *settings);
    void *(*default_identity)(void *self, const void *settings);
    bool (*is_ready)(void *self, const void *settings, bool proves, void **error);
    void (*prove)(void *self, const void *request, OldAuthDone done, void *user_data);
    void (*check)(void *self, const void *request, OldAuthDone done, void *user_data);
} OldAuthenticator;
