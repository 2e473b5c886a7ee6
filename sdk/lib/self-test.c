/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Self-tests: walks the rows of a primitive, and reports the one that doesn't come out. */
#include "config.h"

#include "self-test-parts.h"

#include <string.h>
#include <ravelin/error.h>
#include <ravelin/macros.h>

GBytes *
self_test_unhex(const char *hex)
{
    size_t size = hex != NULL ? strlen(hex) / 2 : 0;
    g_autofree uint8_t *octets = g_malloc0(MAX(size, 1));

    for (size_t i = 0; i < size; i++) {
        int high = g_ascii_xdigit_value(hex[2 * i]);
        int low = g_ascii_xdigit_value(hex[2 * i + 1]);

        octets[i] = (uint8_t)(MAX(high, 0) << 4 | MAX(low, 0));
    }
    return g_bytes_new_take(g_steal_pointer(&octets), size);
}

bool
self_test_is(GBytes *expected, const void *octets, size_t size)
{
    return size == g_bytes_get_size(expected) &&
           (size == 0 || memcmp(g_bytes_get_data(expected, NULL), octets, size) == 0);
}

/* Tries the rows of one table; @n_tried counts those that have the name. */
static bool
try_table(const char *name,
          const char *backend,
          const void *primitive,
          const RvlKnownAnswers *answers,
          SelfTestRow test,
          size_t *n_tried,
          GError **error)
{
    for (size_t i = 0; i < answers->n_rows; i++) {
        RvlKnownAnswer row = {0};
        const char *step = NULL;

        /* A row of another version of the contract may be shorter or longer than ours. */
        memcpy(&row, RVL_STRIDE(answers->rows, answers->stride, i),
               MIN(answers->stride, sizeof(row)));
        if (strcmp(row.primitive, name) != 0)
            continue;
        ++*n_tried;
        if (test(primitive, &row, &step))
            continue;
        rvl_error_set_found(error, RVL_CAUSE_SELF_TEST_FAILED, name, backend,
                            "%s by %s: %s gives a wrong answer (%s)", name, backend, step,
                            row.source);
        return false;
    }
    return true;
}

bool
self_test_rows(const char *name,
               const char *backend,
               const void *primitive,
               const RvlKnownAnswers *more,
               SelfTestRow test,
               GError **error)
{
    size_t n_tried = 0;

    if (!try_table(name, backend, primitive, rvl_known_answers(), test, &n_tried, error) ||
        (more != NULL && !try_table(name, backend, primitive, more, test, &n_tried, error)))
        return false;
    if (n_tried > 0)
        return true;
    rvl_error_set_found(error, RVL_CAUSE_SELF_TEST_FAILED, name, backend,
                        "%s by %s: nobody brings a known answer to test it with", name, backend);
    return false;
}
