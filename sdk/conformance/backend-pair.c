/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conformance of two crypto backends to each other. */
#include "config.h"

#include <string.h>
#include <ravelin/known-answer.h>
#include <ravelin/macros.h>

#include "conformance-parts.h"

/* Packets of lengths from 0 on; enough to meet each tail of a block, and several blocks. */
#define PACKETS 128
#define LONGEST_TEXT (16 * PACKETS)
#define LONGEST_ICV 64

/* Octets that look like nothing in particular, and are the same each time. */
typedef struct {
    uint64_t state;
} Noise;

static void
noise_fill(Noise *noise, uint8_t *out, size_t octets)
{
    for (size_t i = 0; i < octets; i++) {
        noise->state = noise->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        out[i] = (uint8_t)(noise->state >> 56);
    }
}

/* The same packets for both backends, each with room of its own to write. */
typedef struct {
    uint8_t key[64];
    uint8_t nonces[PACKETS][16];
    uint8_t aads[PACKETS][32];
    uint8_t source[LONGEST_TEXT];
    uint8_t results[PACKETS][LONGEST_TEXT];
    uint8_t icvs[PACKETS][LONGEST_ICV];
    RvlCryptItem items[PACKETS];
} Packets;

static Packets *
packets_new(size_t key_octets, size_t nonce_octets, size_t icv_octets, size_t step)
{
    Packets *packets = g_new0(Packets, 1);
    Noise noise = {.state = 1};

    noise_fill(&noise, packets->key, sizeof(packets->key));
    noise_fill(&noise, packets->source, sizeof(packets->source));
    for (size_t i = 0; i < PACKETS; i++) {
        noise_fill(&noise, packets->nonces[i], sizeof(packets->nonces[i]));
        noise_fill(&noise, packets->aads[i], sizeof(packets->aads[i]));
        packets->items[i] = (RvlCryptItem){
            .key_id = 1,
            .key = RVL_OCTETS(packets->key, key_octets),
            .nonce = RVL_OCTETS(packets->nonces[i], nonce_octets),
            .aad = RVL_OCTETS(packets->aads[i], i % sizeof(packets->aads[i])),
            .source = packets->source,
            .destination = packets->results[i],
            .octets = (uint32_t)(i * step),
            .icv = packets->icvs[i],
            .icv_octets = (uint8_t)icv_octets,
        };
    }
    return packets;
}

static bool
packets_run(Packets *packets,
            const RvlScratch *scratch,
            void *self,
            RvlBatchCall call,
            RvlPollCall poll)
{
    g_autofree void *memory = g_malloc0(MAX(scratch->octets, 1));
    bool is_done = scratch->init(self, memory);

    for (size_t i = 0; i < PACKETS; i++)
        packets->items[i].status = RVL_CRYPT_PENDING;
    if (!is_done)
        return false;
    call(self, memory, packets->items, sizeof(packets->items[0]), PACKETS);
    for (size_t i = 0; i < PACKETS; i++) {
        while (poll != NULL && packets->items[i].status == RVL_CRYPT_PENDING)
            poll(self, memory);
        is_done = is_done && packets->items[i].status == RVL_CRYPT_DONE;
    }
    scratch->fini(self, memory);
    return is_done;
}

static bool
packets_equal(const Packets *a, const Packets *b)
{
    return memcmp(a->results, b->results, sizeof(a->results)) == 0 &&
           rvl_secret_equal(a->icvs, b->icvs, sizeof(a->icvs));
}

/* What was made becomes what is read. */
static void
packets_turn(Packets *packets)
{
    for (size_t i = 0; i < PACKETS; i++)
        packets->items[i].source = packets->results[i];
}

static bool
packets_are_source(const Packets *packets)
{
    for (size_t i = 0; i < PACKETS; i++)
        if (memcmp(packets->results[i], packets->source, packets->items[i].octets) != 0)
            return false;
    return true;
}

