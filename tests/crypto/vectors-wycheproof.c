/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wycheproof: groups of tests whose result is valid, invalid or acceptable. */
#include "config.h"

#include <string.h>

#include "crypto/json-row.h"
#include "crypto/one-call.h"
#include "crypto/vectors.h"
#include "support/hex.h"

/* One test, with the group that it stands in. */
typedef struct {
    JsonObject *group;
    JsonObject *test;
    gint64 id;
    bool is_valid;
    bool is_acceptable;
} Test;

static void
each_test(VectorRun *run, void (*one)(VectorRun *run, const Test *test))
{
    g_autoptr(JsonParser) parser = NULL;
    JsonArray *groups = json_rows(run->text, "testGroups", &parser);

    for (guint i = 0; i < json_array_get_length(groups); i++) {
        JsonObject *group = json_array_get_object_element(groups, i);
        JsonArray *tests = json_object_get_array_member(group, "tests");

        for (guint j = 0; j < json_array_get_length(tests); j++) {
            JsonObject *row = json_array_get_object_element(tests, j);
            const char *result = json_row_text(row, "result");
            Test test = {
                .group = group,
                .test = row,
                .id = json_row_number(row, "tcId"),
                .is_valid = strcmp(result, "valid") == 0,
                .is_acceptable = strcmp(result, "acceptable") == 0,
            };

            one(run, &test);
        }
    }
}

/* Holds the verdict to the test's result; both backends must agree where it is left open. */
static void
judge(VectorRun *run, const Test *test, bool verdict)
{
    run->n_cases++;
    if (test->is_acceptable) {
        vector_either(run, test->id, verdict);
        return;
    }
    if (verdict != test->is_valid)
        g_test_message("tcId %" G_GINT64_FORMAT " (%s): %s", test->id,
                       json_row_text(test->test, "comment"), verdict ? "taken" : "refused");
    g_assert_cmpint(verdict, ==, test->is_valid);
}

static void
aead_test(VectorRun *run, const Test *test)
{
    size_t icv_octets = (size_t)json_row_number(test->group, "tagSize") / 8;
    g_autofree char *name =
        strcmp(run->detail, "aead/chacha20-poly1305") == 0
            ? g_strdup(run->detail)
            : g_strdup_printf("aead/aes-%d-gcm", (int)json_row_number(test->group, "keySize"));
    const RvlAead *aead = vector_aead(run, name);
    g_autoptr(GBytes) key = json_row_octets(test->test, "key");
    g_autoptr(GBytes) nonce = json_row_octets(test->test, "iv");
    g_autoptr(GBytes) aad = json_row_octets(test->test, "aad");
    g_autoptr(GBytes) message = json_row_octets(test->test, "msg");
    g_autofree char *sealed_hex =
        g_strconcat(json_row_text(test->test, "ct"), json_row_text(test->test, "tag"), NULL);
    g_autoptr(GBytes) sealed = rvl_test_unhex(sealed_hex);
    g_autoptr(GBytes) opened = NULL;
    RvlCryptStatus status;

    if (json_row_number(test->group, "ivSize") != 96 || aead == NULL) {
        run->n_left_out++;
        return;
    }
    opened = one_open(aead, key, nonce, aad, sealed, icv_octets, &status);
    judge(run, test, status == RVL_CRYPT_DONE);
    if (!test->is_valid) {
        g_assert_cmpint(status, ==, RVL_CRYPT_FORGED);
        return;
    }
    g_autoptr(GBytes) made = one_seal(aead, key, nonce, aad, message, icv_octets);

    g_assert_true(g_bytes_equal(opened, message));
    g_assert_true(g_bytes_equal(made, sealed));
}

void
wycheproof_aead(VectorRun *run)
{
    each_test(run, aead_test);
}

/* The padding that these tests have around CBC (RFC 5652 6.3). */
static bool
has_padding(GBytes *text)
{
    gsize size;
    const uint8_t *octets = text != NULL ? g_bytes_get_data(text, &size) : NULL;

    if (octets == NULL || size == 0 || octets[size - 1] == 0 || octets[size - 1] > 16)
        return false;
    for (size_t i = size - octets[size - 1]; i < size; i++)
        if (octets[i] != octets[size - 1])
            return false;
    return true;
}

