/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A registry with one backend that was built, and rows of these tests' own over it. */
#pragma once

#include "crypto/crypto.h"

/* Numbers of the rows, as IANA has them. */
#define FIXTURE_PRF_SHA1 2
#define FIXTURE_PRF_SHA256 5
#define FIXTURE_PRF_SHA384 6
#define FIXTURE_PRF_SHA512 7
#define FIXTURE_ENCR_CBC 12
#define FIXTURE_ENCR_GCM16 20
#define FIXTURE_ENCR_CHACHA20 28
#define FIXTURE_INTEG_SHA256 12
#define FIXTURE_GROUP_ECP256 19
#define FIXTURE_GROUP_X25519 31

typedef struct {
    RvlRegistry *registry;
    RvlCrypto *crypto;
} Fixture;

/* @backend: index among built_backends(). */
void fixture_init(Fixture *fixture, size_t backend);
void fixture_clear(Fixture *fixture);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

/* Adds @plugin, which must be accepted, with @self as its instance. */
void fixture_add(RvlRegistry *registry, const RvlPlugin *plugin, void *self);

/* A case of each backend: `/ROOT/BACKEND/NAME`, with the backend's index as its data. */
void fixture_add_cases(const char *root, const char *name, GTestDataFunc run);
