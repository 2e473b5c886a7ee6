/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Key exchanges: the only caller of every group. */
#include "config.h"

#include "crypto/key-exchange.h"

#include <string.h>

#include <ravelin/error.h>
#include <ravelin/key-exchange.h>

#include "registry/algorithms.h"

/* A group as it is called: its row, and the primitive behind it. */
typedef struct {
    const RvlGroupRow *row;
    const RvlKem *kem;
} Group;

static const RvlGroupRow *
find_row(const RvlCrypto *crypto, uint16_t id, GError **error)
{
    const RvlTransform transform = {.type = RVL_TRANSFORM_KE, .id = id};
    const RvlGroupEntry *entry = rvl_registry_group_of(rvl_crypto_registry(crypto), &transform);

    if (entry == NULL)
        rvl_error_set(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, "no plugin knows group %u", id);
    return entry != NULL ? entry->row : NULL;
}

static bool
find_group(const RvlCrypto *crypto, uint16_t id, Group *group, GError **error)
{
    const RvlPrimitives *primitives = rvl_crypto_primitives(crypto);

    group->row = find_row(crypto, id, error);
    if (group->row == NULL)
        return false;
    group->kem = primitives->kem(primitives->context, group->row->primitive, error);
    if (group->kem == NULL)
        return false;
    if ((group->row->checks & (RVL_CHECK_POINT | RVL_CHECK_SUBGROUP)) != 0 &&
        group->kem->check == NULL) {
        rvl_error_set_found(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, group->row->word, NULL,
                            "%s can't check public values of '%s'", group->kem->backend,
                            group->row->word);
        return false;
    }
    return true;
}

static bool
check_length(const RvlGroupRow *row, bool is_answer, size_t octets, GError **error)
{
    size_t wanted = is_answer ? row->answer_octets : row->offer_octets;

    if (octets == wanted)
        return true;
    rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED,
                  "a public value of %zu octets for '%s', which has %zu", octets, row->word,
                  wanted);
    return false;
}

static const RvlOctets *
find_parameter(const RvlGroupRow *row, const char *name)
{
    for (size_t i = 0; i < row->n_parameters; i++)
        if (strcmp(row->parameters[i].name, name) == 0)
            return &row->parameters[i].octets;
    return NULL;
}

/* Whether all octets before the last are zero, and the last is at most @last. */
static bool
is_at_most(const RvlOctets *number, uint8_t last)
{
    for (size_t i = 0; i + 1 < number->size; i++)
        if (number->data[i] != 0)
            return false;
    return number->size == 0 || number->data[number->size - 1] <= last;
}

/* Whether @y < @p - 1; both big-endian and of one length, @p odd. None of it is secret. */
static bool
is_below_p_minus_1(const RvlOctets *y, const RvlOctets *p)
{
    int order = memcmp(y->data, p->data, p->size - 1);

    return order < 0 || (order == 0 && y->data[p->size - 1] < p->data[p->size - 1] - 1);
}

/* 1 < y < p - 1 (RFC 6989 2.1). */
static bool
check_range(const RvlGroupRow *row, const RvlOctets *y, GError **error)
{
    const RvlOctets *p = find_parameter(row, "p");

    if ((row->checks & RVL_CHECK_RANGE) == 0)
        return true;
    if (p == NULL || p->size != y->size || p->size == 0) {
        rvl_error_set_found(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, row->word, NULL,
                            "'%s' asks for a range, but its 'p' doesn't fit", row->word);
        return false;
    }
    if (!is_at_most(y, 1) && is_below_p_minus_1(y, p))
        return true;
    rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED,
                  "a public value out of the range of '%s': it must lie between 1 and p - 1",
                  row->word);
    return false;
}

static bool
check_peer(const Group *group, bool is_answer, const RvlOctets *peer_public, GError **error)
{
    const RvlGroupRow *row = group->row;

    if (!check_length(row, is_answer, peer_public->size, error) ||
        !check_range(row, peer_public, error))
        return false;
    if ((row->checks & (RVL_CHECK_POINT | RVL_CHECK_SUBGROUP)) == 0)
        return true;
    g_autoptr(GError) reason = NULL;

    if (group->kem->check(group->kem->self, row->parameters, row->n_parameters, peer_public,
                          &reason))
        return true;
    rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED, "a public value that is none of '%s': %s",
                  row->word, reason != NULL ? reason->message : "refused");
    return false;
}

