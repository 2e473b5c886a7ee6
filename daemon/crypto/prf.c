/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The negotiated PRF, and prf+. */
#include "config.h"

#include "crypto/prf.h"

#include <string.h>

#include <ravelin/crypto-suite.h>
#include <ravelin/error.h>

#include "registry/algorithms.h"

static const RvlMac *
find_mac(const RvlCrypto *crypto, const RvlSuiteEntry *entry, GError **error)
{
    const RvlPrimitives *primitives = rvl_crypto_primitives(crypto);
    const RvlSuiteRow *row = entry->row;

    if (RVL_HAS_CALL(row->construction, mac))
        return row->construction->mac(entry->self, primitives, row, error);
    return primitives->mac(primitives->context, row->primitive, error);
}

bool
rvl_prf_find(const RvlCrypto *crypto, uint16_t id, RvlPrf *prf, GError **error)
{
    const RvlTransform transform = {.type = RVL_TRANSFORM_PRF, .id = id};
    const RvlSuiteEntry *entry = rvl_registry_suite_of(rvl_crypto_registry(crypto), &transform);

    *prf = (RvlPrf){0};
    if (entry == NULL) {
        rvl_error_set(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, "no plugin knows PRF %u", id);
        return false;
    }
    const RvlMac *mac = find_mac(crypto, entry, error);

    if (mac == NULL)
        return false;
    if (mac->output_octets == 0 || mac->output_octets > RVL_PRF_MAX_OCTETS ||
        mac->output_octets != entry->row->output_octets || entry->row->key_octets == 0) {
        rvl_error_set_found(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, entry->row->word, mac->name,
                            "'%s': the row's sizes don't fit primitive '%s'", entry->row->word,
                            mac->name);
        return false;
    }
    *prf = (RvlPrf){
        .mac = mac,
        .output_octets = mac->output_octets,
        .key_octets = entry->row->key_octets,
        .nonce_octets = entry->row->nonce_octets,
    };
    return true;
}

static RvlMacKey *
set_key(const RvlPrf *prf, const RvlOctets *key, GError **error)
{
    const RvlMac *mac = prf->mac;
    bool fits = mac->key_octets == 0 || mac->key_octets == key->size;
    RvlMacKey *keyed = fits ? mac->key_new(mac->self, key->data, key->size) : NULL;

    if (keyed == NULL)
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "%s of %s takes no key of %zu octets",
                      mac->name, mac->backend, key->size);
    return keyed;
}

static bool
compute(const RvlPrf *prf,
        RvlMacKey *keyed,
        const RvlOctets *parts,
        size_t n_parts,
        uint8_t *out,
        GError **error)
{
    const RvlMac *mac = prf->mac;

    if (mac->compute(mac->self, keyed, parts, n_parts, out, prf->output_octets))
        return true;
    rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "%s of %s failed", mac->name, mac->backend);
    return false;
}

bool
rvl_prf_compute(const RvlPrf *prf,
                const RvlOctets *key,
                const RvlOctets *parts,
                size_t n_parts,
                uint8_t *out,
                GError **error)
{
    RvlMacKey *keyed = set_key(prf, key, error);

    if (keyed == NULL)
        return false;
    bool is_done = compute(prf, keyed, parts, n_parts, out, error);

    prf->mac->key_free(prf->mac->self, keyed);
    return is_done;
}

RvlSecret *
rvl_prf_secret(const RvlPrf *prf,
               const RvlOctets *key,
               const RvlOctets *parts,
               size_t n_parts,
               GError **error)
{
    g_autoptr(RvlSecret) secret = rvl_secret_new(prf->output_octets);

    if (!rvl_prf_compute(prf, key, parts, n_parts, rvl_secret_fill(secret), error))
        return NULL;
    return g_steal_pointer(&secret);
}

/* Fills @out with blocks: @parts has room for T(n-1) before the seed and the count behind it. */
static bool
fill_blocks(const RvlPrf *prf,
            RvlMacKey *keyed,
            RvlOctets *parts,
            size_t n_parts,
            uint8_t *out,
            size_t octets,
            GError **error)
{
    uint8_t block[RVL_PRF_MAX_OCTETS];
    bool is_done = true;

    for (size_t at = 0, n = 1; is_done && at < octets; at += prf->output_octets, n++) {
        uint8_t count = (uint8_t)n;

        parts[0] = n == 1 ? RVL_OCTETS_NONE
                          : RVL_OCTETS(out + at - prf->output_octets, prf->output_octets);
        parts[n_parts - 1] = RVL_OCTETS(&count, 1);
        is_done = compute(prf, keyed, parts, n_parts, block, error);
        if (is_done)
            memcpy(out + at, block, MIN(prf->output_octets, octets - at));
    }
    rvl_secret_wipe(block, sizeof block);
    return is_done;
}

RvlSecret *
rvl_prf_plus(const RvlPrf *prf,
             const RvlSecret *key,
             const RvlOctets *seed,
             size_t n_seed,
             size_t octets,
             GError **error)
{
    size_t most = MIN(RVL_PRF_PLUS_BLOCKS * prf->output_octets, RVL_SECRET_MAX_OCTETS);
    const RvlOctets key_view = rvl_secret_view(key);

    if (octets > most) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "%zu octets of keys, prf+ makes %zu", octets,
                      most);
        return NULL;
    }
    RvlMacKey *keyed = set_key(prf, &key_view, error);

    if (keyed == NULL)
        return NULL;
    g_autoptr(RvlSecret) secret = rvl_secret_new(octets);
    g_autofree RvlOctets *parts = g_new0(RvlOctets, n_seed + 2);

    memcpy(parts + 1, seed, n_seed * sizeof *seed);
    bool is_done =
        fill_blocks(prf, keyed, parts, n_seed + 2, rvl_secret_fill(secret), octets, error);

    prf->mac->key_free(prf->mac->self, keyed);
    return is_done ? g_steal_pointer(&secret) : NULL;
}
