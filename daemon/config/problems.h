/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Problems: all that is wrong with a configuration, gathered, each with its place. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

/** RvlPlace: where something is written; all but @file may be absent. */
typedef struct {
    const char *file;
    uint32_t line;     /* 0: the file as a whole */
    const char *group; /* (nullable): `connection berlin` */
    const char *key;   /* (nullable) */
} RvlPlace;

/** RvlProblems: errors in the order in which they were found. */
typedef struct RvlProblems RvlProblems;

/** RVL_PROBLEMS_MAX: problems that are kept; further ones are counted. */
#define RVL_PROBLEMS_MAX 1000

RvlProblems *rvl_problems_new(void);
void rvl_problems_free(RvlProblems *problems);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlProblems, rvl_problems_free)

/**
 * rvl_problems_add:
 * @place: (nullable): becomes the error's where: `FILE:LINE: [GROUP] KEY`
 * @error: (transfer full)
 */
void rvl_problems_add(RvlProblems *problems, const RvlPlace *place, GError *error);

/** rvl_problems_say: adds RVL_CAUSE_CONFIG_INVALID. @remedy: (nullable). */
void rvl_problems_say(RvlProblems *problems,
                      const RvlPlace *place,
                      const char *remedy,
                      const char *format,
                      ...) G_GNUC_PRINTF(4, 5);

/** rvl_problems_count: of all, also of those that were not kept. */
size_t rvl_problems_count(const RvlProblems *problems);
/** rvl_problems_get: (transfer none) (nullable): NULL past the last that was kept. */
const GError *rvl_problems_get(const RvlProblems *problems, size_t i);

/** rvl_problems_format: (transfer full): a line each, in compilers' form. */
char *rvl_problems_format(const RvlProblems *problems);

/** rvl_problems_to_error: the first as one error, which says how many others there are. */
void rvl_problems_to_error(const RvlProblems *problems, GError **error);