static void
cbc_test(VectorRun *run, const Test *test)
{
    g_autofree char *name =
        g_strdup_printf("cipher/aes-%d-cbc", (int)json_row_number(test->group, "keySize"));
    const RvlCipher *cipher = vector_cipher(run, name);
    g_autoptr(GBytes) key = json_row_octets(test->test, "key");
    g_autoptr(GBytes) iv = json_row_octets(test->test, "iv");
    g_autoptr(GBytes) message = json_row_octets(test->test, "msg");
    g_autoptr(GBytes) ciphertext = json_row_octets(test->test, "ct");
    g_autoptr(GBytes) text = cipher != NULL ? one_cipher(cipher, false, key, iv, ciphertext) : NULL;

    if (cipher == NULL)
        return;
    judge(run, test, has_padding(text));
    if (test->is_valid)
        g_assert_cmpmem(g_bytes_get_data(text, NULL), g_bytes_get_size(message),
                        g_bytes_get_data(message, NULL), g_bytes_get_size(message));
}

void
wycheproof_cbc(VectorRun *run)
{
    each_test(run, cbc_test);
}

static void
hmac_test(VectorRun *run, const Test *test)
{
    const RvlMac *mac = vector_mac(run, run->detail);
    g_autoptr(GBytes) key = json_row_octets(test->test, "key");
    g_autoptr(GBytes) message = json_row_octets(test->test, "msg");
    g_autoptr(GBytes) tag = json_row_octets(test->test, "tag");
    g_autoptr(GBytes) made = NULL;

    if (mac == NULL)
        return;
    made = one_mac(mac, key, message, (size_t)json_row_number(test->group, "tagSize") / 8);
    judge(run, test, g_bytes_equal(made, tag));
}

void
wycheproof_hmac(VectorRun *run)
{
    each_test(run, hmac_test);
}

static bool
is_zero(GBytes *octets)
{
    gsize size;
    const uint8_t *data = g_bytes_get_data(octets, &size);

    for (size_t i = 0; i < size; i++)
        if (data[i] != 0)
            return false;
    return true;
}

/* An all-zero secret may be refused by the library or later by the core (RFC 7748 6.1). */
static void
x25519_test(VectorRun *run, const Test *test)
{
    const RvlKem *kem = vector_kem(run, run->detail);
    g_autoptr(GBytes) public_value = json_row_octets(test->test, "public");
    g_autoptr(GBytes) private_value = json_row_octets(test->test, "private");
    g_autoptr(GBytes) expected = json_row_octets(test->test, "shared");
    g_autoptr(GBytes) shared = NULL;

    if (kem == NULL)
        return;
    shared = one_finish(kem, NULL, 0, private_value, public_value);
    run->n_cases++;
    if (shared == NULL) {
        g_assert_true(test->is_acceptable && is_zero(expected));
        return;
    }
    g_assert_true(g_bytes_equal(shared, expected));
}

void
wycheproof_x25519(VectorRun *run)
{
    each_test(run, x25519_test);
}

/* (transfer full): @octets' last @size octets, or with zeros before them. */
static GBytes *
resized(GBytes *octets, size_t size)
{
    gsize had;
    const uint8_t *data = g_bytes_get_data(octets, &had);
    uint8_t *out = g_malloc0(size);

    memcpy(out + size - MIN(had, size), data + had - MIN(had, size), MIN(had, size));
    return g_bytes_new_take(out, size);
}

static void
ecdh_test(VectorRun *run, const Test *test)
{
    const RvlKem *kem = vector_kem(run, run->detail);
    g_autoptr(GBytes) point = json_row_octets(test->test, "public");
    g_autoptr(GBytes) longer = json_row_octets(test->test, "private");
    g_autoptr(GBytes) expected = json_row_octets(test->test, "shared");
    size_t octets = strcmp(run->detail, "kem/ecp-256") == 0   ? 32
                    : strcmp(run->detail, "kem/ecp-384") == 0 ? 48
                                                              : 66;
    gsize size;
    const uint8_t *data = g_bytes_get_data(point, &size);
    g_autoptr(GBytes) private_value = resized(longer, octets);
    g_autoptr(GBytes) public_value = NULL;
    g_autoptr(GBytes) shared = NULL;

    if (kem == NULL)
        return;
    /* IKE has x and y alone (RFC 5903 7): compressed points can't be said there. */
    if (size == 0 || data[0] != 0x04) {
        run->n_left_out++;
        return;
    }
    public_value = g_bytes_new_from_bytes(point, 1, size - 1);
    shared = one_finish(kem, NULL, 0, private_value, public_value);
    g_assert_true(one_check(kem, NULL, 0, public_value) == (shared != NULL));
    judge(run, test, shared != NULL && g_bytes_equal(shared, expected));
}

