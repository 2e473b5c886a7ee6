/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A shared object that is no plugin. */
#include "config.h"

extern const int just_a_number;
__attribute__((visibility("default"))) const int just_a_number = 1;
