/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Primitives called once, with octets in and octets out. */
#include "config.h"

#include "crypto/one-call.h"

#include <string.h>

static RvlOctets
view(GBytes *bytes)
{
    return rvl_octets_from_bytes(bytes);
}

/* Runs one item with a fresh scratch. */
static RvlCryptStatus
run(const RvlScratch *scratch, void *self, RvlBatchCall call, RvlCryptItem *item)
{
    g_autofree void *memory = g_malloc0(MAX(scratch->octets, 1));

    item->key_id = 1;
    item->status = RVL_CRYPT_PENDING;
    g_assert_true(scratch->init(self, memory));
    call(self, memory, item, sizeof(*item), 1);
    scratch->fini(self, memory);
    return item->status;
}

GBytes *
one_mac(const RvlMac *mac, GBytes *key, GBytes *message, size_t out_octets)
{
    RvlOctets part = view(message);
    uint8_t once[64], batched[64];
    RvlCryptItem item = {
        .key = view(key),
        .source = part.data,
        .octets = (uint32_t)part.size,
        .icv = batched,
        .icv_octets = (uint8_t)out_octets,
    };
    RvlMacKey *state = mac->key_new(mac->self, item.key.data, item.key.size);

    if (state == NULL)
        return NULL;
    g_assert_true(mac->compute(mac->self, state, &part, 1, once, out_octets));
    mac->key_free(mac->self, state);
    g_assert_cmpint(run(&mac->scratch, mac->self, mac->batch, &item), ==, RVL_CRYPT_DONE);
    g_assert_cmpmem(once, out_octets, batched, out_octets);
    return g_bytes_new(once, out_octets);
}

GBytes *
one_cipher(const RvlCipher *cipher, bool is_encrypting, GBytes *key, GBytes *iv, GBytes *text)
{
    RvlOctets source = view(text);
    g_autofree uint8_t *destination = g_malloc(MAX(source.size, 1));
    RvlCryptItem item = {
        .key = view(key),
        .nonce = view(iv),
        .source = source.data,
        .destination = destination,
        .octets = (uint32_t)source.size,
    };

    if (run(&cipher->scratch, cipher->self, is_encrypting ? cipher->encrypt : cipher->decrypt,
            &item) != RVL_CRYPT_DONE)
        return NULL;
    return g_bytes_new(destination, source.size);
}

GBytes *
one_seal(const RvlAead *aead,
         GBytes *key,
         GBytes *nonce,
         GBytes *aad,
         GBytes *plaintext,
         size_t icv_octets)
{
    RvlOctets source = view(plaintext);
    g_autofree uint8_t *out = g_malloc0(source.size + icv_octets);
    RvlCryptItem item = {
        .key = view(key),
        .nonce = view(nonce),
        .aad = view(aad),
        .source = source.data,
        .destination = out,
        .octets = (uint32_t)source.size,
        .icv = out + source.size,
        .icv_octets = (uint8_t)icv_octets,
    };

    if (run(&aead->scratch, aead->self, aead->seal, &item) != RVL_CRYPT_DONE)
        return NULL;
    return g_bytes_new_take(g_steal_pointer(&out), source.size + icv_octets);
}

GBytes *
one_open(const RvlAead *aead,
         GBytes *key,
         GBytes *nonce,
         GBytes *aad,
         GBytes *sealed,
         size_t icv_octets,
         RvlCryptStatus *status)
{
    size_t octets = g_bytes_get_size(sealed) - icv_octets;
    g_autofree uint8_t *in_place = g_memdup2(view(sealed).data, view(sealed).size);
    RvlCryptItem item = {
        .key = view(key),
        .nonce = view(nonce),
        .aad = view(aad),
        .source = in_place,
        .destination = in_place,
        .octets = (uint32_t)octets,
        .icv = in_place + octets,
        .icv_octets = (uint8_t)icv_octets,
    };

    *status = run(&aead->scratch, aead->self, aead->open, &item);
    return *status == RVL_CRYPT_DONE ? g_bytes_new(in_place, octets) : NULL;
}

GBytes *
one_finish(const RvlKem *kem,
           const RvlParameter *parameters,
           size_t n_parameters,
           GBytes *private_value,
           GBytes *peer_public)
{
    g_autoptr(RvlSecret) state =
        rvl_secret_new_copy(view(private_value).data, view(private_value).size);
    g_autoptr(RvlSecret) shared = NULL;
    g_autoptr(GError) error = NULL;
    RvlOctets peer = view(peer_public);

    if (!kem->finish(kem->self, parameters, n_parameters, state, &peer, &shared, &error)) {
        g_assert_nonnull(error);
        g_assert_null(shared);
        return NULL;
    }
    g_assert_no_error(error);
    return g_bytes_new(rvl_secret_octets(shared), rvl_secret_size(shared));
}

bool
one_check(const RvlKem *kem,
          const RvlParameter *parameters,
          size_t n_parameters,
          GBytes *peer_public)
{
    RvlOctets peer = view(peer_public);

    return kem->check == NULL || kem->check(kem->self, parameters, n_parameters, &peer, NULL);
}

bool
one_verify(const RvlSignature *signature,
           const RvlParameter *parameters,
           size_t n,
           GBytes *message,
           GBytes *proof)
{
    const RvlAsymmetricKey key = {
        .size = sizeof(key),
        .kind = signature->key_kind,
        .parameters = parameters,
        .n_parameters = n,
    };
    RvlOctets octets = view(proof);
    RvlOctets part = view(message);
    g_autoptr(GError) error = NULL;
    bool holds =
        signature->verify(signature->self, &key, &part, 1, &octets, &error) == RVL_SIGNATURE_HOLDS;

    g_assert_true(holds == (error == NULL));
    return holds;
}
