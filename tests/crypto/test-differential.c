/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random and mutated inputs to every pair of backends: octets and verdicts must be the same. */
#include "config.h"

#include <string.h>
#include <ravelin/known-answer.h>

#include "crypto/built-backends.h"
#include "crypto/built-rows.h"
#include "crypto/one-call.h"
#include "support/hex.h"

/* GLib prints the seed; --seed replays it. */
#define TRIALS 60
#define LONGEST_TEXT 600

typedef struct {
    const BuiltBackend *a;
    const BuiltBackend *b;
    const char *name;
} Case;

static GBytes *
random_octets(size_t size)
{
    uint8_t *octets = g_malloc(MAX(size, 1));

    for (size_t i = 0; i < size; i++)
        octets[i] = (uint8_t)g_test_rand_int();
    return g_bytes_new_take(octets, size);
}

static size_t
random_below(size_t end)
{
    return (size_t)g_test_rand_int_range(0, (gint32)end);
}

/* (transfer full): @octets with a bit flipped, cut, lengthened, made all zeros or ones, or as it was. */
static GBytes *
mutated(GBytes *octets)
{
    gsize size;
    const uint8_t *data = g_bytes_get_data(octets, &size);
    g_autofree uint8_t *copy = g_malloc0(size + 1);

    if (size > 0)
        memcpy(copy, data, size);
    switch (random_below(8)) {
    case 0:
        return g_bytes_ref(octets);
    case 1:
        return g_bytes_new(copy, size > 0 ? size - 1 : 0);
    case 2:
        return g_bytes_new(copy, size + 1);
    case 3:
        memset(copy, random_below(2) == 0 ? 0 : 0xff, size);
        break;
    default:
        if (size > 0)
            copy[random_below(size)] ^= (uint8_t)(1u << random_below(8));
    }
    return g_bytes_new(copy, size);
}

static bool
is_same(GBytes *a, GBytes *b)
{
    return a == NULL || b == NULL ? a == b : g_bytes_equal(a, b);
}

static void
macs_agree(gconstpointer data)
{
    const Case *c = data;
    const RvlMac *a = c->a->backend->mac(c->a->self, c->name);
    const RvlMac *b = c->b->backend->mac(c->b->self, c->name);

    for (size_t i = 0; i < TRIALS; i++) {
        g_autoptr(GBytes) key = random_octets(1 + random_below(200));
        g_autoptr(GBytes) text = random_octets(random_below(LONGEST_TEXT));
        size_t octets = 1 + random_below(a->output_octets);
        g_autoptr(GBytes) ours = one_mac(a, key, text, octets);
        g_autoptr(GBytes) theirs = one_mac(b, key, text, octets);

        g_assert_true(is_same(ours, theirs));
    }
}

static void
ciphers_agree(gconstpointer data)
{
    const Case *c = data;
    const RvlCipher *a = c->a->backend->cipher(c->a->self, c->name);
    const RvlCipher *b = c->b->backend->cipher(c->b->self, c->name);

    for (size_t i = 0; i < TRIALS; i++) {
        g_autoptr(GBytes) key = random_octets(a->key_octets);
        g_autoptr(GBytes) iv = random_octets(a->iv_octets);
        g_autoptr(GBytes) text = random_octets(random_below(LONGEST_TEXT)); /* also half blocks */
        g_autoptr(GBytes) ours = one_cipher(a, true, key, iv, text);
        g_autoptr(GBytes) theirs = one_cipher(b, true, key, iv, text);
        g_autoptr(GBytes) our_text = one_cipher(a, false, key, iv, text);
        g_autoptr(GBytes) their_text = one_cipher(b, false, key, iv, text);

        g_assert_true(is_same(ours, theirs));
        g_assert_true(is_same(our_text, their_text));
    }
}

static void
aeads_agree(gconstpointer data)
{
    const Case *c = data;
    const RvlAead *a = c->a->backend->aead(c->a->self, c->name);
    const RvlAead *b = c->b->backend->aead(c->b->self, c->name);

    for (size_t i = 0; i < TRIALS; i++) {
        g_autoptr(GBytes) key = random_octets(a->key_octets);
        g_autoptr(GBytes) nonce = random_octets(a->nonce_octets);
        g_autoptr(GBytes) aad = random_octets(random_below(70));
        g_autoptr(GBytes) text = random_octets(random_below(LONGEST_TEXT));
        size_t icv_octets = 1 + random_below(a->icv_octets); /* also lengths that are refused */
        g_autoptr(GBytes) ours = one_seal(a, key, nonce, aad, text, icv_octets);
        g_autoptr(GBytes) theirs = one_seal(b, key, nonce, aad, text, icv_octets);
        g_autoptr(GBytes) forged = ours != NULL ? mutated(ours) : NULL;
        RvlCryptStatus our_status, their_status;

        g_assert_true(is_same(ours, theirs));
        if (forged == NULL || g_bytes_get_size(forged) < icv_octets)
            continue;
        g_autoptr(GBytes) our_text = one_open(a, key, nonce, aad, forged, icv_octets, &our_status);
        g_autoptr(GBytes) their_text =
            one_open(b, key, nonce, aad, forged, icv_octets, &their_status);

        g_assert_cmpint(our_status, ==, their_status);
        g_assert_true(is_same(our_text, their_text));
    }
}

/* An all-zero secret is refused by the core: a library may refuse it, too, or hand it over. */
static bool
is_refused(GBytes *shared)
{
    gsize size = 0;
    const uint8_t *octets = shared != NULL ? g_bytes_get_data(shared, &size) : NULL;

    for (size_t i = 0; i < size; i++)
        if (octets[i] != 0)
            return false;
    return true;
}

