/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of what was loaded: plugins, algorithms. */
#pragma once

#include <gio/gio.h>

#include "host/plugin-host.h"
#include "crypto/crypto.h"

/* Each returns (transfer floating) `aa{sv}`. */
GVariant *rvl_list_plugins(const RvlPluginHost *plugins);
/** rvl_list_algorithms: suites, then groups, with the backend that serves each, or why none does. */
GVariant *rvl_list_algorithms(const RvlRegistry *registry, const RvlPrimitives *primitives);
