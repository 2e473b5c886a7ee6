/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Octets from and to hexadecimal text. */
#pragma once

#include <glib.h>

#include <ravelin/octets.h>

/** rvl_test_unhex: (transfer full): ends the test where @hex is none; spaces are skipped. */
GBytes *rvl_test_unhex(const char *hex);

/** rvl_test_hex: (transfer full): lower case. */
char *rvl_test_hex(RvlOctets octets);

/** rvl_test_assert_hex: fails the test, with both texts, where @octets aren't @hex. */
void rvl_test_assert_hex(RvlOctets octets, const char *hex);
