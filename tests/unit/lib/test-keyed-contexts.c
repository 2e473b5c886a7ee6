/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bounded set of keyed contexts: what it finds, what makes room, what it frees. */
#include "config.h"

#include <ravelin/keyed-contexts.h>

static unsigned freed[2 * RVL_KEYED_CONTEXTS + 1];

static void
note_freed(void *context)
{
    freed[GPOINTER_TO_UINT(context)]++;
}

static void
add(RvlKeyedContexts *contexts, unsigned id)
{
    void *oldest = rvl_keyed_contexts_take_oldest(contexts);

    if (oldest != NULL)
        note_freed(oldest);
    rvl_keyed_contexts_add(contexts, id, GUINT_TO_POINTER(id));
}

static RvlKeyedContexts *
full(void)
{
    RvlKeyedContexts *contexts = rvl_keyed_contexts_new(note_freed);

    for (size_t i = 0; i < G_N_ELEMENTS(freed); i++)
        freed[i] = 0;
    for (unsigned id = 1; id <= RVL_KEYED_CONTEXTS; id++)
        add(contexts, id);
    return contexts;
}

static void
least_recently_used_makes_room(void)
{
    g_autoptr(RvlKeyedContexts) contexts = full();

    g_assert_cmpuint(GPOINTER_TO_UINT(rvl_keyed_contexts_find(contexts, 1)), ==, 1);
    add(contexts, RVL_KEYED_CONTEXTS + 1); /* 2 is the oldest now */
    g_assert_null(rvl_keyed_contexts_find(contexts, 2));
    g_assert_nonnull(rvl_keyed_contexts_find(contexts, 1));
    g_assert_nonnull(rvl_keyed_contexts_find(contexts, RVL_KEYED_CONTEXTS + 1));
    g_assert_cmpuint(freed[2], ==, 1);
}

static void
forgotten_key_leaves_a_place(void)
{
    g_autoptr(RvlKeyedContexts) contexts = full();

    rvl_keyed_contexts_forget(contexts, 100);
    rvl_keyed_contexts_forget(contexts, 100);
    rvl_keyed_contexts_forget(contexts, 5000);
    g_assert_cmpuint(freed[100], ==, 1);
    g_assert_null(rvl_keyed_contexts_find(contexts, 100));
    g_assert_null(rvl_keyed_contexts_take_oldest(contexts));
    rvl_keyed_contexts_add(contexts, 300, GUINT_TO_POINTER(300));
    g_assert_cmpuint(GPOINTER_TO_UINT(rvl_keyed_contexts_take_oldest(contexts)), ==, 1);
}

static void
all_are_freed_once(void)
{
    RvlKeyedContexts *contexts = full();

    for (unsigned id = RVL_KEYED_CONTEXTS + 1; id < G_N_ELEMENTS(freed); id++) {
        add(contexts, id);
        g_assert_nonnull(rvl_keyed_contexts_find(contexts, id - id % 3));
    }
    rvl_keyed_contexts_free(contexts);
    for (size_t id = 1; id < G_N_ELEMENTS(freed); id++)
        g_assert_cmpuint(freed[id], ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lib/keyed-contexts/least-recently-used-makes-room",
                    least_recently_used_makes_room);
    g_test_add_func("/lib/keyed-contexts/forgotten-key-leaves-a-place",
                    forgotten_key_leaves_a_place);
    g_test_add_func("/lib/keyed-contexts/all-are-freed-once", all_are_freed_once);
    return g_test_run();
}
