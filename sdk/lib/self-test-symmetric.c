/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Self-tests of hashes, MACs, ciphers and AEADs. */
#include "config.h"

#include "self-test-parts.h"

#include <string.h>
#include <ravelin/macros.h>

#define LONGEST_OUTPUT 64
/* Three items a batch: the row's key, another key between, the row's key again. */
#define ITEMS 3
#define KEY_ID 1
#define OTHER_KEY_ID 2

static RvlOctets
view(GBytes *bytes)
{
    return rvl_octets_from_bytes(bytes);
}

static bool
hash_row(const void *primitive, const RvlKnownAnswer *row, const char **step)
{
    const RvlHash *hash = primitive;
    g_autoptr(GBytes) input = self_test_unhex(row->input);
    g_autoptr(GBytes) output = self_test_unhex(row->output);
    RvlOctets whole = view(input);
    RvlOctets parts[] = {{whole.data, whole.size / 2},
                         {whole.data + whole.size / 2, whole.size - whole.size / 2}};
    uint8_t out[LONGEST_OUTPUT];

    *step = "digest";
    return hash->output_octets <= sizeof(out) && hash->digest(hash->self, &whole, 1, out) &&
           self_test_is(output, out, hash->output_octets) &&
           hash->digest(hash->self, parts, G_N_ELEMENTS(parts), out) &&
           self_test_is(output, out, hash->output_octets);
}

bool
rvl_self_test_hash(const RvlHash *hash, const RvlKnownAnswers *more, GError **error)
{
    return self_test_rows(hash->name, hash->backend, hash, more, hash_row, error);
}

/* What the batches of all three kinds are made of: buffers of ITEMS packets, and a scratch. */
typedef struct {
    const RvlScratch *scratch;
    void *self;
    void *memory;
    GBytes *key, *nonce, *aad, *input;
    uint8_t *other_key;
    uint8_t *texts[ITEMS]; /* worked on in place */
    uint8_t icvs[ITEMS][LONGEST_OUTPUT];
    RvlCryptItem items[ITEMS];
} Trial;

static void
trial_init(Trial *trial, const RvlScratch *scratch, void *self, const RvlKnownAnswer *row)
{
    size_t size;
    const uint8_t *key;

    *trial = (Trial){
        .scratch = scratch,
        .self = self,
        .key = self_test_unhex(row->key),
        .nonce = self_test_unhex(row->nonce),
        .aad = self_test_unhex(row->aad),
        .input = self_test_unhex(row->input),
    };
    key = g_bytes_get_data(trial->key, &size);
    trial->other_key = g_memdup2(key, size);
    if (size > 0)
        trial->other_key[0] ^= 1;
    for (size_t i = 0; i < ITEMS; i++)
        trial->texts[i] = g_memdup2(view(trial->input).data, view(trial->input).size);
    trial->memory = g_malloc0(MAX(scratch->octets, 1));
    if (!scratch->init(self, trial->memory))
        g_clear_pointer(&trial->memory, g_free);
}

static void
trial_clear(Trial *trial)
{
    if (trial->memory != NULL)
        trial->scratch->fini(trial->self, trial->memory);
    g_free(trial->memory);
    for (size_t i = 0; i < ITEMS; i++)
        g_free(trial->texts[i]);
    g_free(trial->other_key);
    g_bytes_unref(trial->key);
    g_bytes_unref(trial->nonce);
    g_bytes_unref(trial->aad);
    g_bytes_unref(trial->input);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Trial, trial_clear)

static void
trial_set_items(Trial *trial, size_t icv_octets)
{
    for (size_t i = 0; i < ITEMS; i++)
        trial->items[i] = (RvlCryptItem){
            .key_id = i == 1 ? OTHER_KEY_ID : KEY_ID,
            .key = i == 1 ? RVL_OCTETS(trial->other_key, view(trial->key).size) : view(trial->key),
            .nonce = view(trial->nonce),
            .aad = view(trial->aad),
            .source = trial->texts[i],
            .destination = trial->texts[i],
            .octets = (uint32_t)view(trial->input).size,
            .icv = trial->icvs[i],
            .icv_octets = (uint8_t)icv_octets,
        };
}

