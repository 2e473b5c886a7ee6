/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A toy crypto backend for simulations: its instance, look-up by name, and its descriptor. */
#include "config.h"

#include "fakes/toy-backend.h"

#include <string.h>
#include <ravelin/error.h>

#include "fakes/toy-parts.h"

struct ToyBackend {
    ToyMix random;
    RvlKem kems[TOY_KEMS + 1]; /* the last has no name */
    RvlPrimitives primitives;
};

#define LOOK_UP(kind, Type, rows)                                                                  \
    static const Type *kind(void *self, const char *name)                                          \
    {                                                                                              \
        const Type *row = rows;                                                                    \
                                                                                                   \
        while (row->name != NULL && strcmp(row->name, name) != 0)                                  \
            row++;                                                                                 \
        return row->name != NULL ? row : NULL;                                                     \
    }                                                                                              \
    static const Type *resolve_##kind(void *context, const char *name, GError **error)             \
    {                                                                                              \
        const Type *found = kind(context, name);                                                   \
                                                                                                   \
        if (found == NULL)                                                                         \
            rvl_error_set_found(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, name, TOY_BACKEND, NULL);  \
        return found;                                                                              \
    }
LOOK_UP(hash, RvlHash, toy_hashes)
LOOK_UP(mac, RvlMac, toy_macs)
LOOK_UP(cipher, RvlCipher, toy_ciphers)
LOOK_UP(aead, RvlAead, toy_aeads)
LOOK_UP(kem, RvlKem, ((ToyBackend *)self)->kems)
LOOK_UP(signature, RvlSignature, toy_signatures)

static bool
random_octets(void *self, uint8_t *out, size_t octets)
{
    toy_mix_fill(&((ToyBackend *)self)->random, out, octets);
    return true;
}

static const char *
library(void *self)
{
    return "no library: not secure";
}

static const char *const *
names(void *self)
{
    static const char *const all[] = {
        "hash/sha1",
        "hash/sha2-256",
        "hash/sha2-384",
        "hash/sha2-512",
        "mac/hmac-sha1",
        "mac/hmac-sha2-256",
        "mac/hmac-sha2-384",
        "mac/hmac-sha2-512",
        "cipher/aes-128-cbc",
        "cipher/aes-192-cbc",
        "cipher/aes-256-cbc",
        "aead/aes-128-gcm",
        "aead/aes-192-gcm",
        "aead/aes-256-gcm",
        "aead/chacha20-poly1305",
        "kem/x25519",
        "kem/ecp-256",
        "kem/ecp-384",
        "kem/ecp-521",
        "kem/modp",
        "signature/rsa-pkcs1-sha2-256",
        "signature/rsa-pkcs1-sha2-384",
        "signature/rsa-pkcs1-sha2-512",
        "signature/rsa-pss-sha2-256",
        "signature/rsa-pss-sha2-384",
        "signature/rsa-pss-sha2-512",
        "signature/ecdsa-sha2-256",
        "signature/ecdsa-sha2-384",
        "signature/ecdsa-sha2-512",
        "signature/ed25519",
        NULL,
    };

    return all;
}

ToyBackend *
toy_backend_new(uint64_t seed)
{
    ToyBackend *toy = g_new0(ToyBackend, 1);

    toy_mix_init(&toy->random, seed);
    toy_mix_finish(&toy->random);
    toy_kems_init(toy->kems, &toy->random);
    toy->primitives = (RvlPrimitives){
        .size = sizeof(RvlPrimitives),
        .context = toy,
        .hash = resolve_hash,
        .mac = resolve_mac,
        .cipher = resolve_cipher,
        .aead = resolve_aead,
        .kem = resolve_kem,
        .signature = resolve_signature,
        .random = random_octets,
    };
    return toy;
}

void
toy_backend_free(ToyBackend *toy)
{
    g_free(toy);
}

const RvlPrimitives *
toy_backend_primitives(ToyBackend *toy)
{
    return &toy->primitives;
}

static const RvlCryptoBackend interface = {
    .size = sizeof(RvlCryptoBackend),
    .name = TOY_BACKEND,
    .library = library,
    .hash = hash,
    .mac = mac,
    .cipher = cipher,
    .aead = aead,
    .kem = kem,
    .signature = signature,
    .names = names,
    .random = random_octets,
};

const RvlCryptoBackend *
toy_backend_interface(void)
{
    return &interface;
}

static bool
load(const RvlHost *host, const RvlSettings *settings, void **self, GError **error)
{
    *self = toy_backend_new(0);
    return true;
}

static void
unload(void *self)
{
    toy_backend_free(self);
}

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_CRYPTO_BACKEND, TOY_BACKEND, &interface},
};

RVL_PLUGIN(toy_insecure) = {
    .head = RVL_PLUGIN_HEAD,
    .name = TOY_BACKEND,
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "functions without any security, for simulations",
    RVL_PROVIDES(provides),
    .load = load,
    .unload = unload,
};
