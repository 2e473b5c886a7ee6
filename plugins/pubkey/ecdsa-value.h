/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two forms of an ECDSA signature: DER (RFC 7427) and r|s of fixed length (RFC 4754 7). */
#pragma once

#include <glib.h>
#include <ravelin/octets.h>

/* (transfer full) (nullable): r|s, @coordinate_octets each; NULL where @der is no such signature. */
GBytes *ecdsa_value_to_fixed(const RvlOctets *der, size_t coordinate_octets, GError **error);

/* (transfer full) (nullable): DER; NULL where @fixed isn't twice @coordinate_octets long. */
GBytes *ecdsa_value_to_der(const RvlOctets *fixed, size_t coordinate_octets, GError **error);
