/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The toy backend's hashes, MACs, ciphers and AEADs. */
#include "config.h"

#include "fakes/toy-parts.h"

#include <string.h>
#include <ravelin/macros.h>

/* What mixes of one kind begin with. */
enum { DOMAIN_HASH = 1, DOMAIN_MAC = 2, DOMAIN_STREAM = 3, DOMAIN_ICV = 4 };

static bool
scratch_init(void *self, void *scratch)
{
    return true;
}

static void
scratch_forget(void *self, void *scratch, uint64_t key_id)
{
}

static void
scratch_fini(void *self, void *scratch)
{
}

#define NO_SCRATCH                                                                                 \
    {                                                                                              \
        0, scratch_init, scratch_forget, scratch_fini                                              \
    }

static bool
digest(void *self, const RvlOctets *parts, size_t n_parts, uint8_t *out)
{
    const RvlHash *hash = self;
    ToyMix mix;

    toy_mix_init(&mix, DOMAIN_HASH);
    for (size_t i = 0; i < n_parts; i++)
        toy_mix_absorb(&mix, parts[i].data, parts[i].size);
    toy_mix_finish(&mix);
    toy_mix_fill(&mix, out, hash->output_octets);
    return true;
}

#define HASH(i, n, octets, block)                                                                  \
    {                                                                                              \
        .size = sizeof(RvlHash), .name = n, .backend = TOY_BACKEND,                                \
        .self = (void *)&toy_hashes[i], .output_octets = octets, .block_octets = block,            \
        .digest = digest                                                                           \
    }

const RvlHash toy_hashes[] = {
    HASH(0, "hash/sha1", 20, 64),
    HASH(1, "hash/sha2-256", 32, 64),
    HASH(2, "hash/sha2-384", 48, 128),
    HASH(3, "hash/sha2-512", 64, 128),
    {.name = NULL},
};

struct RvlMacKey {
    ToyMix mix; /* the key absorbed */
};

static void
mac_keyed(ToyMix *mix, const uint8_t *key, size_t key_octets)
{
    toy_mix_init(mix, DOMAIN_MAC);
    toy_mix_absorb_sized(mix, key, key_octets);
}

static RvlMacKey *
key_new(void *self, const uint8_t *key, size_t key_octets)
{
    RvlMacKey *state = g_new(RvlMacKey, 1);

    mac_keyed(&state->mix, key, key_octets);
    return state;
}

static void
key_free(void *self, RvlMacKey *key)
{
    g_free(key);
}

static bool
compute(void *self,
        RvlMacKey *key,
        const RvlOctets *parts,
        size_t n_parts,
        uint8_t *out,
        size_t out_octets)
{
    ToyMix mix = key->mix;

    for (size_t i = 0; i < n_parts; i++)
        toy_mix_absorb(&mix, parts[i].data, parts[i].size);
    toy_mix_finish(&mix);
    toy_mix_fill(&mix, out, out_octets);
    return true;
}

static void
mac_batch(void *self, void *scratch, RvlCryptItem *items, size_t stride, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        RvlCryptItem *item = RVL_STRIDE(items, stride, i);
        RvlOctets parts[] = {item->aad, item->nonce, {item->source, item->octets}, item->tail};
        RvlMacKey key;

        if (item->status != RVL_CRYPT_PENDING)
            continue;
        mac_keyed(&key.mix, item->key.data, item->key.size);
        compute(self, &key, parts, G_N_ELEMENTS(parts), item->icv, item->icv_octets);
        item->status = RVL_CRYPT_DONE;
    }
}

#define MAC(i, n, octets)                                                                          \
    {                                                                                              \
        .size = sizeof(RvlMac), .name = n, .backend = TOY_BACKEND, .self = (void *)&toy_macs[i],   \
        .output_octets = octets, .key_new = key_new, .key_free = key_free, .compute = compute,     \
        .scratch = NO_SCRATCH, .batch = mac_batch                                                  \
    }

const RvlMac toy_macs[] = {
    MAC(0, "mac/hmac-sha1", 20),
    MAC(1, "mac/hmac-sha2-256", 32),
    MAC(2, "mac/hmac-sha2-384", 48),
    MAC(3, "mac/hmac-sha2-512", 64),
    {.name = NULL},
};

