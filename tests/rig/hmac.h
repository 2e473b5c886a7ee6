/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rig's PRFs: GLib's HMAC behind the contract's MAC. */
#pragma once

#include <ravelin/crypto-backend.h>

/* The PRF of an IKEv2 transform ID, or NULL. */
const RvlMac *rig_hmac(uint16_t prf);
