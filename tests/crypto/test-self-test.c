/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Self-tests refuse primitives that are broken, that compute something else, or that nobody knows. */
#include "config.h"

#include "crypto/built-backends.h"
#include "fakes/toy-backend.h"

#include <string.h>
#include <ravelin/error.h>
#include <ravelin/known-answer.h>
#include <ravelin/macros.h>

static void
toy_is_refused(gconstpointer data)
{
    const char *name = data;
    const RvlCryptoBackend *backend = toy_backend_interface();
    g_autoptr(ToyBackend) toy = toy_backend_new(1);
    g_autoptr(GError) error = NULL;
    bool passed = true;

    if (g_str_has_prefix(name, "hash/"))
        passed = rvl_self_test_hash(backend->hash(toy, name), NULL, &error);
    else if (g_str_has_prefix(name, "mac/"))
        passed = rvl_self_test_mac(backend->mac(toy, name), NULL, &error);
    else if (g_str_has_prefix(name, "cipher/"))
        passed = rvl_self_test_cipher(backend->cipher(toy, name), NULL, &error);
    else if (g_str_has_prefix(name, "aead/"))
        passed = rvl_self_test_aead(backend->aead(toy, name), NULL, &error);
    else if (g_str_has_prefix(name, "kem/"))
        passed = rvl_self_test_kem(backend->kem(toy, name), NULL, &error);
    else if (g_str_has_prefix(name, "signature/"))
        passed = rvl_self_test_signature(backend->signature(toy, name), NULL, &error);
    g_assert_false(passed);
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_SELF_TEST_FAILED);
    g_assert_cmpstr(rvl_error_found(error), ==, name);
    g_assert_cmpstr(rvl_error_wanted(error), ==, "toy_insecure");
}

/* A primitive of a real backend, with one of its calls replaced. */
static BuiltBackend *
any_backend(void)
{
    size_t n;

    return built_backends(&n);
}

static const RvlAead *right_aead;

/* Takes every ICV for right. */
static void
open_carelessly(void *self, void *scratch, RvlCryptItem *items, size_t stride, size_t n)
{
    right_aead->open(self, scratch, items, stride, n);
    for (size_t i = 0; i < n; i++) {
        RvlCryptItem *item = RVL_STRIDE(items, stride, i);

        if (item->status == RVL_CRYPT_FORGED)
            item->status = RVL_CRYPT_DONE;
    }
}

/* Keeps the context of the first key for all. */
static void
seal_under_one_key(void *self, void *scratch, RvlCryptItem *items, size_t stride, size_t n)
{
    for (size_t i = 0; i < n; i++)
        RVL_STRIDE(items, stride, i)->key = items->key;
    right_aead->seal(self, scratch, items, stride, n);
}

static void
broken_aead_is_refused(void)
{
    BuiltBackend *built = any_backend();
    g_autoptr(GError) careless = NULL;
    g_autoptr(GError) one_key = NULL;
    RvlAead aead;

    right_aead = built->backend->aead(built->self, "aead/aes-256-gcm");
    aead = *right_aead;
    aead.open = open_carelessly;
    g_assert_false(rvl_self_test_aead(&aead, NULL, &careless));
    g_assert_nonnull(strstr(careless->message, "open of a forged packet"));
    aead = *right_aead;
    aead.seal = seal_under_one_key;
    g_assert_false(rvl_self_test_aead(&aead, NULL, &one_key));
    g_assert_nonnull(strstr(one_key->message, "seal"));
}

static const RvlSignature *right_signature;

static RvlSignatureVerdict
verify_nothing(void *self,
               const RvlAsymmetricKey *key,
               const RvlOctets *parts,
               size_t n_parts,
               const RvlOctets *proof,
               GError **error)
{
    return RVL_SIGNATURE_HOLDS;
}

static void
careless_signature_is_refused(void)
{
    BuiltBackend *built = any_backend();
    g_autoptr(GError) error = NULL;
    RvlSignature signature;

    right_signature = built->backend->signature(built->self, "signature/ecdsa-sha2-256");
    signature = *right_signature;
    signature.verify = verify_nothing;
    g_assert_false(rvl_self_test_signature(&signature, NULL, &error));
    g_assert_nonnull(strstr(error->message, "verify of a forged signature"));
}

/* A vendor's primitive: SHA-256 under another name. */
#define VENDOR_NAME "hash/example.com:other"

static RvlHash
vendor_hash(void)
{
    BuiltBackend *built = any_backend();
    RvlHash hash = *built->backend->hash(built->self, "hash/sha2-256");

    hash.name = VENDOR_NAME;
    return hash;
}

static void
unknown_primitive_is_refused(void)
{
    RvlHash hash = vendor_hash();
    g_autoptr(GError) error = NULL;

    g_assert_false(rvl_self_test_hash(&hash, NULL, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_SELF_TEST_FAILED);
    g_assert_nonnull(strstr(error->message, "nobody brings a known answer"));
}

/* Of a contract whose rows were longer than ours. */
typedef struct {
    RvlKnownAnswer row;
    uint64_t later;
} LongerRow;

static void
vendors_own_answer_is_taken(void)
{
    const LongerRow rows[] = {
        {.row = {.primitive = "hash/example.com:third", .source = "none"}},
        {.row =
             {
                 .primitive = VENDOR_NAME,
                 .source = "FIPS 180-2 B.1",
                 .input = "616263",
                 .output = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
             }},
    };
    const RvlKnownAnswers answers = {
        .size = sizeof(RvlKnownAnswers),
        .rows = &rows[0].row,
        .n_rows = G_N_ELEMENTS(rows),
        .stride = sizeof(rows[0]),
    };
    RvlHash hash = vendor_hash();
    g_autoptr(GError) error = NULL;

    g_assert_true(rvl_self_test_hash(&hash, &answers, &error));
    g_assert_no_error(error);
}

int
main(int argc, char **argv)
{
    const char *const *names = toy_backend_interface()->names(NULL);

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_strconcat("/crypto/self-test/toy-is-refused/", names[i], NULL);

        g_test_add_data_func(path, names[i], toy_is_refused);
    }
    g_test_add_func("/crypto/self-test/broken-aead-is-refused", broken_aead_is_refused);
    g_test_add_func("/crypto/self-test/careless-signature-is-refused",
                    careless_signature_is_refused);
    g_test_add_func("/crypto/self-test/unknown-primitive-is-refused", unknown_primitive_is_refused);
    g_test_add_func("/crypto/self-test/vendors-own-answer-is-taken", vendors_own_answer_is_taken);
    return g_test_run();
}
