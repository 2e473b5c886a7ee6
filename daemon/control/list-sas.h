/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of what the engine has: connections, policies, IKE SAs, Child SAs. */
#pragma once

#include <gio/gio.h>

#include "ike/core/status.h"
#include "registry/registry.h"

/* Each returns (transfer floating) `aa{sv}`. */
GVariant *rvl_list_connections(const RvlEngine *engine, RvlTime now);
GVariant *rvl_list_policies(const RvlEngine *engine);
GVariant *rvl_list_ike_sas(const RvlEngine *engine, const RvlRegistry *registry, RvlTime now);
/** rvl_list_child_sas: @counters: (array length=n): of both directions' SAs, walked with @stride. */
GVariant *rvl_list_child_sas(const RvlEngine *engine,
                             const RvlRegistry *registry,
                             const RvlSaCounters *counters,
                             size_t n,
                             size_t stride,
                             RvlTime now);
