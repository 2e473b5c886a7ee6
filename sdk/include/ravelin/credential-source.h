/* SPDX-License-Identifier: MIT */
/* Credential sources: where certificates and private keys are, and who signs with them. */
#pragma once

#include <ravelin/crypto-backend.h>
#include <ravelin/identity.h>
#include <ravelin/macros.h>

G_BEGIN_DECLS

/** RvlCredentialDone: for sign(): @signature borrowed. */
typedef void (*RvlCredentialDone)(GBytes *signature, const GError *error, void *user_data);

/**
 * RvlCredentialSource:
 * @size: sizeof(RvlCredentialSource) when the plugin was compiled
 * @certificates: calls @each with each certificate (DER) that @name means: the first is the end
 *   entity's, the others its chain, as the file or token holds them. False where there is none
 * @has_key: whether a private key fits @public_key; @name (nullable) restricts it to one key
 * @sign: signs @parts in order with the private key of @public_key by the primitive @scheme
 *   (`signature/ecdsa-sha2-256`). The private key never leaves the source
 * @reload: (nullable): files may have changed
 *
 * Thread: any; sign may take long and calls done once, on any thread, possibly before it returns.
 * Errors: RVL_CAUSE_KEY_MISSING, RVL_CAUSE_TOKEN_UNAVAILABLE, RVL_CAUSE_CONFIG_INVALID.
 */
typedef struct {
    uint32_t size;
    const char *name;
    bool (*certificates)(void *self,
                         const char *name,
                         void (*each)(const RvlOctets *certificate, void *user_data),
                         void *user_data,
                         GError **error);
    bool (*has_key)(void *self,
                    const RvlAsymmetricKey *public_key,
                    const char *name,
                    GError **error);
    void (*sign)(void *self,
                 const RvlAsymmetricKey *public_key,
                 const char *name,
                 const char *scheme,
                 const RvlOctets *parts,
                 size_t n_parts,
                 RvlCredentialDone done,
                 void *user_data);
    void (*reload)(void *self);
} RvlCredentialSource;

G_END_DECLS
