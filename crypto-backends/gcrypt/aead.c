/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AES-GCM and ChaCha20-Poly1305 by libgcrypt: contexts kept by key, only the IV set a packet. */
#include "config.h"

#include "backend.h"

#include <ravelin/macros.h>

#define NONCE_OCTETS 12
#define ICV_OCTETS 16

static bool
begin_item(gcry_cipher_hd_t context, const RvlCryptItem *item)
{
    return item->nonce.size == NONCE_OCTETS &&
           gcry_cipher_setiv(context, item->nonce.data, item->nonce.size) == 0 &&
           (item->aad.size == 0 ||
            gcry_cipher_authenticate(context, item->aad.data, item->aad.size) == 0);
}

static uint8_t
seal_item(gcry_cipher_hd_t context, const RvlCryptItem *item)
{
    bool is_in_place = item->source == item->destination;

    if (!begin_item(context, item))
        return RVL_CRYPT_FAILED;
    if (item->octets > 0 &&
        gcry_cipher_encrypt(context, item->destination, item->octets,
                            is_in_place ? NULL : item->source, is_in_place ? 0 : item->octets) != 0)
        return RVL_CRYPT_FAILED;
    return gcry_cipher_gettag(context, item->icv, item->icv_octets) == 0 ? RVL_CRYPT_DONE
                                                                         : RVL_CRYPT_FAILED;
}

static uint8_t
open_item(gcry_cipher_hd_t context, const RvlCryptItem *item)
{
    bool is_in_place = item->source == item->destination;

    if (!begin_item(context, item))
        return RVL_CRYPT_FAILED;
    if (item->octets > 0 &&
        gcry_cipher_decrypt(context, item->destination, item->octets,
                            is_in_place ? NULL : item->source, is_in_place ? 0 : item->octets) != 0)
        return RVL_CRYPT_FAILED;
    return gcry_cipher_checktag(context, item->icv, item->icv_octets) == 0 ? RVL_CRYPT_DONE
                                                                           : RVL_CRYPT_FORGED;
}

static void
run(void *self,
    void *memory,
    RvlCryptItem *items,
    size_t stride,
    size_t n,
    uint8_t (*one)(gcry_cipher_hd_t context, const RvlCryptItem *item))
{
    const GcryptAead *aead = self;
    gcry_cipher_hd_t context = NULL;
    uint64_t keyed = 0;

    for (size_t i = 0; i < n; i++) {
        RvlCryptItem *item = RVL_STRIDE(items, stride, i);

        if (item->status != RVL_CRYPT_PENDING)
            continue;
        if (context == NULL || keyed != item->key_id)
            context = gcrypt_cipher_context(memory, aead->algorithm, aead->mode, item);
        keyed = item->key_id;
        if (context == NULL || item->icv_octets < aead->shortest_icv ||
            item->icv_octets > ICV_OCTETS)
            item->status = RVL_CRYPT_FAILED;
        else
            item->status = one(context, item);
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
    int algorithm;
    int mode;
    uint16_t key_octets;
    uint8_t shortest_icv; /* RFC 4106 6; RFC 7634 2: only the whole */
} rows[GCRYPT_AEADS] = {
    {"aead/aes-128-gcm", GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_GCM, 16, 8},
    {"aead/aes-192-gcm", GCRY_CIPHER_AES192, GCRY_CIPHER_MODE_GCM, 24, 8},
    {"aead/aes-256-gcm", GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_GCM, 32, 8},
    {"aead/chacha20-poly1305", GCRY_CIPHER_CHACHA20, GCRY_CIPHER_MODE_POLY1305, 32, 16},
};

void
gcrypt_aeads_load(GcryptBackend *backend)
{
    for (size_t i = 0; i < GCRYPT_AEADS; i++) {
        GcryptAead *aead = &backend->aeads[i];

        aead->algorithm = rows[i].algorithm;
        aead->mode = rows[i].mode;
        aead->shortest_icv = rows[i].shortest_icv;
        aead->aead = (RvlAead){
            .size = sizeof(RvlAead),
            .name = rows[i].name,
            .backend = "gcrypt",
            .self = aead,
            .key_octets = rows[i].key_octets,
            .nonce_octets = NONCE_OCTETS,
            .icv_octets = ICV_OCTETS,
            .scratch = gcrypt_cipher_scratch,
            .seal = seal_batch,
            .open = open_batch,
        };
        /* In its FIPS mode the library makes GCM's IVs itself, and takes none. */
        if (gcry_cipher_test_algo(rows[i].algorithm) == 0 && !gcry_fips_mode_active())
            rvl_primitive_table_add(backend->table, rows[i].name, &aead->aead);
    }
}
