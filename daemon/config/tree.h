/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All files merged: groups by head, keys by name, each with its place, before anything is checked. */
#pragma once

#include "config/places.h"

/**
 * RvlRawKey:
 * @value: (nullable): NULL: set back to its default (`key =`)
 * @source: RvlSourceKind of its file
 */
typedef struct {
    const char *key;
    const char *value;
    const char *file;
    uint32_t line;
    RvlSourceKind source;
} RvlRawKey;

/**
 * RvlRawGroup:
 * @head: `connection berlin`
 * @kind, @name: its two parts; @name is NULL where there is one
 * @file, @line: where its head was written last
 * @keys: (element-type RvlRawKey): in the order in which they were first written
 */
typedef struct {
    char *head;
    char *kind;
    const char *name;
    const char *file;
    uint32_t line;
    GArray *keys;
} RvlRawGroup;

/** RvlTree: what is written. Texts of secrets are wiped when it goes: free it once checked. */
typedef struct RvlTree RvlTree;

RvlTree *rvl_tree_new(void);
void rvl_tree_free(RvlTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlTree, rvl_tree_free)

/** rvl_tree_read: (transfer full): all files of @places. What is wrong is in @problems. */
RvlTree *rvl_tree_read(const RvlPlaces *places, RvlProblems *problems);

/**
 * rvl_tree_add_text:
 * @name: of the file or source, for places
 * @text: (array length=n): copied
 *
 * Merges one file over what is there: later ones win, key by key; twice in one is a problem.
 */
void rvl_tree_add_text(RvlTree *tree,
                       RvlSourceKind kind,
                       const char *name,
                       const char *text,
                       size_t n,
                       RvlProblems *problems);

/** rvl_tree_count: groups; rvl_tree_get() has them by kind, then name. */
size_t rvl_tree_count(const RvlTree *tree);
const RvlRawGroup *rvl_tree_get(const RvlTree *tree, size_t i);
/** rvl_tree_find: (transfer none) (nullable): @name: (nullable). */
const RvlRawGroup *rvl_tree_find(const RvlTree *tree, const char *kind, const char *name);