/* XORs a stream that key and nonce make; its own inverse. */
static void
stream(const RvlCryptItem *item)
{
    ToyMix mix;
    uint8_t pad[8];

    toy_mix_init(&mix, DOMAIN_STREAM);
    toy_mix_absorb_sized(&mix, item->key.data, item->key.size);
    toy_mix_absorb(&mix, item->nonce.data, item->nonce.size);
    toy_mix_finish(&mix);
    for (size_t i = 0; i < item->octets; i++) {
        if (i % sizeof(pad) == 0)
            toy_mix_fill(&mix, pad, sizeof(pad));
        item->destination[i] = item->source[i] ^ pad[i % sizeof(pad)];
    }
}

static void
cipher_batch(void *self, void *scratch, RvlCryptItem *items, size_t stride, size_t n)
{
    const RvlCipher *cipher = self;

    for (size_t i = 0; i < n; i++) {
        RvlCryptItem *item = RVL_STRIDE(items, stride, i);

        if (item->status != RVL_CRYPT_PENDING)
            continue;
        item->status = RVL_CRYPT_FAILED;
        if (item->key.size != cipher->key_octets || item->octets % cipher->block_octets != 0)
            continue;
        stream(item);
        item->status = RVL_CRYPT_DONE;
    }
}

#define CIPHER(i, n, octets)                                                                       \
    {                                                                                              \
        .size = sizeof(RvlCipher), .name = n, .backend = TOY_BACKEND,                              \
        .self = (void *)&toy_ciphers[i], .key_octets = octets, .iv_octets = 16,                    \
        .block_octets = 16, .scratch = NO_SCRATCH, .encrypt = cipher_batch,                        \
        .decrypt = cipher_batch                                                                    \
    }

const RvlCipher toy_ciphers[] = {
    CIPHER(0, "cipher/aes-128-cbc", 16),
    CIPHER(1, "cipher/aes-192-cbc", 24),
    CIPHER(2, "cipher/aes-256-cbc", 32),
    {.name = NULL},
};

/* Over key, nonce, AAD and the ciphertext. */
static void
icv_of(const RvlCryptItem *item, const uint8_t *ciphertext, uint8_t *icv)
{
    ToyMix mix;

    toy_mix_init(&mix, DOMAIN_ICV);
    toy_mix_absorb_sized(&mix, item->key.data, item->key.size);
    toy_mix_absorb(&mix, item->nonce.data, item->nonce.size);
    toy_mix_absorb_sized(&mix, item->aad.data, item->aad.size);
    toy_mix_absorb(&mix, ciphertext, item->octets);
    toy_mix_finish(&mix);
    toy_mix_fill(&mix, icv, item->icv_octets);
}

static bool
is_aead_item(const RvlAead *aead, const RvlCryptItem *item)
{
    return item->key.size == aead->key_octets && item->nonce.size == aead->nonce_octets &&
           item->icv_octets >= 8 && item->icv_octets <= aead->icv_octets;
}

static void
seal_batch(void *self, void *scratch, RvlCryptItem *items, size_t stride, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        RvlCryptItem *item = RVL_STRIDE(items, stride, i);

        if (item->status != RVL_CRYPT_PENDING)
            continue;
        item->status = RVL_CRYPT_FAILED;
        if (!is_aead_item(self, item))
            continue;
        stream(item);
        icv_of(item, item->destination, item->icv);
        item->status = RVL_CRYPT_DONE;
    }
}

static void
open_batch(void *self, void *scratch, RvlCryptItem *items, size_t stride, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        RvlCryptItem *item = RVL_STRIDE(items, stride, i);
        uint8_t icv[UINT8_MAX];

        if (item->status != RVL_CRYPT_PENDING)
            continue;
        item->status = RVL_CRYPT_FAILED;
        if (!is_aead_item(self, item))
            continue;
        icv_of(item, item->source, icv);
        item->status = RVL_CRYPT_FORGED;
        if (!rvl_secret_equal(icv, item->icv, item->icv_octets))
            continue;
        stream(item);
        item->status = RVL_CRYPT_DONE;
    }
}

#define AEAD(i, n, octets)                                                                         \
    {                                                                                              \
        .size = sizeof(RvlAead), .name = n, .backend = TOY_BACKEND, .self = (void *)&toy_aeads[i], \
        .key_octets = octets, .nonce_octets = 12, .icv_octets = 16, .scratch = NO_SCRATCH,         \
        .seal = seal_batch, .open = open_batch                                                     \
    }

const RvlAead toy_aeads[] = {
    AEAD(0, "aead/aes-128-gcm", 16),
    AEAD(1, "aead/aes-192-gcm", 24),
    AEAD(2, "aead/aes-256-gcm", 32),
    AEAD(3, "aead/chacha20-poly1305", 32),
    {.name = NULL},
};
