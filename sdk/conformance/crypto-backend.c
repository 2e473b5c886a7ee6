/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conformance of a crypto backend by itself: its names, known answers, batches and refusals. */
#include "config.h"

#include <string.h>
#include <ravelin/keyed-contexts.h>
#include <ravelin/known-answer.h>
#include <ravelin/macros.h>

#include "conformance-parts.h"

/* More keys than a scratch keeps, so that contexts are keyed anew. */
#define KEYS (RVL_KEYED_CONTEXTS + 50)
#define TEXT_OCTETS 48
#define LONGEST_KEY 64

/* What a backend's own header may have beside our fields: an item in a longer element. */
typedef struct {
    RvlCryptItem item;
    uint8_t later[24];
} LongerItem;

/* A crowd of packets, each of a key of its own. */
typedef struct {
    LongerItem items[KEYS];
    uint8_t keys[KEYS][LONGEST_KEY];
    uint8_t texts[KEYS][TEXT_OCTETS];
    uint8_t icvs[KEYS][LONGEST_KEY];
    uint8_t nonce[16];
    uint8_t aad[8];
} Crowd;

static Crowd *
crowd_new(size_t key_octets, size_t nonce_octets, size_t icv_octets)
{
    Crowd *crowd = g_new0(Crowd, 1);

    for (size_t i = 0; i < KEYS; i++) {
        memset(crowd->keys[i], (int)(i & 0xff), LONGEST_KEY);
        crowd->keys[i][0] = (uint8_t)(i >> 8);
        crowd->items[i].item = (RvlCryptItem){
            .key_id = i + 1,
            .key = RVL_OCTETS(crowd->keys[i], key_octets),
            .nonce = RVL_OCTETS(crowd->nonce, nonce_octets),
            .aad = RVL_OCTETS(crowd->aad, sizeof(crowd->aad)),
            .source = crowd->texts[i],
            .destination = crowd->texts[i],
            .octets = TEXT_OCTETS,
            .icv = crowd->icvs[i],
            .icv_octets = (uint8_t)icv_octets,
        };
    }
    return crowd;
}

static void
crowd_run(Crowd *crowd, RvlBatchCall call, RvlPollCall poll, void *self, void *scratch)
{
    for (size_t i = 0; i < KEYS; i++)
        crowd->items[i].item.status = RVL_CRYPT_PENDING;
    call(self, scratch, &crowd->items[0].item, sizeof(crowd->items[0]), KEYS);
    for (size_t i = 0; poll != NULL && i < KEYS; i++)
        while (crowd->items[i].item.status == RVL_CRYPT_PENDING)
            poll(self, scratch);
}

static bool
crowd_is(const Crowd *crowd, RvlCryptStatus status)
{
    for (size_t i = 0; i < KEYS; i++)
        if (crowd->items[i].item.status != status)
            return false;
    return true;
}

static bool
texts_are_zero(const Crowd *crowd)
{
    for (size_t i = 0; i < KEYS; i++)
        for (size_t j = 0; j < TEXT_OCTETS; j++)
            if (crowd->texts[i][j] != 0)
                return false;
    return true;
}

static void *
scratch_new(const RvlConformance *to, const RvlScratch *scratch, void *self, const char *name)
{
    g_autofree void *memory = g_malloc0(MAX(scratch->octets, 1));
    bool is_usable = scratch->init(self, memory);

    conformance_check(to, is_usable, "%s: a scratch can be made", name);
    return is_usable ? g_steal_pointer(&memory) : NULL;
}

/* An item that isn't pending stays as it is; one of a wrong length fails, the others don't. */
static void
check_single_items(const RvlConformance *to,
                   const char *name,
                   RvlBatchCall call,
                   void *self,
                   void *scratch,
                   Crowd *crowd)
{
    RvlCryptItem *skipped = &crowd->items[0].item;
    RvlCryptItem *wrong = &crowd->items[1].item;
    RvlCryptItem *right = &crowd->items[2].item;

    memset(crowd->texts[0], 0x5a, TEXT_OCTETS);
    skipped->status = RVL_CRYPT_FORGED;
    wrong->status = right->status = RVL_CRYPT_PENDING;
    wrong->key_id = KEYS + 1;
    wrong->key.size--;
    call(self, scratch, skipped, sizeof(crowd->items[0]), 3);
    conformance_check(to,
                      skipped->status == RVL_CRYPT_FORGED && crowd->texts[0][0] == 0x5a &&
                          crowd->texts[0][TEXT_OCTETS - 1] == 0x5a,
                      "%s: an item that isn't pending is left alone", name);
    conformance_check(to, wrong->status == RVL_CRYPT_FAILED, "%s: a key of wrong length fails",
                      name);
    conformance_check(to, right->status == RVL_CRYPT_DONE,
                      "%s: what fails leaves the rest of the batch alone", name);
}

