/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HMAC by libgcrypt, with the keyed state kept. */
#include "config.h"

#include "backend.h"

#include <ravelin/macros.h>

static gcry_mac_hd_t
context_new(const GcryptMac *mac, const uint8_t *key, size_t key_octets)
{
    gcry_mac_hd_t context;

    if (gcry_mac_open(&context, mac->algorithm, 0, NULL) != 0)
        return NULL;
    if (gcry_mac_setkey(context, key_octets > 0 ? key : (const uint8_t *)"", key_octets) == 0)
        return context;
    gcry_mac_close(context);
    return NULL;
}

static RvlMacKey *
key_new(void *self, const uint8_t *key, size_t key_octets)
{
    return (RvlMacKey *)context_new(self, key, key_octets);
}

static void
key_free(void *self, RvlMacKey *key)
{
    gcry_mac_close((gcry_mac_hd_t)key);
}

/* The MAC of @parts by a context that is keyed; the library cuts it to @out_octets. */
static bool
compute_keyed(const GcryptMac *mac,
              gcry_mac_hd_t context,
              const RvlOctets *parts,
              size_t n_parts,
              uint8_t *out,
              size_t out_octets)
{
    size_t written = out_octets;

    if (out_octets > mac->mac.output_octets || gcry_mac_reset(context) != 0)
        return false;
    for (size_t i = 0; i < n_parts; i++)
        if (parts[i].size > 0 && gcry_mac_write(context, parts[i].data, parts[i].size) != 0)
            return false;
    return gcry_mac_read(context, out, &written) == 0 && written == out_octets;
}

static bool
compute(void *self,
        RvlMacKey *key,
        const RvlOctets *parts,
        size_t n_parts,
        uint8_t *out,
        size_t out_octets)
{
    return compute_keyed(self, (gcry_mac_hd_t)key, parts, n_parts, out, out_octets);
}

/* The context of the item's key: kept, or keyed now in the place of the oldest. */
static gcry_mac_hd_t
context_of(const GcryptMac *mac, GcryptScratch *scratch, const RvlCryptItem *item)
{
    gcry_mac_hd_t context = rvl_keyed_contexts_find(scratch->contexts, item->key_id);

    if (context != NULL)
        return context;
    context = rvl_keyed_contexts_take_oldest(scratch->contexts);
    if (context == NULL) {
        context = context_new(mac, item->key.data, item->key.size);
    } else if (gcry_mac_setkey(context, item->key.data, item->key.size) != 0) {
        gcry_mac_close(context);
        context = NULL;
    }
    if (context != NULL)
        rvl_keyed_contexts_add(scratch->contexts, item->key_id, context);
    return context;
}

static void
batch(void *self, void *memory, RvlCryptItem *items, size_t stride, size_t n)
{
    const GcryptMac *mac = self;
    gcry_mac_hd_t context = NULL;
    uint64_t keyed = 0;

    for (size_t i = 0; i < n; i++) {
        RvlCryptItem *item = RVL_STRIDE(items, stride, i);
        RvlOctets parts[] = {item->aad, item->nonce, {item->source, item->octets}, item->tail};

        if (item->status != RVL_CRYPT_PENDING)
            continue;
        if (context == NULL || keyed != item->key_id)
            context = context_of(mac, memory, item);
        keyed = item->key_id;
        item->status = context != NULL && compute_keyed(mac, context, parts, G_N_ELEMENTS(parts),
                                                        item->icv, item->icv_octets)
                           ? RVL_CRYPT_DONE
                           : RVL_CRYPT_FAILED;
    }
}

static const struct {
    const char *name;
    int algorithm;
    uint16_t output_octets;
} rows[GCRYPT_MACS] = {
    {"mac/hmac-sha1", GCRY_MAC_HMAC_SHA1, 20},
    {"mac/hmac-sha2-256", GCRY_MAC_HMAC_SHA256, 32},
    {"mac/hmac-sha2-384", GCRY_MAC_HMAC_SHA384, 48},
    {"mac/hmac-sha2-512", GCRY_MAC_HMAC_SHA512, 64},
};

void
gcrypt_macs_load(GcryptBackend *backend)
{
    for (size_t i = 0; i < GCRYPT_MACS; i++) {
        GcryptMac *mac = &backend->macs[i];

        mac->algorithm = rows[i].algorithm;
        mac->mac = (RvlMac){
            .size = sizeof(RvlMac),
            .name = rows[i].name,
            .backend = "gcrypt",
            .self = mac,
            .output_octets = rows[i].output_octets,
            .key_new = key_new,
            .key_free = key_free,
            .compute = compute,
            .scratch = gcrypt_mac_scratch,
            .batch = batch,
        };
        if (gcry_mac_test_algo(rows[i].algorithm) == 0)
            rvl_primitive_table_add(backend->table, rows[i].name, &mac->mac);
    }
}
