/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The closed list of causes, as a table. */
#include "config.h"

#include <ravelin/cause.h>

static const RvlCauseInfo none = {"none", "nothing was refused", "", "", "", 0};
static const RvlCauseInfo unknown = {"unknown", "a cause of a newer release", "", "", "", 0};

static const RvlCauseInfo causes[RVL_CAUSE_COUNT_] = {
#define RVL_CAUSE_ROW(number, symbol, word, sentence, first, second, remedy, notify)               \
    [RVL_CAUSE_##symbol] = {word, sentence, first, second, remedy, notify},
#include <ravelin/causes.def>
#undef RVL_CAUSE_ROW
};

const RvlCauseInfo *
rvl_cause_info(RvlCause cause)
{
    if (cause == RVL_CAUSE_NONE)
        return &none;
    return (unsigned)cause < RVL_CAUSE_COUNT_ && causes[cause].word != NULL ? &causes[cause]
                                                                            : &unknown;
}

RvlCause
rvl_cause_from_word(const char *word)
{
    for (unsigned i = 1; i < RVL_CAUSE_COUNT_; i++) {
        if (causes[i].word != NULL && g_strcmp0(causes[i].word, word) == 0)
            return (RvlCause)i;
    }
    return RVL_CAUSE_NONE;
}
