/* SPDX-License-Identifier: MIT */
/* Keyed contexts of a library, a bounded number a thread, found by the id of their key. */
#pragma once

#include <stdint.h>
#include <glib.h>

G_BEGIN_DECLS

/** RVL_KEYED_CONTEXTS: how many a scratch keeps: a miss costs one key set, not an allocation. */
#define RVL_KEYED_CONTEXTS 256

/**
 * RvlKeyedContexts:
 *
 * What a backend's scratch is made of where the library's keyed state can't be shared by threads:
 * RVL_KEYED_CONTEXTS contexts, the least recently used of which makes room for the next key.
 *
 * Thread: one.
 */
typedef struct RvlKeyedContexts RvlKeyedContexts;

/** rvl_keyed_contexts_new: @free_context wipes and frees a context. */
RvlKeyedContexts *rvl_keyed_contexts_new(void (*free_context)(void *context));
/** rvl_keyed_contexts_free: (nullable): frees all contexts. */
void rvl_keyed_contexts_free(RvlKeyedContexts *contexts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlKeyedContexts, rvl_keyed_contexts_free)

/** rvl_keyed_contexts_find: (transfer none) (nullable): the key's, which is now the newest. */
void *rvl_keyed_contexts_find(RvlKeyedContexts *contexts, uint64_t key_id);

/**
 * rvl_keyed_contexts_take_oldest:
 *
 * Returns: (transfer full) (nullable): where all places are taken, the context that was used
 * longest ago, to be keyed anew; otherwise NULL, and the caller makes one.
 */
void *rvl_keyed_contexts_take_oldest(RvlKeyedContexts *contexts);

/**
 * rvl_keyed_contexts_add:
 * @key_id: has no context here yet
 * @context: (transfer full)
 *
 * There must be a place: rvl_keyed_contexts_take_oldest() came before.
 */
void rvl_keyed_contexts_add(RvlKeyedContexts *contexts, uint64_t key_id, void *context);

/** rvl_keyed_contexts_forget: frees the key's context, if there is one. */
void rvl_keyed_contexts_forget(RvlKeyedContexts *contexts, uint64_t key_id);

G_END_DECLS