static void
check_aead_crowd(const RvlConformance *to, const RvlAead *aead)
{
    RvlPollCall poll = RVL_HAS(aead, poll) ? aead->poll : NULL;
    g_autofree Crowd *crowd = crowd_new(aead->key_octets, aead->nonce_octets, aead->icv_octets);
    g_autofree void *scratch = scratch_new(to, &aead->scratch, aead->self, aead->name);

    if (scratch == NULL)
        return;
    crowd_run(crowd, aead->seal, poll, aead->self, scratch);
    conformance_check(to, crowd_is(crowd, RVL_CRYPT_DONE), "%s: seals under %d keys", aead->name,
                      KEYS);
    crowd_run(crowd, aead->open, poll, aead->self, scratch);
    conformance_check(to, crowd_is(crowd, RVL_CRYPT_DONE) && texts_are_zero(crowd),
                      "%s: opens what it sealed, also where a key's context made room for another",
                      aead->name);
    for (uint64_t id = 1; id <= KEYS; id++)
        aead->scratch.forget(aead->self, scratch, id);
    crowd_run(crowd, aead->seal, poll, aead->self, scratch);
    crowd->aad[0] ^= 1;
    crowd_run(crowd, aead->open, poll, aead->self, scratch);
    conformance_check(to, crowd_is(crowd, RVL_CRYPT_FORGED),
                      "%s: refuses other AAD, with keys that were forgotten", aead->name);
    check_single_items(to, aead->name, aead->seal, aead->self, scratch, crowd);
    aead->scratch.fini(aead->self, scratch);
}

static void
check_cipher_crowd(const RvlConformance *to, const RvlCipher *cipher)
{
    RvlPollCall poll = RVL_HAS(cipher, poll) ? cipher->poll : NULL;
    g_autofree Crowd *crowd = crowd_new(cipher->key_octets, cipher->iv_octets, 0);
    g_autofree void *scratch = scratch_new(to, &cipher->scratch, cipher->self, cipher->name);

    if (scratch == NULL)
        return;
    conformance_check(to, TEXT_OCTETS % MAX(cipher->block_octets, 1) == 0,
                      "%s: its block divides " G_STRINGIFY(TEXT_OCTETS), cipher->name);
    crowd_run(crowd, cipher->encrypt, poll, cipher->self, scratch);
    conformance_check(to, crowd_is(crowd, RVL_CRYPT_DONE), "%s: encrypts under %d keys",
                      cipher->name, KEYS);
    crowd_run(crowd, cipher->decrypt, poll, cipher->self, scratch);
    conformance_check(to, crowd_is(crowd, RVL_CRYPT_DONE) && texts_are_zero(crowd),
                      "%s: decrypts what it encrypted", cipher->name);
    check_single_items(to, cipher->name, cipher->encrypt, cipher->self, scratch, crowd);
    cipher->scratch.fini(cipher->self, scratch);
}

static void
check_mac_crowd(const RvlConformance *to, const RvlMac *mac)
{
    RvlPollCall poll = RVL_HAS(mac, poll) ? mac->poll : NULL;
    size_t key_octets = mac->key_octets != 0 ? mac->key_octets : 32;
    g_autofree Crowd *crowd = crowd_new(key_octets, 0, mac->output_octets);
    g_autofree Crowd *again = crowd_new(key_octets, 0, mac->output_octets);
    g_autofree void *scratch = scratch_new(to, &mac->scratch, mac->self, mac->name);
    bool is_same = true;

    if (scratch == NULL)
        return;
    crowd_run(crowd, mac->batch, poll, mac->self, scratch);
    conformance_check(to, crowd_is(crowd, RVL_CRYPT_DONE), "%s: computes under %d keys", mac->name,
                      KEYS);
    crowd_run(again, mac->batch, poll, mac->self, scratch);
    for (size_t i = 0; i < KEYS; i++)
        is_same = is_same && rvl_secret_equal(crowd->icvs[i], again->icvs[i], mac->output_octets);
    conformance_check(to, is_same, "%s: gives the same a second time", mac->name);
    conformance_check(to, !rvl_secret_equal(crowd->icvs[0], crowd->icvs[1], mac->output_octets),
                      "%s: two keys give two MACs", mac->name);
    mac->scratch.fini(mac->self, scratch);
}

