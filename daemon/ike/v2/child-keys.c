/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of a Child SA, and the Child SA that they make of a deal (RFC 7296 2.17). */
#include "config.h"

#include "crypto/suite.h"
#include "ike/core/child-life.h"
#include "ike/core/engine-state.h"
#include "ike/v2/child-deal.h"
#include "ike/v2/init-state.h"

static bool
derive(RvlIkeSa *ike, RvlChildDeal *deal, RvlChildKeys *keys, GError **error)
{
    RvlCrypto *crypto = ike->engine->services.crypto;
    const RvlSecretServices *secrets = ike->engine->services.secrets;
    g_autoptr(RvlSecret) shared = NULL;
    g_autoptr(RvlProtection) protection = NULL;
    RvlTransform encr = {0};
    RvlTransform integ = {0};
    bool has_encr = rvl_choice_transform(&deal->choice, RVL_TRANSFORM_ENCR, &encr);
    bool has_integ = rvl_choice_transform(&deal->choice, RVL_TRANSFORM_INTEG, &integ);
    const RvlNonces nonces = {
        rvl_octets_from_bytes(deal->in_auth ? ike->init->nonce_i : deal->nonce_i),
        rvl_octets_from_bytes(deal->in_auth ? ike->init->nonce_r : deal->nonce_r),
    };
    RvlProtectionShape shape;
    RvlPrf prf;

    if (deal->group != RVL_TRANSFORM_ID_NONE) {
        shared = secrets->get(secrets->context, deal->secret);
        secrets->release(secrets->context, deal->secret);
        deal->secret = RVL_SECRET_ID_NONE;
        if (shared == NULL) {
            rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "the shared secret is not in the store");
            return false;
        }
    }
    if (!has_encr ||
        !rvl_prf_find(crypto, rvl_choice_id(&ike->keys.choice, RVL_TRANSFORM_PRF), &prf, error))
        return false;
    protection =
        rvl_crypto_protection(crypto, &encr, has_integ ? &integ : NULL, RVL_USE_ESP, error);
    if (protection == NULL)
        return false;
    shape = *rvl_protection_shape(protection);
    return rvl_child_keys_derive(&prf, ike->keys.sk_d, &nonces, (const RvlSecret *const[]){shared},
                                 shared != NULL ? 1 : 0, &shape, keys, error);
}

static RvlSecretId
keep(const RvlSecretServices *secrets, const RvlSecret *key)
{
    return key != NULL && rvl_secret_size(key) > 0 ? secrets->put(secrets->context, key)
                                                   : RVL_SECRET_ID_NONE;
}

/* By who sends under them: the initiator of this exchange, not of the IKE SA. */
static void
keep_keys(RvlChildSa *child, const RvlSecretServices *secrets, const RvlChildKeys *keys)
{
    bool is_initiator = child->is_initiator;

    child->keys[0] = keep(secrets, is_initiator ? keys->responder_encr : keys->initiator_encr);
    child->keys[1] = keep(secrets, is_initiator ? keys->responder_integ : keys->initiator_integ);
    child->keys[2] = keep(secrets, is_initiator ? keys->initiator_encr : keys->responder_encr);
    child->keys[3] = keep(secrets, is_initiator ? keys->initiator_integ : keys->responder_integ);
}

static RvlLineage *
lineage_of(RvlIkeSa *ike, const RvlChildDeal *deal)
{
    const RvlChildSa *old = rvl_ike_sa_find_child_number(ike, deal->replaces);
    RvlLineage *lineage;

    if (old != NULL)
        return rvl_lineage_ref(old->lineage);
    lineage =
        rvl_lineage_for(ike->engine, deal->connection, deal->policy, deal->local, deal->remote);
    if (!lineage->is_installed)
        lineage->interface = rvl_upkeep_interface(ike->engine, ike->peer.connection->name);
    return lineage;
}

RvlChildSa *
rvl_child_deal_make(RvlIkeSa *ike, RvlChildDeal *deal, GError **error)
{
    g_auto(RvlChildKeys) keys = {0};
    RvlChildSa *child;

    if (!derive(ike, deal, &keys, error))
        return NULL;
    child = rvl_child_sa_new(ike, deal->connection, deal->policy, lineage_of(ike, deal),
                             deal->is_initiator);
    child->choice = deal->choice;
    child->has_esn = rvl_choice_id(&deal->choice, RVL_TRANSFORM_ESN) == RVL_TRANSFORM_ID_ESN_YES;
    child->spi_in = deal->spi_in;
    child->spi_out = deal->spi_out;
    child->local = rvl_selectors_ref(deal->local);
    child->remote = rvl_selectors_ref(deal->remote);
    keep_keys(child, ike->engine->services.secrets, &keys);
    deal->spi_in = 0; /* the Child SA holds it */
    deal->child = child->number;
    return child;
}
