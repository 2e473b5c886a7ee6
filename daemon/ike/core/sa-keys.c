/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of an IKE SA. */
#include "config.h"

#include "ike/core/sa-keys.h"

#include "crypto/suite.h"

static RvlSecret *
seed_of(const RvlPrf *prf,
        const RvlCrypto *crypto,
        const RvlSaKeysBase *base,
        const RvlSecret *shared,
        GError **error)
{
    RvlPrf old;

    if (base->sk_d == NULL)
        return rvl_skeyseed(prf, &base->nonces, shared, error);
    if (!rvl_prf_find(crypto, base->old_prf, &old, error)) /* 2.18: the old SA's PRF */
        return NULL;
    return rvl_skeyseed_next(&old, base->sk_d, &base->nonces, &shared, 1, error);
}

static bool
derive(RvlSaKeys *keys,
       RvlMessageProtector *protector,
       RvlCrypto *crypto,
       const RvlSecret *shared,
       const RvlSaKeysBase *base,
       bool is_initiator,
       RvlIkeKeys *derived,
       GError **error)
{
    RvlTransform encr = {0};
    RvlTransform integ = {.type = RVL_TRANSFORM_INTEG};
    bool has_encr = rvl_choice_transform(&keys->choice, RVL_TRANSFORM_ENCR, &encr);
    bool has_integ = rvl_choice_transform(&keys->choice, RVL_TRANSFORM_INTEG, &integ);
    g_autoptr(RvlProtection) protection = NULL;
    g_autoptr(RvlSecret) seed = NULL;
    RvlProtectionShape shape;
    RvlPrf prf;

    if (!has_encr ||
        !rvl_prf_find(crypto, rvl_choice_id(&keys->choice, RVL_TRANSFORM_PRF), &prf, error))
        return false;
    protection =
        rvl_crypto_protection(crypto, &encr, has_integ ? &integ : NULL, RVL_USE_IKE, error);
    if (protection == NULL)
        return false;
    shape = *rvl_protection_shape(protection);
    seed = seed_of(&prf, crypto, base, shared, error);
    return seed != NULL &&
           rvl_ike_keys_derive(&prf, seed, &base->nonces, base->initiator_spi, base->responder_spi,
                               &shape, derived, error) &&
           rvl_message_keys_init(&keys->messages, protector, &encr, has_integ ? &integ : NULL,
                                 derived, is_initiator, error);
}

bool
rvl_sa_keys_derive(RvlSaKeys *keys,
                   RvlMessageProtector *protector,
                   RvlCrypto *crypto,
                   const RvlSecretServices *secrets,
                   const RvlSaKeysBase *base,
                   bool is_initiator,
                   GError **error)
{
    g_autoptr(RvlSecret) shared = secrets->get(secrets->context, base->shared);
    g_auto(RvlIkeKeys) derived = {0};

    secrets->release(secrets->context, base->shared);
    if (shared == NULL) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "the shared secret is not in the store");
        return false;
    }
    if (!derive(keys, protector, crypto, shared, base, is_initiator, &derived, error))
        return false;
    keys->sk_d = rvl_secret_ref(derived.sk_d);
    keys->sk_pi = secrets->put(secrets->context, derived.sk_pi);
    keys->sk_pr = secrets->put(secrets->context, derived.sk_pr);
    return true;
}

void
rvl_sa_keys_forget_proofs(RvlSaKeys *keys, const RvlSecretServices *secrets)
{
    secrets->release(secrets->context, keys->sk_pi);
    secrets->release(secrets->context, keys->sk_pr);
    keys->sk_pi = keys->sk_pr = RVL_SECRET_ID_NONE;
}

void
rvl_sa_keys_clear(RvlSaKeys *keys, RvlMessageProtector *protector, const RvlSecretServices *secrets)
{
    rvl_sa_keys_forget_proofs(keys, secrets);
    g_clear_pointer(&keys->sk_d, rvl_secret_unref);
    rvl_message_keys_clear(&keys->messages, protector);
}