void
wycheproof_ecdh(VectorRun *run)
{
    each_test(run, ecdh_test);
}

/* Appends a number in DER. */
static void
append_integer(GByteArray *der, const uint8_t *number, size_t size)
{
    while (size > 1 && number[0] == 0) {
        number++;
        size--;
    }
    bool has_zero = size == 0 || number[0] >= 0x80;
    const uint8_t head[] = {0x02, (uint8_t)(size + has_zero), 0};

    g_byte_array_append(der, head, has_zero ? 3 : 2);
    if (size > 0)
        g_byte_array_append(der, number, (guint)size);
}

/* (transfer full): r and s of equal length (IEEE P1363) as DER, which the contract has. */
static GBytes *
der_of(GBytes *halves)
{
    gsize size;
    const uint8_t *data = g_bytes_get_data(halves, &size);
    g_autoptr(GByteArray) body = g_byte_array_new();
    GByteArray *der = g_byte_array_new();

    append_integer(body, data, size / 2);
    append_integer(body, data + size / 2, size / 2);
    g_byte_array_append(der, (const guint8 *)"\x30\x81", body->len >= 0x80 ? 2 : 1);
    g_byte_array_append(der, (const guint8[]){(guint8)body->len}, 1);
    g_byte_array_append(der, body->data, body->len);
    return g_byte_array_free_to_bytes(der);
}

static bool
ecdsa_holds(const RvlSignature *signature,
            JsonObject *key,
            const char *type,
            GBytes *message,
            GBytes *proof)
{
    static const struct {
        const char *name;
        const char *word;
        size_t octets;
    } curves[] = {
        {"secp256r1", "p-256", 32},
        {"secp384r1", "p-384", 48},
        {"secp521r1", "p-521", 66},
    };
    g_autoptr(GBytes) point = json_row_octets(key, "uncompressed");
    g_autoptr(GBytes) der = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(curves); i++) {
        const RvlParameter parameters[] = {
            {"curve", RVL_OCTETS(curves[i].word, strlen(curves[i].word))},
            {"point", rvl_octets_from_bytes(point)},
        };

        if (strcmp(json_row_text(key, "curve"), curves[i].name) != 0)
            continue;
        if (strcmp(type, "EcdsaP1363Verify") != 0)
            return one_verify(signature, parameters, 2, message, proof);
        if (g_bytes_get_size(proof) != 2 * curves[i].octets)
            return false; /* RFC 4754 3: a certain length */
        der = der_of(proof);
        return one_verify(signature, parameters, 2, message, der);
    }
    g_assert_not_reached();
}

static bool
rsa_holds(const RvlSignature *signature, JsonObject *key, GBytes *message, GBytes *proof)
{
    g_autoptr(GBytes) n = json_row_octets(key, "modulus");
    g_autoptr(GBytes) e = json_row_octets(key, "publicExponent");
    const RvlParameter parameters[] = {
        {"n", rvl_octets_from_bytes(n)},
        {"e", rvl_octets_from_bytes(e)},
    };

    return one_verify(signature, parameters, 2, message, proof);
}

static bool
ed25519_holds(const RvlSignature *signature, JsonObject *key, GBytes *message, GBytes *proof)
{
    g_autoptr(GBytes) point = json_row_octets(key, "pk");
    const RvlParameter parameters[] = {{"point", rvl_octets_from_bytes(point)}};

    return one_verify(signature, parameters, 1, message, proof);
}

static void
signature_test(VectorRun *run, const Test *test)
{
    const RvlSignature *signature = vector_signature(run, run->detail);
    JsonObject *key = json_object_get_object_member(test->group, "publicKey");
    const char *type = json_row_text(test->group, "type");
    g_autoptr(GBytes) message = json_row_octets(test->test, "msg");
    g_autoptr(GBytes) proof = json_row_octets(test->test, "sig");

    if (signature == NULL)
        return;
    if (strcmp(signature->key_kind, "ec") == 0)
        judge(run, test, ecdsa_holds(signature, key, type, message, proof));
    else if (strcmp(signature->key_kind, "rsa") == 0)
        judge(run, test, rsa_holds(signature, key, message, proof));
    else
        judge(run, test, ed25519_holds(signature, key, message, proof));
}

void
wycheproof_signature(VectorRun *run)
{
    each_test(run, signature_test);
}