static void
groups_agree(gconstpointer data)
{
    const Case *c = data;
    const RvlGroupRow *row = built_group(c->name);
    const RvlKem *a = c->a->backend->kem(c->a->self, row->primitive);
    const RvlKem *b = c->b->backend->kem(c->b->self, row->primitive);
    size_t trials = row->secret_octets > 66 ? 4 : TRIALS;

    for (size_t i = 0; i < trials; i++) {
        g_autoptr(GBytes) offered = NULL;
        g_autoptr(GBytes) other = NULL;
        g_autoptr(RvlSecret) state = NULL;
        g_autoptr(RvlSecret) unused = NULL;

        g_assert_true(
            a->offer(a->self, row->parameters, row->n_parameters, &offered, &state, NULL));
        g_assert_true(b->offer(b->self, row->parameters, row->n_parameters, &other, &unused, NULL));
        g_autoptr(GBytes) private_value =
            g_bytes_new(rvl_secret_octets(state), rvl_secret_size(state));
        g_autoptr(GBytes) peer = i == 0 ? g_bytes_ref(other) : mutated(other);
        bool is_valid = one_check(a, row->parameters, row->n_parameters, peer);

        g_assert_true(one_check(b, row->parameters, row->n_parameters, peer) == is_valid);
        /* The core hands on only what passed the check and has the row's length. */
        if (!is_valid || g_bytes_get_size(peer) != row->offer_octets)
            continue;
        g_autoptr(GBytes) ours =
            one_finish(a, row->parameters, row->n_parameters, private_value, peer);
        g_autoptr(GBytes) theirs =
            one_finish(b, row->parameters, row->n_parameters, private_value, peer);

        g_assert_true((is_refused(ours) && is_refused(theirs)) || is_same(ours, theirs));
    }
}

/* A known signature, with one of key, message and proof mutated. */
static void
mutate_one(const Case *c, const RvlKnownAnswer *row)
{
    const RvlSignature *a = c->a->backend->signature(c->a->self, c->name);
    const RvlSignature *b = c->b->backend->signature(c->b->self, c->name);
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    RvlParameter parameters[RVL_KNOWN_PARAMETERS];
    size_t n = 0;
    size_t victim = random_below(4);

    for (; n < RVL_KNOWN_PARAMETERS && row->public_parameters[n].name != NULL; n++) {
        const char *value = row->public_parameters[n].value;
        GBytes *octets =
            value[0] == '=' ? g_bytes_new(value + 1, strlen(value + 1)) : rvl_test_unhex(value);
        GBytes *taken = victim == n ? mutated(octets) : g_bytes_ref(octets);

        g_ptr_array_add(owned, octets);
        g_ptr_array_add(owned, taken);
        parameters[n] =
            (RvlParameter){row->public_parameters[n].name, rvl_octets_from_bytes(taken)};
    }
    g_autoptr(GBytes) message = rvl_test_unhex(row->input);
    g_autoptr(GBytes) right = rvl_test_unhex(row->output);
    g_autoptr(GBytes) proof = victim >= 2 ? mutated(right) : g_bytes_ref(right);

    g_assert_true(one_verify(a, parameters, n, message, proof) ==
                  one_verify(b, parameters, n, message, proof));
}

static void
signatures_agree(gconstpointer data)
{
    const Case *c = data;
    const RvlKnownAnswers *answers = rvl_known_answers();

    for (size_t i = 0; i < answers->n_rows; i++)
        for (size_t j = 0; strcmp(answers->rows[i].primitive, c->name) == 0 && j < 4 * TRIALS; j++)
            mutate_one(c, &answers->rows[i]);
}

static void
add(const BuiltBackend *a, const BuiltBackend *b, const char *name, GTestDataFunc function)
{
    g_autofree char *path =
        g_strjoin("/", "/crypto/differential", a->backend->name, b->backend->name, name, NULL);

    g_test_add_data_func_full(path, g_memdup2(&(Case){a, b, name}, sizeof(Case)), function, g_free);
}

static void
add_pair(const BuiltBackend *a, const BuiltBackend *b)
{
    static const char *const groups[] = {"curve25519", "ecp256", "ecp384", "ecp521", "modp2048"};
    const char *const *names = a->backend->names(a->self);

    for (; *names != NULL; names++) {
        if (a == b || !g_strv_contains(b->backend->names(b->self), *names))
            continue;
        if (g_str_has_prefix(*names, "mac/"))
            add(a, b, *names, macs_agree);
        else if (g_str_has_prefix(*names, "cipher/"))
            add(a, b, *names, ciphers_agree);
        else if (g_str_has_prefix(*names, "aead/"))
            add(a, b, *names, aeads_agree);
        else if (g_str_has_prefix(*names, "signature/"))
            add(a, b, *names, signatures_agree);
    }
    for (size_t i = 0; a != b && i < G_N_ELEMENTS(groups); i++)
        add(a, b, groups[i], groups_agree);
}

static void
there_is_one_backend(void)
{
    g_test_skip("only one backend was built: nothing to compare it with");
}

int
main(int argc, char **argv)
{
    size_t n;
    const BuiltBackend *built = built_backends(&n);

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            add_pair(&built[i], &built[j]);
    if (n == 1)
        g_test_add_func("/crypto/differential/one-backend", there_is_one_backend);
    return g_test_run();
}
