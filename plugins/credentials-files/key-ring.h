/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The private keys that lie in a folder, and which of them fits a certificate. */
#pragma once

#include "openssl-key/key.h"

/**
 * KeyRing: the keys of a folder as it was when it was read; immutable, reference counted. Files
 * that hold no key are passed over, those that can't be used are kept as reasons. Thread: any.
 */
typedef struct KeyRing KeyRing;

KeyRing *key_ring_new(const char *folder);
KeyRing *key_ring_ref(KeyRing *ring);
void key_ring_unref(KeyRing *ring);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeyRing, key_ring_unref)

/**
 * key_ring_find:
 * @name: (nullable): the one file, relative to the folder; nothing outside it is looked at
 *
 * Returns: (transfer none) (nullable): the key whose public half is @public_key; NULL with
 * RVL_CAUSE_KEY_MISSING, which lists what was looked at and why a file was not used.
 */
const RvlAsymmetricKey *key_ring_find(const KeyRing *ring,
                                      const RvlAsymmetricKey *public_key,
                                      const char *name,
                                      GError **error);
