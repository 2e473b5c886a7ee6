/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How hard a pre-shared key is to guess. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * psk_strength_bits:
 *
 * Returns: an upper bound of the entropy that the key shows, in bits: what its length gives when
 * each octet was drawn at random from the kinds of characters that occur. Words of a language hold
 * far less; this only finds keys that are too short, or repeat few characters.
 */
unsigned psk_strength_bits(const uint8_t *key, size_t octets);
