/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AES-GCM and ChaCha20-Poly1305 by OpenSSL: contexts kept by key, only the IV set for each packet. */
#include "config.h"

#include "backend.h"

#include <limits.h>
#include <openssl/err.h>

#define NONCE_OCTETS 12
#define ICV_OCTETS 16

/* Keys @ctx (NULL: a new one), which is freed where that fails. */
static EVP_CIPHER_CTX *
key_context(const OpensslAead *aead, EVP_CIPHER_CTX *ctx, const RvlCryptItem *item)
{
    const EVP_CIPHER *evp = NULL; /* the one that @ctx has */

    if (ctx == NULL) {
        ctx = EVP_CIPHER_CTX_new();
        evp = aead->evp;
    }
    if (ctx != NULL && item->key.size == aead->aead.key_octets &&
        EVP_CipherInit_ex2(ctx, evp, item->key.data, NULL, 1, NULL) == 1)
        return ctx;
    EVP_CIPHER_CTX_free(ctx);
    return NULL;
}

/* The context of the item's key: kept, or keyed now in the place of the oldest. */
static EVP_CIPHER_CTX *
context_of(const OpensslAead *aead, OpensslScratch *scratch, const RvlCryptItem *item)
{
    EVP_CIPHER_CTX *ctx = rvl_keyed_contexts_find(scratch->contexts, item->key_id);

    if (ctx != NULL)
        return ctx;
    ctx = key_context(aead, rvl_keyed_contexts_take_oldest(scratch->contexts), item);
    if (ctx != NULL)
        rvl_keyed_contexts_add(scratch->contexts, item->key_id, ctx);
    return ctx;
}

/* Sets the nonce and takes AAD and text; the ICV is left to the caller. */
static bool
run_item(EVP_CIPHER_CTX *ctx, const RvlCryptItem *item, int encrypt)
{
    int written = 0;

    if (item->nonce.size != NONCE_OCTETS || item->octets > INT_MAX || item->aad.size > INT_MAX)
        return false;
    if (EVP_CipherInit_ex2(ctx, NULL, NULL, item->nonce.data, encrypt, NULL) != 1)
        return false;
    if (item->aad.size > 0 &&
        EVP_CipherUpdate(ctx, NULL, &written, item->aad.data, (int)item->aad.size) != 1)
        return false;
    return item->octets == 0 ||
           EVP_CipherUpdate(ctx, item->destination, &written, item->source, (int)item->octets) == 1;
}

static uint8_t
seal_item(const OpensslAead *aead, EVP_CIPHER_CTX *ctx, const RvlCryptItem *item)
{
    uint8_t rest[EVP_MAX_BLOCK_LENGTH]; /* these modes have none */
    int written = 0;

    if (!run_item(ctx, item, 1) || EVP_EncryptFinal_ex(ctx, rest, &written) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, item->icv_octets, item->icv) != 1)
        return RVL_CRYPT_FAILED;
    return RVL_CRYPT_DONE;
}

static uint8_t
open_item(const OpensslAead *aead, EVP_CIPHER_CTX *ctx, const RvlCryptItem *item)
{
    uint8_t rest[EVP_MAX_BLOCK_LENGTH];
    int written = 0;

    if (!run_item(ctx, item, 0) ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, item->icv_octets, item->icv) != 1)
        return RVL_CRYPT_FAILED;
    if (EVP_DecryptFinal_ex(ctx, rest, &written) == 1)
        return RVL_CRYPT_DONE;
    ERR_clear_error();
    return RVL_CRYPT_FORGED;
}

/* Lengths that GCM has: NIST SP 800-38D 5.2.1.2; the library takes others, too. */
static bool
is_icv_length(const OpensslAead *aead, size_t octets)
{
    return octets >= aead->shortest_icv && (octets == 8 || octets >= 12) && octets <= ICV_OCTETS;
}

static void
run(void *self,
    void *memory,
    RvlCryptItem *items,
    size_t stride,
    size_t n,
    uint8_t (*one)(const OpensslAead *aead, EVP_CIPHER_CTX *ctx, const RvlCryptItem *item))
{
    const OpensslAead *aead = self;
    EVP_CIPHER_CTX *ctx = NULL;
    uint64_t keyed = 0;

    for (size_t i = 0; i < n; i++) {
        RvlCryptItem *item = RVL_STRIDE(items, stride, i);

        if (item->status != RVL_CRYPT_PENDING)
            continue;
        if (ctx == NULL || keyed != item->key_id)
            ctx = context_of(aead, memory, item);
        keyed = item->key_id;
        if (ctx == NULL || !is_icv_length(aead, item->icv_octets))
            item->status = RVL_CRYPT_FAILED;
        else
            item->status = one(aead, ctx, item);
    }
}

static void
seal_batch(void *self, void *memory, RvlCryptItem *items, size_t stride, size_t n)
{
    run(self, memory, items, stride, n, seal_item);
}

static void
open_batch(void *self, void *memory, RvlCryptItem *items, size_t stride, size_t n)
{
    run(self, memory, items, stride, n, open_item);
}

static const struct {
    const char *name;
    const char *algorithm;
    uint16_t key_octets;
    uint8_t shortest_icv; /* RFC 4106 6; RFC 7634 2: only the whole */
} rows[OPENSSL_AEADS] = {
    {"aead/aes-128-gcm", "AES-128-GCM", 16, 8},
    {"aead/aes-192-gcm", "AES-192-GCM", 24, 8},
    {"aead/aes-256-gcm", "AES-256-GCM", 32, 8},
    {"aead/chacha20-poly1305", "ChaCha20-Poly1305", 32, 16},
};

void
openssl_aeads_load(OpensslBackend *backend)
{
    for (size_t i = 0; i < OPENSSL_AEADS; i++) {
        OpensslAead *aead = &backend->aeads[i];

        aead->evp = EVP_CIPHER_fetch(NULL, rows[i].algorithm, NULL);
        aead->shortest_icv = rows[i].shortest_icv;
        aead->aead = (RvlAead){
            .size = sizeof(RvlAead),
            .name = rows[i].name,
            .backend = "openssl",
            .self = aead,
            .key_octets = rows[i].key_octets,
            .nonce_octets = NONCE_OCTETS,
            .icv_octets = ICV_OCTETS,
            .scratch = openssl_cipher_scratch,
            .seal = seal_batch,
            .open = open_batch,
        };
        if (aead->evp != NULL)
            rvl_primitive_table_add(backend->table, rows[i].name, &aead->aead);
    }
}

void
openssl_aeads_unload(OpensslBackend *backend)
{
    for (size_t i = 0; i < OPENSSL_AEADS; i++)
        EVP_CIPHER_free(backend->aeads[i].evp);
}
