/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Self-tests of key exchanges and signatures. */
#include "config.h"

#include "self-test-parts.h"

#include <string.h>

/* Parameters of a row as the contract passes them; @octets keep what they view alive. */
typedef struct {
    RvlParameter parameters[RVL_KNOWN_PARAMETERS];
    GBytes *octets[RVL_KNOWN_PARAMETERS];
    size_t n;
} Parameters;

static void
parameters_init(Parameters *parameters, const RvlKnownParameter *rows)
{
    *parameters = (Parameters){0};
    for (size_t i = 0; i < RVL_KNOWN_PARAMETERS && rows[i].name != NULL; i++) {
        const char *value = rows[i].value;
        GBytes *octets = value[0] == '=' ? g_bytes_new_static(value + 1, strlen(value + 1))
                                         : self_test_unhex(value);

        parameters->octets[i] = octets;
        parameters->parameters[i] = (RvlParameter){rows[i].name, rvl_octets_from_bytes(octets)};
        parameters->n = i + 1;
    }
}

static void
parameters_clear(Parameters *parameters)
{
    for (size_t i = 0; i < parameters->n; i++)
        g_bytes_unref(parameters->octets[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parameters, parameters_clear)

static bool
secret_is(GBytes *expected, const RvlSecret *secret)
{
    return self_test_is(expected, rvl_secret_octets(secret), rvl_secret_size(secret));
}

static RvlSecret *
secret_from(GBytes *octets)
{
    return rvl_secret_new_copy(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets));
}

/* Two fresh ends must come to the same secret, and not to the same one twice. */
static bool
ends_meet(const RvlKem *kem, const Parameters *group, RvlSecret **shared)
{
    g_autoptr(GBytes) offered = NULL;
    g_autoptr(GBytes) answered = NULL;
    g_autoptr(RvlSecret) state = NULL;
    g_autoptr(RvlSecret) theirs = NULL;
    g_autoptr(RvlSecret) ours = NULL;
    RvlOctets value;

    if (!kem->offer(kem->self, group->parameters, group->n, &offered, &state, NULL))
        return false;
    value = rvl_octets_from_bytes(offered);
    if (!kem->answer(kem->self, group->parameters, group->n, &value, &answered, &theirs, NULL))
        return false;
    value = rvl_octets_from_bytes(answered);
    if (!kem->finish(kem->self, group->parameters, group->n, state, &value, &ours, NULL) ||
        rvl_secret_size(ours) != rvl_secret_size(theirs) ||
        !rvl_secret_equal(rvl_secret_octets(ours), rvl_secret_octets(theirs),
                          rvl_secret_size(ours)))
        return false;
    *shared = g_steal_pointer(&ours);
    return true;
}

static bool
kem_row(const void *primitive, const RvlKnownAnswer *row, const char **step)
{
    const RvlKem *kem = primitive;
    g_autoptr(GBytes) key = self_test_unhex(row->key);
    g_autoptr(GBytes) input = self_test_unhex(row->input);
    g_autoptr(GBytes) output = self_test_unhex(row->output);
    g_autoptr(RvlSecret) state = secret_from(key);
    g_autoptr(RvlSecret) shared = NULL;
    g_autoptr(RvlSecret) first = NULL;
    g_autoptr(RvlSecret) second = NULL;
    RvlOctets peer = rvl_octets_from_bytes(input);
    g_auto(Parameters) group;

    parameters_init(&group, row->public_parameters);
    *step = "check";
    if (kem->check != NULL && !kem->check(kem->self, group.parameters, group.n, &peer, NULL))
        return false;
    *step = "finish";
    if (!kem->finish(kem->self, group.parameters, group.n, state, &peer, &shared, NULL) ||
        !secret_is(output, shared))
        return false;
    *step = "offer and answer";
    return ends_meet(kem, &group, &first) && ends_meet(kem, &group, &second) &&
           !rvl_secret_equal(rvl_secret_octets(first), rvl_secret_octets(second),
                             MIN(rvl_secret_size(first), rvl_secret_size(second)));
}

bool
rvl_self_test_kem(const RvlKem *kem, const RvlKnownAnswers *more, GError **error)
{
    return self_test_rows(kem->name, kem->backend, kem, more, kem_row, error);
}

/* A row's key pair; without secrets it is a public key. */
typedef struct {
    Parameters public_part;
    RvlSecret *secrets[RVL_KNOWN_PARAMETERS];
    const char *names[RVL_KNOWN_PARAMETERS];
    RvlAsymmetricKey key;
} KeyPair;

static void
key_pair_init(KeyPair *pair, const char *kind, const RvlKnownAnswer *row)
{
    *pair = (KeyPair){0};
    parameters_init(&pair->public_part, row->public_parameters);
    pair->key = (RvlAsymmetricKey){
        .size = sizeof(RvlAsymmetricKey),
        .kind = kind,
        .parameters = pair->public_part.parameters,
        .n_parameters = pair->public_part.n,
        .secret_names = pair->names,
        .secrets = (const RvlSecret *const *)pair->secrets,
    };
    for (size_t i = 0; i < RVL_KNOWN_PARAMETERS && row->secret_parameters[i].name != NULL; i++) {
        g_autoptr(GBytes) octets = self_test_unhex(row->secret_parameters[i].value);

        pair->secrets[i] = secret_from(octets);
        pair->names[i] = row->secret_parameters[i].name;
        pair->key.n_secrets = i + 1;
    }
}

static void
key_pair_clear(KeyPair *pair)
{
    for (size_t i = 0; i < pair->key.n_secrets; i++)
        rvl_secret_unref(pair->secrets[i]);
    parameters_clear(&pair->public_part);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KeyPair, key_pair_clear)

static bool
holds(const RvlSignature *signature, const KeyPair *pair, const RvlOctets *message, GBytes *proof)
{
    RvlOctets octets = rvl_octets_from_bytes(proof);

    return signature->verify(signature->self, &pair->key, message, 1, &octets, NULL) ==
           RVL_SIGNATURE_HOLDS;
}

/* One bit of the proof flipped, in its middle: neither a length nor a tag. */
static GBytes *
flipped(GBytes *octets)
{
    gsize size;
    const uint8_t *data = g_bytes_get_data(octets, &size);
    uint8_t *copy = g_memdup2(data, size);

    copy[size / 2] ^= 1;
    return g_bytes_new_take(copy, size);
}

static bool
verifies(const RvlSignature *signature,
         const KeyPair *pair,
         GBytes *message,
         GBytes *proof,
         const char **step)
{
    g_autoptr(GBytes) other_proof = flipped(proof);
    g_autoptr(GBytes) other_message = flipped(message);
    RvlOctets octets = rvl_octets_from_bytes(message);
    RvlOctets others = rvl_octets_from_bytes(other_message);

    *step = "verify";
    if (!holds(signature, pair, &octets, proof))
        return false;
    *step = "verify of a forged signature";
    return !holds(signature, pair, &octets, other_proof) && !holds(signature, pair, &others, proof);
}

static bool
signature_row(const void *primitive, const RvlKnownAnswer *row, const char **step)
{
    const RvlSignature *signature = primitive;
    g_autoptr(GBytes) message = self_test_unhex(row->input);
    g_autoptr(GBytes) output = self_test_unhex(row->output);
    g_autoptr(GBytes) proof = NULL;
    RvlOctets whole = rvl_octets_from_bytes(message);
    RvlOctets parts[] = {{whole.data, 1}, {whole.data + 1, whole.size - 1}};
    g_auto(KeyPair) pair;

    key_pair_init(&pair, signature->key_kind, row);
    if (!verifies(signature, &pair, message, output, step))
        return false;
    if (pair.key.n_secrets == 0)
        return true;
    *step = "sign";
    proof = signature->sign(signature->self, &pair.key, parts, G_N_ELEMENTS(parts), NULL);
    return proof != NULL && (!row->is_deterministic || g_bytes_equal(proof, output)) &&
           holds(signature, &pair, &whole, proof);
}

bool
rvl_self_test_signature(const RvlSignature *signature, const RvlKnownAnswers *more, GError **error)
{
    return self_test_rows(signature->name, signature->backend, signature, more, signature_row,
                          error);
}
