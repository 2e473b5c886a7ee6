/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conformance of key exchange groups: their rows, and two ends that meet in each. */
#include "config.h"

#include <string.h>
#include <ravelin/macros.h>

#include "conformance-parts.h"

static const RvlGroupRow *
row_at(const RvlKeyExchange *groups, size_t i)
{
    return RVL_STRIDE(groups->rows, groups->stride, i);
}

static bool
shares_number(const RvlGroupRow *a, const RvlGroupRow *b)
{
    for (size_t i = 0; i < a->n_numbers; i++)
        for (size_t j = 0; j < b->n_numbers; j++)
            if (a->numbers[i].space == b->numbers[j].space &&
                a->numbers[i].number == b->numbers[j].number)
                return true;
    return false;
}

static void
check_rows(const RvlConformance *to, const RvlKeyExchange *groups)
{
    for (size_t i = 0; i < groups->n_rows; i++) {
        const RvlGroupRow *row = row_at(groups, i);

        conformance_check(to, row->word != NULL && row->n_numbers > 0 && row->primitive != NULL,
                          "row %zu: has word, number and primitive", i);
        for (size_t j = 0; j < i; j++)
            if (strcmp(row_at(groups, j)->word, row->word) == 0 ||
                shares_number(row_at(groups, j), row))
                conformance_check(to, false, "%s: doesn't share word or number with %s", row->word,
                                  row_at(groups, j)->word);
    }
}

/* One octet short of an answer: neither a library's error nor a crash, but a refusal. */
static void
check_short_value(const RvlConformance *to,
                  const RvlGroupRow *row,
                  const RvlKem *kem,
                  const RvlSecret *state)
{
    g_autoptr(RvlSecret) shared = NULL;
    g_autoptr(GError) error = NULL;
    RvlOctets nothing = RVL_OCTETS("", 0);
    bool is_taken = kem->finish(kem->self, row->parameters, row->n_parameters, state, &nothing,
                                &shared, &error);

    conformance_check(to, !is_taken && error != NULL, "%s: refuses an empty public value",
                      row->word);
}

static void
check_group(const RvlConformance *to, const RvlGroupRow *row, const RvlKem *kem)
{
    g_autoptr(GBytes) offered = NULL;
    g_autoptr(GBytes) answered = NULL;
    g_autoptr(RvlSecret) state = NULL;
    g_autoptr(RvlSecret) ours = NULL;
    g_autoptr(RvlSecret) theirs = NULL;
    GError *error = NULL;
    bool is_met;
    RvlOctets value;

    is_met = kem->offer(kem->self, row->parameters, row->n_parameters, &offered, &state, &error);
    conformance_check_error(to, is_met, error, "%s: offers", row->word);
    if (!is_met)
        return;
    value = rvl_octets_from_bytes(offered);
    error = NULL;
    is_met = kem->answer(kem->self, row->parameters, row->n_parameters, &value, &answered, &theirs,
                         &error);
    conformance_check_error(to, is_met, error, "%s: answers", row->word);
    if (!is_met)
        return;
    value = rvl_octets_from_bytes(answered);
    error = NULL;
    is_met =
        kem->finish(kem->self, row->parameters, row->n_parameters, state, &value, &ours, &error);
    conformance_check_error(to, is_met, error, "%s: finishes", row->word);
    if (!is_met)
        return;
    conformance_check(to,
                      g_bytes_get_size(offered) == row->offer_octets &&
                          g_bytes_get_size(answered) == row->answer_octets &&
                          rvl_secret_size(ours) == row->secret_octets &&
                          rvl_secret_size(theirs) == row->secret_octets,
                      "%s: values and secret have the row's lengths", row->word);
    conformance_check(to,
                      rvl_secret_size(ours) == rvl_secret_size(theirs) &&
                          rvl_secret_equal(rvl_secret_octets(ours), rvl_secret_octets(theirs),
                                           rvl_secret_size(ours)),
                      "%s: both ends have one secret", row->word);
    conformance_check(to,
                      kem->check == NULL ||
                          kem->check(kem->self, row->parameters, row->n_parameters, &value, NULL),
                      "%s: takes its own public value", row->word);
    check_short_value(to, row, kem, state);
}

void
rvl_conformance_key_exchange(const RvlConformance *to,
                             const RvlKeyExchange *groups,
                             const RvlPrimitives *primitives)
{
    check_rows(to, groups);
    for (size_t i = 0; i < groups->n_rows; i++) {
        const RvlGroupRow *row = row_at(groups, i);
        GError *error = NULL;
        const RvlKem *kem = primitives->kem(primitives->context, row->primitive, &error);

        conformance_check_error(to, kem != NULL, error, "%s: is computed", row->word);
        if (kem != NULL)
            check_group(to, row, kem);
    }
}
