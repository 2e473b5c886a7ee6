/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bell: any thread rings it, and the main loop answers, once for however many rings. */
#include "config.h"

#include "io/bell.h"

#include <stdbool.h>

struct RvlBell {
    GSource source;
    gint is_rung; /* atomic */
    GMainContext *context;
    RvlBellRung rung;
    void *user_data;
};

static gboolean
look(const RvlBell *bell)
{
    return g_atomic_int_get(&bell->is_rung) != 0;
}

static gboolean
prepare(GSource *source, gint *timeout)
{
    *timeout = -1;
    return look((const RvlBell *)source);
}

static gboolean
check(GSource *source)
{
    return look((const RvlBell *)source);
}

static gboolean
dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    RvlBell *bell = (RvlBell *)source;

    (void)callback;
    (void)user_data;
    g_atomic_int_set(&bell->is_rung, 0); /* before the answer: a ring from now on counts anew */
    bell->rung(bell->user_data);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs functions = {.prepare = prepare, .check = check, .dispatch = dispatch};

RvlBell *
rvl_bell_new(RvlBellRung rung, void *user_data)
{
    RvlBell *bell = (RvlBell *)g_source_new(&functions, sizeof(RvlBell));

    bell->context = g_main_context_ref_thread_default();
    bell->rung = rung;
    bell->user_data = user_data;
    g_source_attach(&bell->source, bell->context);
    return bell;
}

void
rvl_bell_free(RvlBell *bell)
{
    if (bell == NULL)
        return;
    g_source_destroy(&bell->source);
    g_main_context_unref(bell->context);
    g_source_unref(&bell->source);
}

void
rvl_bell_ring(RvlBell *bell)
{
    if (g_atomic_int_compare_and_exchange(&bell->is_rung, 0, 1) &&
        !g_main_context_is_owner(bell->context))
        g_main_context_wakeup(bell->context);
}
