/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IKEv2's key schedule. */
#include "config.h"

#include "crypto/key-schedule-v2.h"

#include <string.h>

#include <ravelin/error.h>

/* A PRF with a fixed key takes the first octets of each nonce (2.14). */
static bool
nonce_key(const RvlPrf *prf, const RvlNonces *nonces, GByteArray *key, GError **error)
{
    const RvlOctets *both[] = {&nonces->initiator, &nonces->responder};

    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        size_t octets = prf->nonce_octets != 0 ? prf->nonce_octets : both[i]->size;

        if (octets > both[i]->size) {
            rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED,
                          "a nonce of %zu octets, the PRF takes %zu of it", both[i]->size, octets);
            return false;
        }
        g_byte_array_append(key, both[i]->data, (guint)octets);
    }
    return true;
}

RvlSecret *
rvl_skeyseed(const RvlPrf *prf, const RvlNonces *nonces, const RvlSecret *shared, GError **error)
{
    g_autoptr(GByteArray) key = g_byte_array_new();
    const RvlOctets message = rvl_secret_view(shared);

    if (!nonce_key(prf, nonces, key, error))
        return NULL;
    const RvlOctets view = RVL_OCTETS(key->data, key->len);

    return rvl_prf_secret(prf, &view, &message, 1, error);
}

/* [SK(0) |] Ni | Nr [| SK(1) | … | SK(n)]: the secrets of an exchange around its nonces. */
static RvlOctets *
fold(const RvlNonces *nonces, const RvlSecret *const *shared, size_t n, size_t *n_parts)
{
    RvlOctets *parts = g_new0(RvlOctets, n + 2);
    size_t at = 0;

    if (n != 0)
        parts[at++] = rvl_secret_view(shared[0]);
    parts[at++] = nonces->initiator;
    parts[at++] = nonces->responder;
    for (size_t i = 1; i < n; i++)
        parts[at++] = rvl_secret_view(shared[i]);
    *n_parts = at;
    return parts;
}

RvlSecret *
rvl_skeyseed_next(const RvlPrf *prf,
                  const RvlSecret *sk_d,
                  const RvlNonces *nonces,
                  const RvlSecret *const *shared,
                  size_t n,
                  GError **error)
{
    size_t n_parts;
    g_autofree RvlOctets *parts = fold(nonces, shared, n, &n_parts);
    const RvlOctets key = rvl_secret_view(sk_d);

    return rvl_prf_secret(prf, &key, parts, n_parts, error);
}

/* The next @octets of @material, as a secret of their own. */
static RvlSecret *
cut(const RvlSecret *material, size_t *at, size_t octets)
{
    RvlSecret *secret = rvl_secret_new_slice(material, *at, octets);

    *at += octets;
    return secret;
}

static void
put_u64(uint8_t *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (56 - 8 * i));
}

bool
rvl_ike_keys_derive(const RvlPrf *prf,
                    const RvlSecret *skeyseed,
                    const RvlNonces *nonces,
                    uint64_t initiator_spi,
                    uint64_t responder_spi,
                    const RvlProtectionShape *shape,
                    RvlIkeKeys *keys,
                    GError **error)
{
    uint8_t spis[16];
    const RvlOctets seed[] = {nonces->initiator, nonces->responder, RVL_OCTETS(spis, sizeof spis)};
    size_t octets =
        3 * prf->key_octets + 2 * (size_t)shape->integ_octets + 2 * (size_t)shape->encr_octets;
    size_t at = 0;

    *keys = (RvlIkeKeys){0};
    put_u64(spis, initiator_spi);
    put_u64(spis + 8, responder_spi);
    g_autoptr(RvlSecret) material =
        rvl_prf_plus(prf, skeyseed, seed, G_N_ELEMENTS(seed), octets, error);

    if (material == NULL)
        return false;
    keys->sk_d = cut(material, &at, prf->key_octets);
    keys->sk_ai = cut(material, &at, shape->integ_octets);
    keys->sk_ar = cut(material, &at, shape->integ_octets);
    keys->sk_ei = cut(material, &at, shape->encr_octets);
    keys->sk_er = cut(material, &at, shape->encr_octets);
    keys->sk_pi = cut(material, &at, prf->key_octets);
    keys->sk_pr = cut(material, &at, prf->key_octets);
    return true;
}

void
rvl_ike_keys_clear(RvlIkeKeys *keys)
{
    RvlSecret *all[] = {keys->sk_d,  keys->sk_ai, keys->sk_ar, keys->sk_ei,
                        keys->sk_er, keys->sk_pi, keys->sk_pr};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i] != NULL)
            rvl_secret_unref(all[i]);
    *keys = (RvlIkeKeys){0};
}

bool
rvl_ike_keys_mix_ppk(const RvlPrf *prf, RvlIkeKeys *keys, const RvlSecret *ppk, GError **error)
{
    RvlSecret **mixed[] = {&keys->sk_d, &keys->sk_pi, &keys->sk_pr};

    for (size_t i = 0; i < G_N_ELEMENTS(mixed); i++) {
        const RvlOctets seed = rvl_secret_view(*mixed[i]);
        RvlSecret *secret = rvl_prf_plus(prf, ppk, &seed, 1, prf->key_octets, error);

        if (secret == NULL)
            return false;
        rvl_secret_unref(*mixed[i]);
        *mixed[i] = secret;
    }
    return true;
}

bool
rvl_child_keys_derive(const RvlPrf *prf,
                      const RvlSecret *sk_d,
                      const RvlNonces *nonces,
                      const RvlSecret *const *shared,
                      size_t n,
                      const RvlProtectionShape *shape,
                      RvlChildKeys *keys,
                      GError **error)
{
    size_t n_parts, at = 0;
    g_autofree RvlOctets *seed = fold(nonces, shared, n, &n_parts);
    size_t octets = 2 * ((size_t)shape->encr_octets + shape->integ_octets);

    *keys = (RvlChildKeys){0};
    g_autoptr(RvlSecret) keymat = rvl_prf_plus(prf, sk_d, seed, n_parts, octets, error);

    if (keymat == NULL)
        return false;
    keys->initiator_encr = cut(keymat, &at, shape->encr_octets);
    keys->initiator_integ = cut(keymat, &at, shape->integ_octets);
    keys->responder_encr = cut(keymat, &at, shape->encr_octets);
    keys->responder_integ = cut(keymat, &at, shape->integ_octets);
    return true;
}

void
rvl_child_keys_clear(RvlChildKeys *keys)
{
    RvlSecret *all[] = {keys->initiator_encr, keys->initiator_integ, keys->responder_encr,
                        keys->responder_integ};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i] != NULL)
            rvl_secret_unref(all[i]);
    *keys = (RvlChildKeys){0};
}

bool
rvl_maced_id(const RvlPrf *prf,
             const RvlSecret *sk_p,
             const RvlOctets *id,
             uint8_t *out,
             GError **error)
{
    const RvlOctets key = rvl_secret_view(sk_p);

    return rvl_prf_compute(prf, &key, id, 1, out, error);
}
