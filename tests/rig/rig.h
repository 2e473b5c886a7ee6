/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A rig that holds one plugin: a host's services in small, for the tests beside plugins. */
#pragma once

#include <ravelin/plugin.h>

#include <ravelin/authenticator.h>

/*
 * PRFs are GLib's HMAC, so that a plugin's numbers are checked against another library than the
 * daemon's. Primitives are those of a backend that the build made, opened as a module.
 */
typedef struct Rig Rig;

Rig *rig_new(void);
void rig_free(Rig *rig);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rig, rig_free)

const RvlHost *rig_host(Rig *rig);

/* Takes the primitives of the backend @name; false where the build has no such module. */
bool rig_use_backend(Rig *rig, const char *name);

/* The folder that host->directory() answers for @kind. */
void rig_set_directory(Rig *rig, const char *kind, const char *path);

/* Loads @plugin; with NULL for settings an empty group. Its provisions can be looked up then. */
bool rig_load(Rig *rig, const RvlPlugin *plugin, const RvlSettings *settings, GError **error);
/* Loads @plugin, which must succeed; unloading is rig_free()'s. Returns its instance. */
void *rig_load_plugin(Rig *rig, const RvlPlugin *plugin);
/* The interface of the first provision of @capability, with its instance. */
const void *rig_lookup(Rig *rig, uint32_t capability, void **self);

/* How many events of @id came, and the last event's sentence. */
unsigned rig_count_events(Rig *rig, RvlEventId id);
const char *rig_last_event(Rig *rig);

/* How a library can fail; the rig's PRFs then do, in each use after the first @uses. */
typedef enum {
    RIG_FAILS_NOT = 0,
    RIG_FAILS_KEYING = 1,
    RIG_FAILS_COMPUTING = 2,
    RIG_FAILS_BY_SIZE = 3, /* its output is longer than any */
} RigFailure;

void rig_fail_prf(Rig *rig, RigFailure failure);
void rig_fail_prf_after(Rig *rig, unsigned uses);

RvlSecretId rig_put_secret(Rig *rig, const void *octets, size_t n);

/* What an authenticator answered. */
typedef struct {
    unsigned calls;
    bool proved;
    uint8_t method;
    GBytes *proof;
    GPtrArray *certificates; /* GBytes */
    char *description;
    RvlWallTime not_after;
    GError *error;
} RigVerdict;

void rig_verdict_clear(RigVerdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RigVerdict, rig_verdict_clear)
void rig_prove(Rig *rig, const RvlAuthRequest *request, RigVerdict *verdict);
void rig_check(Rig *rig, const RvlAuthRequest *request, RigVerdict *verdict);
