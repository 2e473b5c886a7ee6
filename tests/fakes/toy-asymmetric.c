/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The toy backend's key exchanges, which commute, and signatures, which anybody could make. */
#include "config.h"

#include "fakes/toy-parts.h"

#include <string.h>
#include <ravelin/asymmetric-key.h>
#include <ravelin/error.h>

enum { DOMAIN_SHARED = 5, DOMAIN_SIGNATURE = 6 };

/* The private value is a number x, the public one x times this, modulo 2^64. */
#define BASE UINT64_C(0x2545f4914f6cdd1d)
#define NUMBER_OCTETS sizeof(uint64_t)

static const struct {
    const char *name;
    uint16_t public_octets; /* 0: as long as the parameter p */
    uint16_t secret_octets;
} groups[TOY_KEMS] = {
    {"kem/x25519", 32, 32},   {"kem/ecp-256", 64, 32}, {"kem/ecp-384", 96, 48},
    {"kem/ecp-521", 132, 66}, {"kem/modp", 0, 0},
};

/* A KEM, found by the names above; `self` is the mix that key pairs are drawn from. */
typedef struct {
    size_t public_octets;
    size_t secret_octets;
} Sizes;

static Sizes
sizes_of(size_t group, const RvlParameter *parameters, size_t n_parameters)
{
    const RvlOctets *p = rvl_parameter_find(parameters, n_parameters, "p");

    if (groups[group].public_octets == 0)
        return (Sizes){p->size, p->size};
    return (Sizes){groups[group].public_octets, groups[group].secret_octets};
}

/* The number in the last octets of a public value; leading ones are 0, below any modulus. */
static GBytes *
public_from(Sizes sizes, uint64_t number)
{
    uint8_t *octets = g_malloc0(sizes.public_octets);
    uint64_t big_endian = GUINT64_TO_BE(number);

    memcpy(octets + sizes.public_octets - NUMBER_OCTETS, &big_endian, NUMBER_OCTETS);
    return g_bytes_new_take(octets, sizes.public_octets);
}

static bool
number_of(Sizes sizes, const RvlOctets *octets, uint64_t *number, GError **error)
{
    if (octets->size != sizes.public_octets || octets->data[0] != 0) {
        rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED, "toy public value");
        return false;
    }
    memcpy(number, octets->data + octets->size - NUMBER_OCTETS, NUMBER_OCTETS);
    *number = GUINT64_FROM_BE(*number);
    return true;
}

static RvlSecret *
shared_from(Sizes sizes, uint64_t number)
{
    RvlSecret *shared = rvl_secret_new(sizes.secret_octets);
    ToyMix mix;

    toy_mix_init(&mix, DOMAIN_SHARED);
    toy_mix_absorb(&mix, (const uint8_t *)&number, sizeof(number));
    toy_mix_finish(&mix);
    toy_mix_fill(&mix, rvl_secret_fill(shared), sizes.secret_octets);
    return shared;
}

/* The contract's calls hand over `self` alone: one trio of functions for each group. */
static bool
toy_offer(size_t group,
          ToyMix *random,
          const RvlParameter *parameters,
          size_t n_parameters,
          GBytes **public_value,
          RvlSecret **state)
{
    uint64_t x = toy_mix_draw(random) | 1;

    *public_value = public_from(sizes_of(group, parameters, n_parameters), x * BASE);
    *state = rvl_secret_new_copy(&x, sizeof(x));
    return true;
}

static bool
toy_answer(size_t group,
           ToyMix *random,
           const RvlParameter *parameters,
           size_t n_parameters,
           const RvlOctets *peer_public,
           GBytes **public_value,
           RvlSecret **shared,
           GError **error)
{
    Sizes sizes = sizes_of(group, parameters, n_parameters);
    uint64_t x = toy_mix_draw(random) | 1;
    uint64_t theirs;

    if (!number_of(sizes, peer_public, &theirs, error))
        return false;
    *public_value = public_from(sizes, x * BASE);
    *shared = shared_from(sizes, x * theirs);
    return true;
}

static bool
toy_finish(size_t group,
           const RvlParameter *parameters,
           size_t n_parameters,
           const RvlSecret *state,
           const RvlOctets *peer_public,
           RvlSecret **shared,
           GError **error)
{
    Sizes sizes = sizes_of(group, parameters, n_parameters);
    uint64_t x = 0, theirs;

    memcpy(&x, rvl_secret_octets(state), MIN(sizeof(x), rvl_secret_size(state)));
    if (!number_of(sizes, peer_public, &theirs, error))
        return false;
    *shared = shared_from(sizes, x * theirs);
    return true;
}

static bool
toy_check(size_t group,
          const RvlParameter *parameters,
          size_t n_parameters,
          const RvlOctets *peer_public,
          GError **error)
{
    uint64_t theirs;

    return number_of(sizes_of(group, parameters, n_parameters), peer_public, &theirs, error);
}

