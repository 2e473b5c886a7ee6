/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AES-CBC by libgcrypt: contexts kept by key, only the IV set for each packet. */
#include "config.h"

#include "backend.h"

#include <ravelin/macros.h>

#define AES_BLOCK_OCTETS 16

/* NULL as input: the library works in place. */
static bool
run_item(gcry_cipher_hd_t context, const RvlCryptItem *item, bool is_encrypting)
{
    bool is_in_place = item->source == item->destination;
    const uint8_t *source = is_in_place ? NULL : item->source;
    size_t octets = is_in_place ? 0 : item->octets;

    if (item->nonce.size != AES_BLOCK_OCTETS || item->octets % AES_BLOCK_OCTETS != 0)
        return false;
    if (item->octets == 0)
        return true;
    if (gcry_cipher_setiv(context, item->nonce.data, item->nonce.size) != 0)
        return false;
    return (is_encrypting
                ? gcry_cipher_encrypt(context, item->destination, item->octets, source, octets)
                : gcry_cipher_decrypt(context, item->destination, item->octets, source, octets)) ==
           0;
}

static void
run(void *self, void *memory, RvlCryptItem *items, size_t stride, size_t n, bool is_encrypting)
{
    const GcryptCipher *cipher = self;
    gcry_cipher_hd_t context = NULL;
    uint64_t keyed = 0;

    for (size_t i = 0; i < n; i++) {
        RvlCryptItem *item = RVL_STRIDE(items, stride, i);

        if (item->status != RVL_CRYPT_PENDING)
            continue;
        if (context == NULL || keyed != item->key_id)
            context = gcrypt_cipher_context(memory, cipher->algorithm, GCRY_CIPHER_MODE_CBC, item);
        keyed = item->key_id;
        item->status = context != NULL && run_item(context, item, is_encrypting) ? RVL_CRYPT_DONE
                                                                                 : RVL_CRYPT_FAILED;
    }
}

static void
encrypt_batch(void *self, void *memory, RvlCryptItem *items, size_t stride, size_t n)
{
    run(self, memory, items, stride, n, true);
}

static void
decrypt_batch(void *self, void *memory, RvlCryptItem *items, size_t stride, size_t n)
{
    run(self, memory, items, stride, n, false);
}

static const struct {
    const char *name;
    int algorithm;
    uint16_t key_octets;
} rows[GCRYPT_CIPHERS] = {
    {"cipher/aes-128-cbc", GCRY_CIPHER_AES128, 16},
    {"cipher/aes-192-cbc", GCRY_CIPHER_AES192, 24},
    {"cipher/aes-256-cbc", GCRY_CIPHER_AES256, 32},
};

void
gcrypt_ciphers_load(GcryptBackend *backend)
{
    for (size_t i = 0; i < GCRYPT_CIPHERS; i++) {
        GcryptCipher *cipher = &backend->ciphers[i];

        cipher->algorithm = rows[i].algorithm;
        cipher->cipher = (RvlCipher){
            .size = sizeof(RvlCipher),
            .name = rows[i].name,
            .backend = "gcrypt",
            .self = cipher,
            .key_octets = rows[i].key_octets,
            .iv_octets = AES_BLOCK_OCTETS,
            .block_octets = AES_BLOCK_OCTETS,
            .scratch = gcrypt_cipher_scratch,
            .encrypt = encrypt_batch,
            .decrypt = decrypt_batch,
        };
        if (gcry_cipher_test_algo(rows[i].algorithm) == 0)
            rvl_primitive_table_add(backend->table, rows[i].name, &cipher->cipher);
    }
}
