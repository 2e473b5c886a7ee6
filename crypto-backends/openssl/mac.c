/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HMAC by OpenSSL, with the keyed state kept. */
#include "config.h"

#include "backend.h"

#include <string.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <ravelin/secret.h>

#define LONGEST_OUTPUT 64

static bool
set_key(const OpensslMac *mac, EVP_MAC_CTX *ctx, const uint8_t *key, size_t key_octets)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)mac->digest, 0),
        OSSL_PARAM_construct_end(),
    };

    /* No key at all is a key of no octets, but NULL would mean: keep the one that is set. */
    return EVP_MAC_init(ctx, key_octets > 0 ? key : (const uint8_t *)"", key_octets, params) == 1;
}

static EVP_MAC_CTX *
context_new(const OpensslMac *mac, const uint8_t *key, size_t key_octets)
{
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac->hmac);

    if (ctx == NULL || !set_key(mac, ctx, key, key_octets)) {
        EVP_MAC_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}

static RvlMacKey *
key_new(void *self, const uint8_t *key, size_t key_octets)
{
    return (RvlMacKey *)context_new(self, key, key_octets);
}

static void
key_free(void *self, RvlMacKey *key)
{
    EVP_MAC_CTX_free((EVP_MAC_CTX *)key);
}

/* The MAC of @parts by a context that is keyed; the first @out_octets of it. */
static bool
compute_keyed(const OpensslMac *mac,
              EVP_MAC_CTX *ctx,
              const RvlOctets *parts,
              size_t n_parts,
              uint8_t *out,
              size_t out_octets)
{
    uint8_t full[LONGEST_OUTPUT];
    size_t written = 0;

    if (out_octets > mac->mac.output_octets || EVP_MAC_init(ctx, NULL, 0, NULL) != 1)
        return false;
    for (size_t i = 0; i < n_parts; i++)
        if (parts[i].size > 0 && EVP_MAC_update(ctx, parts[i].data, parts[i].size) != 1)
            return false;
    if (out_octets == mac->mac.output_octets)
        return EVP_MAC_final(ctx, out, &written, out_octets) == 1;
    if (EVP_MAC_final(ctx, full, &written, sizeof(full)) != 1)
        return false;
    memcpy(out, full, out_octets);
    rvl_secret_wipe(full, sizeof(full)); /* what is cut off stays unknown */
    return true;
}

static bool
compute(void *self,
        RvlMacKey *key,
        const RvlOctets *parts,
        size_t n_parts,
        uint8_t *out,
        size_t out_octets)
{
    return compute_keyed(self, (EVP_MAC_CTX *)key, parts, n_parts, out, out_octets);
}

/* The context of the item's key: kept, or keyed now in the place of the oldest. */
static EVP_MAC_CTX *
context_of(const OpensslMac *mac, OpensslScratch *scratch, const RvlCryptItem *item)
{
    EVP_MAC_CTX *ctx = rvl_keyed_contexts_find(scratch->contexts, item->key_id);

    if (ctx != NULL)
        return ctx;
    ctx = rvl_keyed_contexts_take_oldest(scratch->contexts);
    if (ctx == NULL)
        ctx = context_new(mac, item->key.data, item->key.size);
    else if (!set_key(mac, ctx, item->key.data, item->key.size))
        g_clear_pointer(&ctx, EVP_MAC_CTX_free);
    if (ctx != NULL)
        rvl_keyed_contexts_add(scratch->contexts, item->key_id, ctx);
    return ctx;
}

static void
batch(void *self, void *memory, RvlCryptItem *items, size_t stride, size_t n)
{
    const OpensslMac *mac = self;
    OpensslScratch *scratch = memory;
    EVP_MAC_CTX *ctx = NULL;
    uint64_t keyed = 0;

    for (size_t i = 0; i < n; i++) {
        RvlCryptItem *item = RVL_STRIDE(items, stride, i);
        RvlOctets parts[] = {
            item->aad,
            item->nonce,
            {item->source, item->octets},
            item->tail,
        };

        if (item->status != RVL_CRYPT_PENDING)
            continue;
        if (ctx == NULL || keyed != item->key_id)
            ctx = context_of(mac, scratch, item);
        keyed = item->key_id;
        item->status = ctx != NULL && compute_keyed(mac, ctx, parts, G_N_ELEMENTS(parts), item->icv,
                                                    item->icv_octets)
                           ? RVL_CRYPT_DONE
                           : RVL_CRYPT_FAILED;
    }
}

static const struct {
    const char *name;
    const char *digest;
    uint16_t output_octets;
} rows[OPENSSL_MACS] = {
    {"mac/hmac-sha1", "SHA1", 20},
    {"mac/hmac-sha2-256", "SHA256", 32},
    {"mac/hmac-sha2-384", "SHA384", 48},
    {"mac/hmac-sha2-512", "SHA512", 64},
};

void
openssl_macs_load(OpensslBackend *backend)
{
    for (size_t i = 0; i < OPENSSL_MACS; i++) {
        OpensslMac *mac = &backend->macs[i];

        /* HMAC is served where its digest is. */
        mac->hmac = backend->hashes[i].md != NULL ? EVP_MAC_fetch(NULL, "HMAC", NULL) : NULL;
        mac->digest = rows[i].digest;
        mac->mac = (RvlMac){
            .size = sizeof(RvlMac),
            .name = rows[i].name,
            .backend = "openssl",
            .self = mac,
            .output_octets = rows[i].output_octets,
            .key_new = key_new,
            .key_free = key_free,
            .compute = compute,
            .scratch = openssl_mac_scratch,
            .batch = batch,
        };
        if (mac->hmac != NULL)
            rvl_primitive_table_add(backend->table, rows[i].name, &mac->mac);
    }
}

void
openssl_macs_unload(OpensslBackend *backend)
{
    for (size_t i = 0; i < OPENSSL_MACS; i++)
        EVP_MAC_free(backend->macs[i].hmac);
}
