/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A toy crypto backend for simulations: deterministic, fast, and of no security whatever. */
#pragma once

#include <ravelin/plugin.h>

/*
 * It answers to the names of real primitives, with the sizes of real ones, so that everything above
 * runs unchanged; but it computes something else. A known answer therefore never comes out, and
 * the self-test refuses it wherever a daemon might meet it. ICVs and signatures that were touched
 * are refused, public values commute, and a public value with a wrong first octet fails check().
 *
 * Thread: one, for an instance draws its key pairs from its own seed.
 */
typedef struct ToyBackend ToyBackend;

ToyBackend *toy_backend_new(uint64_t seed);
void toy_backend_free(ToyBackend *toy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ToyBackend, toy_backend_free)

/** toy_backend_primitives: (transfer none): as a host hands them to plugins, not self-tested. */
const RvlPrimitives *toy_backend_primitives(ToyBackend *toy);

/** toy_backend_interface: (transfer none): its `self` is a ToyBackend. */
const RvlCryptoBackend *toy_backend_interface(void);

/* The descriptor of the plugin toy_insecure, whose seed is always 0. */
extern const RvlPlugin toy_insecure_LTX_rvl_plugin;