#define GROUP(group)                                                                               \
    static bool offer_##group(void *self, const RvlParameter *parameters, size_t n,                \
                              GBytes **public_value, RvlSecret **state, GError **error)            \
    {                                                                                              \
        return toy_offer(group, self, parameters, n, public_value, state);                         \
    }                                                                                              \
    static bool answer_##group(void *self, const RvlParameter *parameters, size_t n,               \
                               const RvlOctets *peer, GBytes **public_value, RvlSecret **shared,   \
                               GError **error)                                                     \
    {                                                                                              \
        return toy_answer(group, self, parameters, n, peer, public_value, shared, error);          \
    }                                                                                              \
    static bool finish_##group(void *self, const RvlParameter *parameters, size_t n,               \
                               const RvlSecret *state, const RvlOctets *peer, RvlSecret **shared,  \
                               GError **error)                                                     \
    {                                                                                              \
        return toy_finish(group, parameters, n, state, peer, shared, error);                       \
    }                                                                                              \
    static bool check_##group(void *self, const RvlParameter *parameters, size_t n,                \
                              const RvlOctets *peer, GError **error)                               \
    {                                                                                              \
        return toy_check(group, parameters, n, peer, error);                                       \
    }
GROUP(0)
GROUP(1)
GROUP(2)
GROUP(3)
GROUP(4)

#define KEM(group)                                                                                 \
    {                                                                                              \
        .size = sizeof(RvlKem), .name = groups[group].name, .backend = TOY_BACKEND,                \
        .self = random, .offer = offer_##group, .answer = answer_##group,                          \
        .finish = finish_##group, .check = check_##group                                           \
    }

void
toy_kems_init(RvlKem kems[TOY_KEMS], ToyMix *random)
{
    const RvlKem rows[TOY_KEMS] = {KEM(0), KEM(1), KEM(2), KEM(3), KEM(4)};

    memcpy(kems, rows, sizeof(rows));
}

#define SIGNATURE_OCTETS 64

/* Over the primitive's name, the public key and the message. */
static void
make(const RvlSignature *signature,
     const RvlAsymmetricKey *key,
     const RvlOctets *parts,
     size_t n_parts,
     uint8_t out[SIGNATURE_OCTETS])
{
    ToyMix mix;

    toy_mix_init(&mix, DOMAIN_SIGNATURE);
    toy_mix_absorb_sized(&mix, (const uint8_t *)signature->name, strlen(signature->name));
    for (size_t i = 0; i < key->n_parameters; i++)
        toy_mix_absorb_sized(&mix, key->parameters[i].octets.data, key->parameters[i].octets.size);
    for (size_t i = 0; i < n_parts; i++)
        toy_mix_absorb(&mix, parts[i].data, parts[i].size);
    toy_mix_finish(&mix);
    toy_mix_fill(&mix, out, SIGNATURE_OCTETS);
}

static GBytes *
sign(void *self,
     const RvlAsymmetricKey *key,
     const RvlOctets *parts,
     size_t n_parts,
     GError **error)
{
    uint8_t out[SIGNATURE_OCTETS];

    if (key->n_secrets == 0 || strcmp(key->kind, ((const RvlSignature *)self)->key_kind) != 0) {
        rvl_error_set(error, RVL_CAUSE_KEY_MISSING, NULL);
        return NULL;
    }
    make(self, key, parts, n_parts, out);
    return g_bytes_new(out, sizeof(out));
}

static RvlSignatureVerdict
verify(void *self,
       const RvlAsymmetricKey *key,
       const RvlOctets *parts,
       size_t n_parts,
       const RvlOctets *proof,
       GError **error)
{
    uint8_t expected[SIGNATURE_OCTETS];

    make(self, key, parts, n_parts, expected);
    if (strcmp(key->kind, ((const RvlSignature *)self)->key_kind) == 0 &&
        proof->size == sizeof(expected) && rvl_secret_equal(expected, proof->data, proof->size))
        return RVL_SIGNATURE_HOLDS;
    rvl_error_set(error, RVL_CAUSE_MESSAGE_FORGED, "toy signature");
    return RVL_SIGNATURE_REFUSED;
}

#define SIGNATURE(i, n, kind, h)                                                                   \
    {                                                                                              \
        .size = sizeof(RvlSignature), .name = n, .backend = TOY_BACKEND,                           \
        .self = (void *)&toy_signatures[i], .key_kind = kind, .hash = h, .sign = sign,             \
        .verify = verify                                                                           \
    }

const RvlSignature toy_signatures[] = {
    SIGNATURE(0, "signature/rsa-pkcs1-sha2-256", "rsa", "hash/sha2-256"),
    SIGNATURE(1, "signature/rsa-pkcs1-sha2-384", "rsa", "hash/sha2-384"),
    SIGNATURE(2, "signature/rsa-pkcs1-sha2-512", "rsa", "hash/sha2-512"),
    SIGNATURE(3, "signature/rsa-pss-sha2-256", "rsa", "hash/sha2-256"),
    SIGNATURE(4, "signature/rsa-pss-sha2-384", "rsa", "hash/sha2-384"),
    SIGNATURE(5, "signature/rsa-pss-sha2-512", "rsa", "hash/sha2-512"),
    SIGNATURE(6, "signature/ecdsa-sha2-256", "ec", "hash/sha2-256"),
    SIGNATURE(7, "signature/ecdsa-sha2-384", "ec", "hash/sha2-384"),
    SIGNATURE(8, "signature/ecdsa-sha2-512", "ec", "hash/sha2-512"),
    SIGNATURE(9, "signature/ed25519", "ed25519", NULL),
    {.name = NULL},
};
