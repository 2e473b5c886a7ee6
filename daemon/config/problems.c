/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Problems: all that is wrong with a configuration. */
#include "config.h"

#include "config/problems.h"

#include <string.h>

#include <ravelin/error.h>

struct RvlProblems {
    GPtrArray *errors;
    size_t n_dropped;
};

RvlProblems *
rvl_problems_new(void)
{
    RvlProblems *problems = g_new0(RvlProblems, 1);

    problems->errors = g_ptr_array_new_with_free_func((GDestroyNotify)g_error_free);
    return problems;
}

void
rvl_problems_free(RvlProblems *problems)
{
    if (problems == NULL)
        return;
    g_ptr_array_unref(problems->errors);
    g_free(problems);
}

static char *
place_text(const RvlPlace *place)
{
    GString *text = g_string_new(place->file);

    if (place->line > 0)
        g_string_append_printf(text, ":%u", place->line);
    if (place->group != NULL)
        g_string_append_printf(text, ": [%s]", place->group);
    if (place->key != NULL)
        g_string_append_printf(text, "%s%s", place->group != NULL ? " " : ": ", place->key);
    return g_string_free(text, FALSE);
}

/* Whether the last problem says the same: one key can be wrong for both ends at once. */
static bool
is_repeated(const RvlProblems *problems, const GError *error)
{
    guint n = problems->errors->len;

    return n > 0 && strcmp(rvl_problems_get(problems, n - 1)->message, error->message) == 0;
}

void
rvl_problems_add(RvlProblems *problems, const RvlPlace *place, GError *error)
{
    if (place != NULL) {
        g_autofree char *text = place_text(place);

        rvl_error_prefix_where(&error, "%s", text);
    }
    if (problems->errors->len < RVL_PROBLEMS_MAX && !is_repeated(problems, error)) {
        g_ptr_array_add(problems->errors, error);
        return;
    }
    problems->n_dropped += problems->errors->len >= RVL_PROBLEMS_MAX;
    g_error_free(error);
}

void
rvl_problems_say(RvlProblems *problems,
                 const RvlPlace *place,
                 const char *remedy,
                 const char *format,
                 ...)
{
    g_autofree char *what = NULL;
    GError *error = NULL;
    va_list arguments;

    va_start(arguments, format);
    what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    rvl_error_set(&error, RVL_CAUSE_CONFIG_INVALID, "%s", what);
    if (remedy != NULL)
        rvl_error_set_remedy(&error, remedy);
    rvl_problems_add(problems, place, error);
}

size_t
rvl_problems_count(const RvlProblems *problems)
{
    return problems->errors->len + problems->n_dropped;
}

const GError *
rvl_problems_get(const RvlProblems *problems, size_t i)
{
    return i < problems->errors->len ? g_ptr_array_index(problems->errors, i) : NULL;
}

char *
rvl_problems_format(const RvlProblems *problems)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < problems->errors->len; i++)
        g_string_append_printf(text, "%s\n", rvl_problems_get(problems, i)->message);
    if (problems->n_dropped > 0)
        g_string_append_printf(text, "and %zu more\n", problems->n_dropped);
    return g_string_free(text, FALSE);
}

void
rvl_problems_to_error(const RvlProblems *problems, GError **error)
{
    size_t n = rvl_problems_count(problems);

    g_return_if_fail(n > 0);
    g_propagate_error(error, g_error_copy(rvl_problems_get(problems, 0)));
    if (n > 1 && error != NULL) {
        g_autofree char *others = g_strdup_printf("and %zu more", n - 1);
        const char *remedy = rvl_error_remedy(*error);
        g_autofree char *both =
            remedy != NULL && *remedy != '\0' ? g_strdup_printf("%s (%s)", remedy, others) : NULL;

        rvl_error_set_remedy(error, both != NULL ? both : others);
    }
}
