/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "Did you mean": the name with the fewest slips of the pen. */
#include "config.h"

#include "config/nearest.h"

#include <stdint.h>
#include <string.h>

/* Longer names are not compared: nobody mistypes those. */
#define NAME_OCTETS 64

/* Slips that are still taken for a slip: one in three letters. */
static size_t
tolerance(size_t octets)
{
    return octets <= 3 ? 1 : octets / 3 + 1;
}

void
rvl_nearest_init(RvlNearest *nearest, const char *wanted)
{
    *nearest = (RvlNearest){.wanted = wanted, .distance = tolerance(strlen(wanted)) + 1};
}

/* Letters to insert, drop, change or swap (optimal string alignment) to make @a into @b. */
static size_t
distance_between(const char *a, const char *b)
{
    size_t rows[3][NAME_OCTETS + 1];
    size_t m = strlen(a), n = strlen(b);
    size_t *before_last = rows[0], *last = rows[1], *now = rows[2];

    if (m > NAME_OCTETS || n > NAME_OCTETS)
        return SIZE_MAX;
    for (size_t j = 0; j <= n; j++)
        last[j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t *spare = before_last;

        now[0] = i;
        for (size_t j = 1; j <= n; j++) {
            now[j] = last[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = MIN(now[j], MIN(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = MIN(now[j], before_last[j - 2] + 1);
        }
        before_last = last;
        last = now;
        now = spare;
    }
    return last[n];
}

void
rvl_nearest_offer(RvlNearest *nearest, const char *name)
{
    size_t distance = distance_between(nearest->wanted, name);

    if (distance < nearest->distance) {
        nearest->distance = distance;
        nearest->best = name;
    }
}

char *
rvl_nearest_remedy(const RvlNearest *nearest)
{
    return nearest->best != NULL ? g_strdup_printf("did you mean '%s'?", nearest->best) : NULL;
}
