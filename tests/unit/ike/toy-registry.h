/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A registry of rows that the toy backend serves, and one way of proof: for engines in tests. */
#pragma once

#include "registry/registry.h"

/* Numbers of the rows, as IANA has them. */
#define TOY_GROUP_X25519 31
#define TOY_GROUP_ECP256 19
#define TOY_AUTH_METHOD 2

/** toy_registry_new: (transfer full): aes256gcm16, aes128gcm16, aes256, sha256, curve25519, ecp256; psk. */
RvlRegistry *toy_registry_new(void);
