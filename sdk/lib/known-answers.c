/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The known answers of all primitives whose names carry no domain: data of published documents. */
#include "config.h"

#include <ravelin/known-answer.h>

static const RvlKnownAnswer rows[] = {
#include "known-answers/hash.def"
#include "known-answers/mac.def"
#include "known-answers/cipher.def"
#include "known-answers/aead.def"
#include "known-answers/kem.def"
#include "known-answers/signature.def"
};

static const RvlKnownAnswers answers = {
    .size = sizeof(RvlKnownAnswers),
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .stride = sizeof(rows[0]),
};

const RvlKnownAnswers *
rvl_known_answers(void)
{
    return &answers;
}
