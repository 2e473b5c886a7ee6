/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The octets that an AUTH payload signs (RFC 7296 2.15), from their parts. */
#include "config.h"

#include <ravelin/authenticator.h>

#include <ravelin/error.h>
#include <ravelin/plugin.h>
#include <ravelin/sized.h>

/* prf(SK_p, ID body), into @octets. */
static bool
mac_identity(RvlAuthOctets *octets, const RvlMac *prf, const RvlSecret *sk_p, const RvlOctets *id)
{
    RvlMacKey *key = prf->key_new(prf->self, rvl_secret_octets(sk_p), rvl_secret_size(sk_p));
    bool computed;

    if (key == NULL)
        return false;
    computed = prf->compute(prf->self, key, id, 1, octets->maced_id, prf->output_octets);
    prf->key_free(prf->self, key);
    return computed;
}

bool
rvl_auth_octets_init(RvlAuthOctets *octets,
                     const RvlHost *host,
                     const RvlAuthParts *found,
                     GError **error)
{
    g_autoptr(RvlSecret) sk_p = NULL;
    RvlAuthParts parts;
    const RvlMac *prf;

    rvl_sized_copy(&parts, sizeof(parts), found, found->size);
    sk_p = host->secrets->get(host->secrets->context, parts.sk_p);
    prf = host->prf(host->context, parts.prf, error);
    if (prf == NULL)
        return false;
    if (sk_p == NULL || prf->output_octets > sizeof(octets->maced_id) ||
        !mac_identity(octets, prf, sk_p, &parts.id)) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "the identity cannot be keyed by %s",
                      sk_p == NULL ? "SK_p, which is gone" : prf->name);
        return false;
    }
    octets->runs[0] = parts.message;
    octets->runs[1] = parts.nonce;
    octets->runs[2] = RVL_OCTETS(octets->maced_id, prf->output_octets);
    octets->runs[3] = parts.int_auth;
    return true;
}
