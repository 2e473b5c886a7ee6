/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of the suites and groups in this tree, found by word. */
#pragma once

#include <ravelin/key-exchange.h>
#include <ravelin/plugin.h>

/** built_rows_plugins: (transfer none): descriptors of all suite and group plugins, NULL-terminated. */
const RvlPlugin *const *built_rows_plugins(void);

/** built_suite, built_group: (transfer none): ends the test where no row has @word. */
const RvlSuiteRow *built_suite(uint8_t type, const char *word);
const RvlGroupRow *built_group(const char *word);