/* In a time that doesn't depend on the octets. */
static bool
is_zero(const RvlSecret *secret)
{
    const uint8_t *octets = rvl_secret_octets(secret);
    uint8_t any = 0;

    for (size_t i = 0; i < rvl_secret_size(secret); i++)
        any |= octets[i];
    return any == 0;
}

/* What a backend made must be what the row says; @shared NULL: of an offer. */
static bool
check_made(const Group *group, bool is_answer, GBytes *public_value, GError **error)
{
    size_t wanted = is_answer ? group->row->answer_octets : group->row->offer_octets;
    size_t made = g_bytes_get_size(public_value);

    if (made == wanted)
        return true;
    rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED,
                  "%s of %s made a public value of %zu octets for '%s', which has %zu",
                  group->kem->name, group->kem->backend, made, group->row->word, wanted);
    return false;
}

static bool
check_shared(const Group *group, const RvlSecret *shared, GError **error)
{
    if (rvl_secret_size(shared) != group->row->secret_octets) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED,
                      "%s of %s made a secret of %zu octets for '%s', which has %u",
                      group->kem->name, group->kem->backend, rvl_secret_size(shared),
                      group->row->word, group->row->secret_octets);
        return false;
    }
    if ((group->row->checks & RVL_CHECK_NONZERO) != 0 && is_zero(shared)) {
        rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED,
                      "a public value that makes the shared secret of '%s' zero", group->row->word);
        return false;
    }
    return true;
}

bool
rvl_key_exchange_offer(const RvlCrypto *crypto,
                       uint16_t group_id,
                       GBytes **public_value,
                       RvlSecret **state,
                       GError **error)
{
    g_autoptr(GBytes) made = NULL;
    g_autoptr(RvlSecret) kept = NULL;
    Group group;

    *public_value = NULL;
    *state = NULL;
    if (!find_group(crypto, group_id, &group, error) ||
        !group.kem->offer(group.kem->self, group.row->parameters, group.row->n_parameters, &made,
                          &kept, error) ||
        !check_made(&group, false, made, error))
        return false;
    *public_value = g_steal_pointer(&made);
    *state = g_steal_pointer(&kept);
    return true;
}

bool
rvl_key_exchange_answer(const RvlCrypto *crypto,
                        uint16_t group_id,
                        const RvlOctets *peer_public,
                        GBytes **public_value,
                        RvlSecret **shared,
                        GError **error)
{
    g_autoptr(GBytes) made = NULL;
    g_autoptr(RvlSecret) secret = NULL;
    Group group;

    *public_value = NULL;
    *shared = NULL;
    if (!find_group(crypto, group_id, &group, error) ||
        !check_peer(&group, false, peer_public, error) ||
        !group.kem->answer(group.kem->self, group.row->parameters, group.row->n_parameters,
                           peer_public, &made, &secret, error) ||
        !check_made(&group, true, made, error) || !check_shared(&group, secret, error))
        return false;
    *public_value = g_steal_pointer(&made);
    *shared = g_steal_pointer(&secret);
    return true;
}

bool
rvl_key_exchange_finish(const RvlCrypto *crypto,
                        uint16_t group_id,
                        const RvlSecret *state,
                        const RvlOctets *peer_public,
                        RvlSecret **shared,
                        GError **error)
{
    g_autoptr(RvlSecret) secret = NULL;
    Group group;

    *shared = NULL;
    if (!find_group(crypto, group_id, &group, error) ||
        !check_peer(&group, true, peer_public, error) ||
        !group.kem->finish(group.kem->self, group.row->parameters, group.row->n_parameters, state,
                           peer_public, &secret, error) ||
        !check_shared(&group, secret, error))
        return false;
    *shared = g_steal_pointer(&secret);
    return true;
}

bool
rvl_key_exchange_check_length(const RvlCrypto *crypto,
                              uint16_t group,
                              bool is_answer,
                              size_t octets,
                              GError **error)
{
    const RvlGroupRow *row = find_row(crypto, group, error);

    return row != NULL && check_length(row, is_answer, octets, error);
}