/* Runs @call over the items; true where every one ends in @status. */
static bool
trial_run(Trial *trial, RvlBatchCall call, RvlPollCall poll, RvlCryptStatus status)
{
    bool is_right = true;

    for (size_t i = 0; i < ITEMS; i++)
        trial->items[i].status = RVL_CRYPT_PENDING;
    call(trial->self, trial->memory, trial->items, sizeof(trial->items[0]), ITEMS);
    for (size_t i = 0; i < ITEMS; i++) {
        while (poll != NULL && trial->items[i].status == RVL_CRYPT_PENDING)
            poll(trial->self, trial->memory);
        is_right = is_right && trial->items[i].status == status;
    }
    return is_right;
}

/* One key for the whole MAC, split into parts, and again with the same keyed state. */
static bool
mac_is(const RvlMac *mac, GBytes *key, GBytes *input, GBytes *output)
{
    RvlOctets whole = view(input);
    RvlOctets parts[] = {{whole.data, whole.size / 3},
                         {whole.data + whole.size / 3, whole.size - whole.size / 3}};
    uint8_t out[LONGEST_OUTPUT];
    RvlMacKey *state = mac->key_new(mac->self, view(key).data, view(key).size);
    bool is_right;

    if (state == NULL)
        return false;
    is_right =
        mac->compute(mac->self, state, &whole, 1, out, mac->output_octets) &&
        self_test_is(output, out, mac->output_octets) &&
        mac->compute(mac->self, state, parts, G_N_ELEMENTS(parts), out, mac->output_octets) &&
        self_test_is(output, out, mac->output_octets);
    mac->key_free(mac->self, state);
    return is_right;
}

/* The message lies in all four places of an item. */
static void
spread_message(RvlCryptItem *item, const uint8_t *message, size_t size)
{
    size_t quarter = size / 4;

    item->aad = RVL_OCTETS(message, quarter);
    item->nonce = RVL_OCTETS(message + quarter, quarter);
    item->source = message + 2 * quarter;
    item->octets = (uint32_t)quarter;
    item->tail = RVL_OCTETS(message + 3 * quarter, size - 3 * quarter);
}

static bool
mac_row(const void *primitive, const RvlKnownAnswer *row, const char **step)
{
    const RvlMac *mac = primitive;
    RvlPollCall poll = RVL_HAS(mac, poll) ? mac->poll : NULL;
    g_autoptr(GBytes) output = self_test_unhex(row->output);
    g_auto(Trial) trial;

    trial_init(&trial, &mac->scratch, mac->self, row);
    *step = "compute";
    if (mac->output_octets > LONGEST_OUTPUT || trial.memory == NULL ||
        !mac_is(mac, trial.key, trial.input, output))
        return false;
    *step = "batch";
    for (size_t round = 0; round < 2; round++) {
        trial_set_items(&trial, mac->output_octets);
        for (size_t i = 0; i < ITEMS; i++)
            spread_message(&trial.items[i], trial.texts[i], view(trial.input).size);
        if (!trial_run(&trial, mac->batch, poll, RVL_CRYPT_DONE) ||
            !self_test_is(output, trial.icvs[0], mac->output_octets) ||
            self_test_is(output, trial.icvs[1], mac->output_octets) ||
            !self_test_is(output, trial.icvs[2], mac->output_octets))
            return false;
        mac->scratch.forget(mac->self, trial.memory, KEY_ID);
    }
    return true;
}

bool
rvl_self_test_mac(const RvlMac *mac, const RvlKnownAnswers *more, GError **error)
{
    return self_test_rows(mac->name, mac->backend, mac, more, mac_row, error);
}