static void
pair_hashes(const RvlConformance *to, const RvlHash *a, const RvlHash *b)
{
    g_autofree Packets *packets = packets_new(0, 0, 0, 7);
    uint8_t ours[64], theirs[64];
    bool is_same = a->output_octets == b->output_octets;

    for (size_t i = 0; i < PACKETS && is_same; i++) {
        RvlOctets part = {packets->source, packets->items[i].octets};

        is_same = a->digest(a->self, &part, 1, ours) && b->digest(b->self, &part, 1, theirs) &&
                  memcmp(ours, theirs, a->output_octets) == 0;
    }
    conformance_check(to, is_same, "%s: the same by %s and %s", a->name, a->backend, b->backend);
}

static void
pair_macs(const RvlConformance *to, const RvlMac *a, const RvlMac *b)
{
    size_t key_octets = a->key_octets != 0 ? a->key_octets : 37;
    g_autofree Packets *ours = packets_new(key_octets, 16, a->output_octets, 7);
    g_autofree Packets *theirs = packets_new(key_octets, 16, a->output_octets, 7);

    conformance_check(
        to,
        packets_run(ours, &a->scratch, a->self, a->batch, RVL_HAS(a, poll) ? a->poll : NULL) &&
            packets_run(theirs, &b->scratch, b->self, b->batch,
                        RVL_HAS(b, poll) ? b->poll : NULL) &&
            packets_equal(ours, theirs),
        "%s: the same by %s and %s", a->name, a->backend, b->backend);
}

static void
pair_ciphers(const RvlConformance *to, const RvlCipher *a, const RvlCipher *b)
{
    RvlPollCall a_poll = RVL_HAS(a, poll) ? a->poll : NULL;
    RvlPollCall b_poll = RVL_HAS(b, poll) ? b->poll : NULL;
    g_autofree Packets *ours = packets_new(a->key_octets, a->iv_octets, 0, a->block_octets);
    g_autofree Packets *theirs = packets_new(a->key_octets, a->iv_octets, 0, a->block_octets);

    conformance_check(to,
                      packets_run(ours, &a->scratch, a->self, a->encrypt, a_poll) &&
                          packets_run(theirs, &b->scratch, b->self, b->encrypt, b_poll) &&
                          packets_equal(ours, theirs),
                      "%s: the same by %s and %s", a->name, a->backend, b->backend);
    packets_turn(ours);
    conformance_check(
        to, packets_run(ours, &b->scratch, b->self, b->decrypt, b_poll) && packets_are_source(ours),
        "%s: %s decrypts what %s encrypted", a->name, b->backend, a->backend);
}

static void
pair_aeads(const RvlConformance *to, const RvlAead *a, const RvlAead *b)
{
    RvlPollCall a_poll = RVL_HAS(a, poll) ? a->poll : NULL;
    RvlPollCall b_poll = RVL_HAS(b, poll) ? b->poll : NULL;
    g_autofree Packets *ours = packets_new(a->key_octets, a->nonce_octets, a->icv_octets, 13);
    g_autofree Packets *theirs = packets_new(a->key_octets, a->nonce_octets, a->icv_octets, 13);

    conformance_check(to,
                      packets_run(ours, &a->scratch, a->self, a->seal, a_poll) &&
                          packets_run(theirs, &b->scratch, b->self, b->seal, b_poll) &&
                          packets_equal(ours, theirs),
                      "%s: the same by %s and %s", a->name, a->backend, b->backend);
    packets_turn(ours);
    conformance_check(
        to, packets_run(ours, &b->scratch, b->self, b->open, b_poll) && packets_are_source(ours),
        "%s: %s opens what %s sealed", a->name, b->backend, a->backend);
}

/* A primitive that is one backend's at one end and the other's at the other: put through the
 * self-test, its two halves must fit. */
typedef struct {
    const RvlSignature *signer;
    const RvlSignature *verifier;
} SignaturePair;

static GBytes *
sign_by_one(void *self,
            const RvlAsymmetricKey *key,
            const RvlOctets *parts,
            size_t n_parts,
            GError **error)
{
    const SignaturePair *pair = self;

    return pair->signer->sign(pair->signer->self, key, parts, n_parts, error);
}

