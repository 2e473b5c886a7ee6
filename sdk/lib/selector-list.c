/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of traffic selectors, and the responder's choice among them. */
#include "config.h"

#include <ravelin/selector.h>

#include <string.h>

struct RvlSelectors {
    gatomicrefcount references;
    size_t n;
    RvlSelector selectors[];
};

RvlSelectors *
rvl_selectors_new(const RvlSelector *selectors, size_t n)
{
    RvlSelectors *list;

    g_return_val_if_fail(n <= (G_MAXSIZE - sizeof(*list)) / sizeof(*selectors), NULL);
    list = g_malloc(sizeof(*list) + n * sizeof(*selectors));
    g_atomic_ref_count_init(&list->references);
    list->n = n;
    if (n > 0)
        memcpy(list->selectors, selectors, n * sizeof(*selectors));
    return list;
}

RvlSelectors *
rvl_selectors_ref(const RvlSelectors *selectors)
{
    RvlSelectors *shared = (RvlSelectors *)selectors; /* counting changes no selector */

    g_atomic_ref_count_inc(&shared->references);
    return shared;
}

void
rvl_selectors_unref(RvlSelectors *selectors)
{
    if (selectors != NULL && g_atomic_ref_count_dec(&selectors->references))
        g_free(selectors);
}

size_t
rvl_selectors_count(const RvlSelectors *selectors)
{
    return selectors->n;
}

const RvlSelector *
rvl_selectors_get(const RvlSelectors *selectors, size_t i)
{
    g_return_val_if_fail(i < selectors->n, NULL);
    return &selectors->selectors[i];
}

bool
rvl_selectors_equal(const RvlSelectors *a, const RvlSelectors *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        if (!rvl_selector_equal(&a->selectors[i], &b->selectors[i]))
            return false;
    }
    return true;
}

static bool
list_includes(const RvlSelector *list, size_t n, const RvlSelector *inner)
{
    for (size_t i = 0; i < n; i++) {
        if (rvl_selector_includes(&list[i], inner))
            return true;
    }
    return false;
}

bool
rvl_selectors_includes(const RvlSelectors *outer, const RvlSelectors *inner)
{
    for (size_t i = 0; i < inner->n; i++) {
        if (!list_includes(outer->selectors, outer->n, &inner->selectors[i]))
            return false;
    }
    return true;
}

bool
rvl_selectors_match(const RvlSelectors *selectors,
                    const RvlAddress *address,
                    uint8_t protocol,
                    bool port_known,
                    uint16_t port)
{
    for (size_t i = 0; i < selectors->n; i++) {
        if (rvl_selector_matches(&selectors->selectors[i], address, protocol, port_known, port))
            return true;
    }
    return false;
}

/* What has been chosen so far; none includes another. */
typedef struct {
    RvlSelector chosen[RVL_SELECTORS_MAX];
    size_t n;
} Choice;

/* Takes up @selector unless one includes it, in place of those that it includes. A full choice
 * takes no more: the peer asked for more than a payload can grant. */
static void
choose(Choice *choice, const RvlSelector *selector)
{
    size_t kept = 0;

    if (list_includes(choice->chosen, choice->n, selector))
        return;
    for (size_t i = 0; i < choice->n; i++) {
        if (!rvl_selector_includes(selector, &choice->chosen[i]))
            choice->chosen[kept++] = choice->chosen[i];
    }
    choice->n = kept;
    if (choice->n < G_N_ELEMENTS(choice->chosen))
        choice->chosen[choice->n++] = *selector;
}

/* Moves those that hold @first to the front; the order stays as it is otherwise. */
static RvlSelectors *
order(const Choice *choice, const RvlSelector *first)
{
    RvlSelectors *list = rvl_selectors_new(choice->chosen, choice->n);
    size_t n = 0;

    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < choice->n; i++) {
            if (rvl_selector_includes(&choice->chosen[i], first) == (pass == 0))
                list->selectors[n++] = choice->chosen[i];
        }
    }
    return list;
}

RvlSelectors *
rvl_selectors_narrow(const RvlSelectors *offered, const RvlSelectors *policy)
{
    g_autofree Choice *choice = g_new0(Choice, 1);

    for (size_t i = 0; i < policy->n; i++) {
        for (size_t j = 0; j < offered->n; j++) {
            RvlSelector both;

            if (rvl_selector_intersect(&policy->selectors[i], &offered->selectors[j], &both))
                choose(choice, &both);
        }
    }
    if (choice->n == 0)
        return NULL;
    return order(choice, &offered->selectors[0]);
}

char *
rvl_selectors_format(const RvlSelectors *selectors)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < selectors->n; i++) {
        char one[RVL_SELECTOR_TEXT];

        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               rvl_selector_format(&selectors->selectors[i], one));
    }
    return g_string_free(text, FALSE);
}