/* Whether the texts of the row's key are @expected, and that of the other key is not. */
static bool
texts_are(const Trial *trial, GBytes *expected, bool is_other_same)
{
    size_t size = view(trial->input).size;

    if (!self_test_is(expected, trial->texts[0], size) ||
        !self_test_is(expected, trial->texts[2], size))
        return false;
    return size == 0 || self_test_is(expected, trial->texts[1], size) == is_other_same;
}

static bool
cipher_row(const void *primitive, const RvlKnownAnswer *row, const char **step)
{
    const RvlCipher *cipher = primitive;
    RvlPollCall poll = RVL_HAS(cipher, poll) ? cipher->poll : NULL;
    g_autoptr(GBytes) output = self_test_unhex(row->output);
    g_auto(Trial) trial;

    trial_init(&trial, &cipher->scratch, cipher->self, row);
    for (size_t round = 0; round < 2 && trial.memory != NULL; round++) {
        *step = "encrypt";
        trial_set_items(&trial, 0);
        if (!trial_run(&trial, cipher->encrypt, poll, RVL_CRYPT_DONE) ||
            !texts_are(&trial, output, false))
            return false;
        *step = "decrypt";
        if (!trial_run(&trial, cipher->decrypt, poll, RVL_CRYPT_DONE) ||
            !texts_are(&trial, trial.input, true))
            return false;
        cipher->scratch.forget(cipher->self, trial.memory, KEY_ID);
    }
    return trial.memory != NULL;
}

bool
rvl_self_test_cipher(const RvlCipher *cipher, const RvlKnownAnswers *more, GError **error)
{
    return self_test_rows(cipher->name, cipher->backend, cipher, more, cipher_row, error);
}

/* What opens must be what was sealed, and what was touched must not open. */
static bool
aead_opens(const RvlAead *aead, Trial *trial, RvlPollCall poll, const char **step)
{
    *step = "open";
    if (!trial_run(trial, aead->open, poll, RVL_CRYPT_DONE) ||
        !texts_are(trial, trial->input, true))
        return false;
    *step = "open of a forged packet";
    for (size_t i = 0; i < ITEMS; i++)
        trial->icvs[i][trial->items[i].icv_octets - 1] ^= 1;
    return trial_run(trial, aead->open, poll, RVL_CRYPT_FORGED);
}

static bool
aead_row(const void *primitive, const RvlKnownAnswer *row, const char **step)
{
    const RvlAead *aead = primitive;
    RvlPollCall poll = RVL_HAS(aead, poll) ? aead->poll : NULL;
    g_autoptr(GBytes) output = self_test_unhex(row->output);
    g_autoptr(GBytes) text = NULL;
    g_autoptr(GBytes) icv = NULL;
    size_t octets, icv_octets;
    g_auto(Trial) trial;

    trial_init(&trial, &aead->scratch, aead->self, row);
    octets = view(trial.input).size;
    *step = "seal";
    if (trial.memory == NULL || view(output).size <= octets)
        return false;
    icv_octets = view(output).size - octets;
    text = g_bytes_new_from_bytes(output, 0, octets);
    icv = g_bytes_new_from_bytes(output, octets, icv_octets);
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < ITEMS; i++)
            if (octets > 0)
                memcpy(trial.texts[i], view(trial.input).data, octets);
        trial_set_items(&trial, icv_octets);
        *step = "seal";
        if (icv_octets > LONGEST_OUTPUT || !trial_run(&trial, aead->seal, poll, RVL_CRYPT_DONE) ||
            !texts_are(&trial, text, false) || !self_test_is(icv, trial.icvs[0], icv_octets) ||
            self_test_is(icv, trial.icvs[1], icv_octets) ||
            !self_test_is(icv, trial.icvs[2], icv_octets))
            return false;
        if (!aead_opens(aead, &trial, poll, step))
            return false;
        aead->scratch.forget(aead->self, trial.memory, KEY_ID);
    }
    return true;
}

bool
rvl_self_test_aead(const RvlAead *aead, const RvlKnownAnswers *more, GError **error)
{
    return self_test_rows(aead->name, aead->backend, aead, more, aead_row, error);
}
