/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plugin userspace: carries ESP in the daemon's own threads, between TUN and UDP or raw sockets. */
#include "config.h"

#include <ravelin/plugin.h>

#include "installer.h"
#include "plane.h"

static const RvlKey options[] = {
    {.name = "workers",
     .type = RVL_KEY_INTEGER,
     .minimum = 1,
     .maximum = MAX_WORKERS,
     .cost = RVL_COST_RESTART,
     .help = "threads that carry packets; absent: as many as there are cores, at most 4"},
    {.name = "pin",
     .type = RVL_KEY_BOOL,
     .default_text = "no",
     .cost = RVL_COST_RESTART,
     .help = "whether each thread stays on a core of its own"},
    {.name = "busy-poll",
     .type = RVL_KEY_BOOL,
     .default_text = "no",
     .cost = RVL_COST_RESTART,
     .help = "whether the threads ask for packets without ever sleeping"},
    {.name = "offloads",
     .type = RVL_KEY_BOOL,
     .default_text = "yes",
     .cost = RVL_COST_RESTART,
     .help = "whether segmentation offloads of TUN and UDP are used where the kernel has them"},
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_INSTALLER, "userspace", &userspace_installer},
};

static bool
load(const RvlHost *host, const RvlSettings *settings, void **self, GError **error)
{
    PlaneOptions wanted = {
        .workers = (unsigned)rvl_settings_number(settings, "workers", 0),
        .pins = rvl_settings_bool(settings, "pin", false),
        .polls_busily = rvl_settings_bool(settings, "busy-poll", false),
        .offloads = rvl_settings_bool(settings, "offloads", true),
    };

    *self = plane_new(host, &wanted, error);
    return *self != NULL;
}

static void
unload(void *self)
{
    plane_stop(self);
}

RVL_PLUGIN(userspace) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "userspace",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "carries ESP in user space, between TUN and UDP or raw sockets",
    RVL_PROVIDES(provides),
    RVL_OPTIONS(options),
    .load = load,
    .unload = unload,
};
