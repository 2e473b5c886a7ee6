/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of a data plane's reasons to drop a packet. */
#include "config.h"

#include <ravelin/installer.h>

static const char *const words[RVL_DROP_COUNT_] = {
    [RVL_DROP_NONE] = "none",
#define RVL_DROP_ROW(number, symbol, word, sentence) [RVL_DROP_##symbol] = word,
#include <ravelin/drops.def>
#undef RVL_DROP_ROW
};

const char *
rvl_drop_word(uint32_t cause)
{
    return cause < RVL_DROP_COUNT_ && words[cause] != NULL ? words[cause] : "unknown";
}
