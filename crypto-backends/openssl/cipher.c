/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AES-CBC by OpenSSL: contexts kept by key, only the IV set for each packet. */
#include "config.h"

#include "backend.h"

#include <limits.h>

#define AES_BLOCK_OCTETS 16

/* Keys @ctx (NULL: a new one), which is freed where that fails. */
static EVP_CIPHER_CTX *
key_context(const OpensslCipher *cipher, EVP_CIPHER_CTX *ctx, const RvlCryptItem *item, int encrypt)
{
    const EVP_CIPHER *evp = NULL; /* the one that @ctx has */

    if (ctx == NULL) {
        ctx = EVP_CIPHER_CTX_new();
        evp = cipher->evp;
    }
    if (ctx != NULL && item->key.size == cipher->cipher.key_octets &&
        EVP_CipherInit_ex2(ctx, evp, item->key.data, NULL, encrypt, NULL) == 1 &&
        EVP_CIPHER_CTX_set_padding(ctx, 0) == 1)
        return ctx;
    EVP_CIPHER_CTX_free(ctx);
    return NULL;
}

/* The context of the item's key and direction: kept, or keyed now in the place of the oldest. */
static EVP_CIPHER_CTX *
context_of(const OpensslCipher *cipher,
           OpensslScratch *scratch,
           const RvlCryptItem *item,
           int encrypt)
{
    EVP_CIPHER_CTX *ctx = rvl_keyed_contexts_find(scratch->contexts, item->key_id);

    if (ctx != NULL) {
        if (EVP_CIPHER_CTX_is_encrypting(ctx) == encrypt)
            return ctx;
        /* A key schedule of CBC knows one direction; a key of an SA has only one, too. */
        rvl_keyed_contexts_forget(scratch->contexts, item->key_id);
    }
    ctx = key_context(cipher, rvl_keyed_contexts_take_oldest(scratch->contexts), item, encrypt);
    if (ctx != NULL)
        rvl_keyed_contexts_add(scratch->contexts, item->key_id, ctx);
    return ctx;
}

static bool
run_item(EVP_CIPHER_CTX *ctx, const RvlCryptItem *item)
{
    int written = 0;

    if (item->nonce.size != AES_BLOCK_OCTETS || item->octets % AES_BLOCK_OCTETS != 0 ||
        item->octets > INT_MAX)
        return false;
    if (item->octets == 0)
        return true;
    return EVP_CipherInit_ex2(ctx, NULL, NULL, item->nonce.data, -1, NULL) == 1 &&
           EVP_CipherUpdate(ctx, item->destination, &written, item->source, (int)item->octets) ==
               1 &&
           written == (int)item->octets;
}

static void
run(void *self, void *memory, RvlCryptItem *items, size_t stride, size_t n, int encrypt)
{
    EVP_CIPHER_CTX *ctx = NULL;
    uint64_t keyed = 0;

    for (size_t i = 0; i < n; i++) {
        RvlCryptItem *item = RVL_STRIDE(items, stride, i);

        if (item->status != RVL_CRYPT_PENDING)
            continue;
        if (ctx == NULL || keyed != item->key_id)
            ctx = context_of(self, memory, item, encrypt);
        keyed = item->key_id;
        item->status = ctx != NULL && run_item(ctx, item) ? RVL_CRYPT_DONE : RVL_CRYPT_FAILED;
    }
}

static void
encrypt_batch(void *self, void *memory, RvlCryptItem *items, size_t stride, size_t n)
{
    run(self, memory, items, stride, n, 1);
}

static void
decrypt_batch(void *self, void *memory, RvlCryptItem *items, size_t stride, size_t n)
{
    run(self, memory, items, stride, n, 0);
}

static const struct {
    const char *name;
    const char *algorithm;
    uint16_t key_octets;
} rows[OPENSSL_CIPHERS] = {
    {"cipher/aes-128-cbc", "AES-128-CBC", 16},
    {"cipher/aes-192-cbc", "AES-192-CBC", 24},
    {"cipher/aes-256-cbc", "AES-256-CBC", 32},
};

void
openssl_ciphers_load(OpensslBackend *backend)
{
    for (size_t i = 0; i < OPENSSL_CIPHERS; i++) {
        OpensslCipher *cipher = &backend->ciphers[i];

        cipher->evp = EVP_CIPHER_fetch(NULL, rows[i].algorithm, NULL);
        cipher->cipher = (RvlCipher){
            .size = sizeof(RvlCipher),
            .name = rows[i].name,
            .backend = "openssl",
            .self = cipher,
            .key_octets = rows[i].key_octets,
            .iv_octets = AES_BLOCK_OCTETS,
            .block_octets = AES_BLOCK_OCTETS,
            .scratch = openssl_cipher_scratch,
            .encrypt = encrypt_batch,
            .decrypt = decrypt_batch,
        };
        if (cipher->evp != NULL)
            rvl_primitive_table_add(backend->table, rows[i].name, &cipher->cipher);
    }
}

void
openssl_ciphers_unload(OpensslBackend *backend)
{
    for (size_t i = 0; i < OPENSSL_CIPHERS; i++)
        EVP_CIPHER_free(backend->ciphers[i].evp);
}
