/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin that takes things and then fails to load. */
#include "config.h"

#include <ravelin/error.h>

#include "empty-store.h"

static void
came(void *user_data)
{
    g_error("a call came to a plugin that failed to load");
}

static bool
load(const RvlHost *host, const RvlSettings *settings, void **self, GError **error)
{
    (void)host->timer_add(host->context, RVL_SECOND, came, NULL);
    host->invoke(host->context, came, NULL);
    rvl_error_set(error, RVL_CAUSE_TOKEN_UNAVAILABLE, "the token is in the other trousers");
    return false;
}

static const RvlStore store = EMPTY_STORE("fails");
static const RvlProvision provides[] = {{RVL_CAPABILITY_STORE, "fails", &store}};

RVL_PLUGIN(fails) = {.head = RVL_PLUGIN_HEAD,
                     .name = "fails",
                     .version = "1",
                     RVL_PROVIDES(provides),
                     .load = load};
