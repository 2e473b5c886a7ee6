/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the registry's suites and groups need of backends. */
#include "config.h"

#include "crypto/suite.h"

#include <ravelin/error.h>

#include "crypto/tables.h"
#include "registry/algorithms.h"

static const RvlSuiteEntry *
find_suite(const RvlCrypto *crypto, const RvlTransform *transform, GError **error)
{
    const RvlSuiteEntry *entry = rvl_registry_suite_of(crypto->registry, transform);

    if (entry == NULL)
        rvl_error_set(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE,
                      "no plugin knows transform type %u, number %u, %u bits", transform->type,
                      transform->id, transform->key_bits);
    return entry;
}

static bool
check_encr(const RvlPrimitives *primitives, const RvlSuiteEntry *entry, GError **error)
{
    const RvlSuiteRow *row = entry->row;

    if (RVL_HAS_CALL(row->construction, aead))
        return row->construction->aead(entry->self, primitives, row, error) != NULL;
    if (row->primitive == NULL) /* ENCR_NULL */
        return true;
    return row->is_combined
               ? primitives->aead(primitives->context, row->primitive, error) != NULL
               : primitives->cipher(primitives->context, row->primitive, error) != NULL;
}

static bool
check_mac(const RvlPrimitives *primitives, const RvlSuiteEntry *entry, GError **error)
{
    const RvlSuiteRow *row = entry->row;

    if (RVL_HAS_CALL(row->construction, mac))
        return row->construction->mac(entry->self, primitives, row, error) != NULL;
    return primitives->mac(primitives->context, row->primitive, error) != NULL;
}

static bool
check_suite(const RvlCrypto *crypto, const RvlTransform *transform, GError **error)
{
    const RvlSuiteEntry *entry = find_suite(crypto, transform, error);

    if (entry == NULL)
        return false;
    return transform->type == RVL_TRANSFORM_ENCR ? check_encr(&crypto->primitives, entry, error)
                                                 : check_mac(&crypto->primitives, entry, error);
}

static bool
check_group(const RvlCrypto *crypto, const RvlTransform *transform, GError **error)
{
    const RvlGroupEntry *entry = rvl_registry_group_of(crypto->registry, transform);

    if (entry == NULL) {
        rvl_error_set(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, "no plugin knows group %u",
                      transform->id);
        return false;
    }
    return crypto->primitives.kem(crypto->primitives.context, entry->row->primitive, error) != NULL;
}

/* NONE is the protocol's own (RFC 7296 3.3.2; RFC 9370 2.2.1). */
static bool
may_be_none(uint8_t type)
{
    return type == RVL_TRANSFORM_INTEG || type == RVL_TRANSFORM_KE ||
           (type >= RVL_TRANSFORM_ADDKE1 && type <= RVL_TRANSFORM_ADDKE7);
}

bool
rvl_crypto_check_transform(const RvlCrypto *crypto, const RvlTransform *transform, GError **error)
{
    if (transform->id == RVL_TRANSFORM_ID_NONE && may_be_none(transform->type))
        return true;
    switch (transform->type) {
    case RVL_TRANSFORM_ESN:
        return true;
    case RVL_TRANSFORM_ENCR:
    case RVL_TRANSFORM_PRF:
    case RVL_TRANSFORM_INTEG:
        return check_suite(crypto, transform, error);
    default: /* KE, ADDKE1 to ADDKE7; of any other type the registry knows nothing */
        return check_group(crypto, transform, error);
    }
}

static RvlSharedProtection *
find_protection(RvlCrypto *crypto, const RvlTransform *encr, const RvlTransform *integ)
{
    RvlSharedProtection *shared = g_atomic_pointer_get(&crypto->protections);

    for (; shared != NULL; shared = shared->next)
        if (rvl_transform_equal(&shared->encr, encr) && rvl_transform_equal(&shared->integ, integ))
            return shared;
    return NULL;
}

static RvlSharedProtection *
settle(RvlCrypto *crypto, RvlSharedProtection *shared)
{
    do {
        RvlSharedProtection *first = find_protection(crypto, &shared->encr, &shared->integ);

        if (first != NULL) {
            rvl_protection_unref(shared->protection);
            g_free(shared);
            return first;
        }
        shared->next = g_atomic_pointer_get(&crypto->protections);
    } while (!g_atomic_pointer_compare_and_exchange(&crypto->protections, shared->next, shared));
    return shared;
}

static bool
check_use(const RvlSuiteEntry *entry, uint32_t use, GError **error)
{
    if (entry == NULL || (entry->row->uses & use) == use)
        return true;
    rvl_error_set_found(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, entry->row->word, NULL,
                        "'%s' may not be used for %s", entry->row->word,
                        (use & RVL_USE_IKE) != 0 ? "IKE" : "this protocol");
    return false;
}

RvlProtection *
rvl_crypto_protection(RvlCrypto *crypto,
                      const RvlTransform *encr,
                      const RvlTransform *integ,
                      uint32_t use,
                      GError **error)
{
    static const RvlTransform none = {.type = RVL_TRANSFORM_INTEG, .id = RVL_TRANSFORM_ID_NONE};
    const RvlTransform *mac = integ != NULL ? integ : &none;
    const RvlSuiteEntry *encr_entry = find_suite(crypto, encr, error);
    const RvlSuiteEntry *mac_entry = NULL;

    if (encr_entry == NULL)
        return NULL;
    if (mac->id != RVL_TRANSFORM_ID_NONE && (mac_entry = find_suite(crypto, mac, error)) == NULL)
        return NULL;
    if (!check_use(encr_entry, use, error) || !check_use(mac_entry, use, error))
        return NULL;
    RvlSharedProtection *shared = find_protection(crypto, encr, mac);

    if (shared == NULL) {
        RvlProtection *protection = rvl_protection_new(
            encr_entry->row, encr_entry->self, mac_entry != NULL ? mac_entry->row : NULL,
            mac_entry != NULL ? mac_entry->self : NULL, &crypto->primitives, error);

        if (protection == NULL)
            return NULL;
        shared = g_new0(RvlSharedProtection, 1);
        *shared = (RvlSharedProtection){NULL, *encr, *mac, protection};
        shared = settle(crypto, shared);
    }
    return rvl_protection_ref(shared->protection);
}