/* One primitive: that it is itself, the known answers, the crowd. */
#define CHECK_PRIMITIVE(kind, Type, crowd)                                                         \
    static void check_##kind(const RvlConformance *to, const RvlCryptoBackend *backend,            \
                             void *self, const char *name)                                         \
    {                                                                                              \
        const Type *primitive = backend->kind(self, name);                                         \
        GError *error = NULL;                                                                      \
        bool passed;                                                                               \
                                                                                                   \
        conformance_check(to, primitive != NULL, "%s: is served", name);                           \
        if (primitive == NULL)                                                                     \
            return;                                                                                \
        conformance_check(to, strcmp(primitive->name, name) == 0, "%s: has this name", name);      \
        conformance_check(to, strcmp(primitive->backend, backend->name) == 0,                      \
                          "%s: names its backend", name);                                          \
        conformance_check(to, backend->kind(self, name) == primitive,                              \
                          "%s: is the same when asked again", name);                               \
        passed = rvl_self_test_##kind(                                                             \
            primitive, RVL_HAS(backend, known_answers) ? backend->known_answers : NULL, &error);   \
        conformance_check_error(to, passed, error, "%s: gives the known answers", name);           \
        crowd(to, primitive);                                                                      \
    }

static void
no_crowd(const RvlConformance *to, const void *primitive)
{
}

CHECK_PRIMITIVE(hash, RvlHash, no_crowd)
CHECK_PRIMITIVE(mac, RvlMac, check_mac_crowd)
CHECK_PRIMITIVE(cipher, RvlCipher, check_cipher_crowd)
CHECK_PRIMITIVE(aead, RvlAead, check_aead_crowd)
CHECK_PRIMITIVE(kem, RvlKem, no_crowd)
CHECK_PRIMITIVE(signature, RvlSignature, no_crowd)

static void
check_random(const RvlConformance *to, const RvlCryptoBackend *backend, void *self)
{
    uint8_t a[32] = {0}, b[32] = {0};

    conformance_check(to,
                      backend->random(self, a, sizeof(a)) && backend->random(self, b, sizeof(b)),
                      "%s: gives randomness", backend->name);
    conformance_check(to, !rvl_secret_equal(a, b, sizeof(a)), "%s: gives it once", backend->name);
}

void
rvl_conformance_crypto_backend(const RvlConformance *to,
                               const RvlCryptoBackend *backend,
                               void *self)
{
    static const struct {
        const char *shape;
        void (*check)(const RvlConformance *to,
                      const RvlCryptoBackend *backend,
                      void *self,
                      const char *name);
    } shapes[] = {
        {"hash/", check_hash}, {"mac/", check_mac}, {"cipher/", check_cipher},
        {"aead/", check_aead}, {"kem/", check_kem}, {"signature/", check_signature},
    };
    const char *const *names = backend->names(self);

    conformance_check(to, backend->library != NULL && backend->library(self) != NULL,
                      "%s: says what computes", backend->name);
    conformance_check(to,
                      backend->hash(self, "hash/no-such") == NULL &&
                          backend->aead(self, "aead/no-such") == NULL &&
                          backend->kem(self, "kem/no-such") == NULL,
                      "%s: has no answer to a name that nobody knows", backend->name);
    for (; *names != NULL; names++) {
        bool has_shape = false;

        for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++)
            if (g_str_has_prefix(*names, shapes[i].shape)) {
                has_shape = true;
                shapes[i].check(to, backend, self, *names);
            }
        conformance_check(to, has_shape, "%s: begins with a shape", *names);
    }
    check_random(to, backend, self);
}