static RvlSignatureVerdict
verify_by_other(void *self,
                const RvlAsymmetricKey *key,
                const RvlOctets *parts,
                size_t n_parts,
                const RvlOctets *proof,
                GError **error)
{
    const SignaturePair *pair = self;

    return pair->verifier->verify(pair->verifier->self, key, parts, n_parts, proof, error);
}

static void
pair_signatures(const RvlConformance *to, const RvlSignature *a, const RvlSignature *b)
{
    SignaturePair pair = {a, b};
    RvlSignature both = *a;
    GError *error = NULL;
    bool passed;

    both.self = &pair;
    both.sign = sign_by_one;
    both.verify = verify_by_other;
    passed = rvl_self_test_signature(&both, NULL, &error);
    conformance_check_error(to, passed, error, "%s: %s verifies what %s signed", a->name,
                            b->backend, a->backend);
}

typedef struct {
    const RvlKem *initiator;
    const RvlKem *responder;
} KemPair;

static bool
offer_by_one(void *self,
             const RvlParameter *parameters,
             size_t n,
             GBytes **public_value,
             RvlSecret **state,
             GError **error)
{
    const RvlKem *kem = ((const KemPair *)self)->initiator;

    return kem->offer(kem->self, parameters, n, public_value, state, error);
}

static bool
answer_by_other(void *self,
                const RvlParameter *parameters,
                size_t n,
                const RvlOctets *peer_public,
                GBytes **public_value,
                RvlSecret **shared,
                GError **error)
{
    const RvlKem *kem = ((const KemPair *)self)->responder;

    return kem->answer(kem->self, parameters, n, peer_public, public_value, shared, error);
}

/* By the one that didn't offer: what stays of an offer is enough for another backend. */
static bool
finish_by_other(void *self,
                const RvlParameter *parameters,
                size_t n,
                const RvlSecret *state,
                const RvlOctets *peer_public,
                RvlSecret **shared,
                GError **error)
{
    const RvlKem *kem = ((const KemPair *)self)->responder;

    return kem->finish(kem->self, parameters, n, state, peer_public, shared, error);
}

static bool
finish_by_one(void *self,
              const RvlParameter *parameters,
              size_t n,
              const RvlSecret *state,
              const RvlOctets *peer_public,
              RvlSecret **shared,
              GError **error)
{
    const RvlKem *kem = ((const KemPair *)self)->initiator;

    return kem->finish(kem->self, parameters, n, state, peer_public, shared, error);
}

static void
pair_kems(const RvlConformance *to, const RvlKem *a, const RvlKem *b)
{
    KemPair pair = {a, b};
    RvlKem both = *a;
    GError *error = NULL;
    bool passed;

    both.self = &pair;
    both.offer = offer_by_one;
    both.answer = answer_by_other;
    both.finish = finish_by_one;
    both.check = NULL;
    passed = rvl_self_test_kem(&both, NULL, &error);
    conformance_check_error(to, passed, error, "%s: %s answers what %s offered", a->name,
                            b->backend, a->backend);
    error = NULL;
    both.finish = finish_by_other;
    passed = rvl_self_test_kem(&both, NULL, &error);
    conformance_check_error(to, passed, error, "%s: %s goes on with what stayed of %s's offer",
                            a->name, b->backend, a->backend);
}

#define PAIR(kind, name)                                                                           \
    do {                                                                                           \
        if (backend->kind(self, name) != NULL && other->kind(other_self, name) != NULL)            \
            PAIR_##kind(to, backend->kind(self, name), other->kind(other_self, name));             \
    } while (0)
#define PAIR_hash pair_hashes
#define PAIR_mac pair_macs
#define PAIR_cipher pair_ciphers
#define PAIR_aead pair_aeads
#define PAIR_kem pair_kems
#define PAIR_signature pair_signatures

void
rvl_conformance_backend_pair(const RvlConformance *to,
                             const RvlCryptoBackend *backend,
                             void *self,
                             const RvlCryptoBackend *other,
                             void *other_self)
{
    for (const char *const *name = backend->names(self); *name != NULL; name++) {
        PAIR(hash, *name);
        PAIR(mac, *name);
        PAIR(cipher, *name);
        PAIR(aead, *name);
        PAIR(kem, *name);
        PAIR(signature, *name);
    }
}
