/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plugin host hands to plugins, in virtual time and with kept events. */
#pragma once

#include "fakes/events.h"
#include "fakes/loop.h"
#include "host/plugin-host.h"

/**
 * FakeServices:
 * @loop, @events, @secrets: behind @table
 * @table: to be handed to rvl_plugin_host_new(); primitives, protection and prf answer that no
 *   backend is there until the test sets them
 */
typedef struct {
    FakeLoop *loop;
    FakeEvents *events;
    RvlSecretStore *secrets;
    RvlHostServices table;
} FakeServices;

FakeServices *fake_services_new(void);
void fake_services_free(FakeServices *services);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeServices, fake_services_free)
