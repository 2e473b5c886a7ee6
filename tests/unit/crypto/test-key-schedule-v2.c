/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IKEv2's key schedule against NIST's answers, through every backend. */
#include "config.h"

#include "crypto/key-schedule-v2.h"

#include <string.h>

#include <json-glib/json-glib.h>
#include <ravelin/error.h>

#include "fixture.h"
#include "support/hex.h"
#include "support/vectors.h"

#define ANSWERS "nist-ikekdf/ikev2.json"

static const struct {
    const char *hash;
    uint16_t prf;
} prfs[] = {
    {"SHA-1", FIXTURE_PRF_SHA1},
    {"SHA-256", FIXTURE_PRF_SHA256},
    {"SHA-384", FIXTURE_PRF_SHA384},
    {"SHA-512", FIXTURE_PRF_SHA512},
};

static uint16_t
prf_of(const char *hash)
{
    for (size_t i = 0; i < G_N_ELEMENTS(prfs); i++)
        if (strcmp(prfs[i].hash, hash) == 0)
            return prfs[i].prf;
    return 0; /* SHA-224 is no PRF of IKEv2 */
}

/* One of NIST's tests: its values by their names. */
typedef struct {
    RvlPrf prf;
    JsonObject *values;
    GBytes *nonce_i;
    GBytes *nonce_r;
    RvlNonces nonces;
} Answer;

static const char *
hex_of(const Answer *answer, const char *name)
{
    g_assert_true(json_object_has_member(answer->values, name));
    return json_object_get_string_member(answer->values, name);
}

static RvlSecret *
secret_of(const Answer *answer, const char *name)
{
    g_autoptr(GBytes) octets = rvl_test_unhex(hex_of(answer, name));

    return rvl_secret_new_copy(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets));
}

static void
assert_secret(const Answer *answer, const char *name, const RvlSecret *secret)
{
    rvl_test_assert_hex(rvl_secret_view(secret), hex_of(answer, name));
}

/* A shape that makes keys of @octets in all, for @prf_keys keys of the PRF beside them; of none where
 * these alone are longer: then more comes out than NIST printed. */
static RvlProtectionShape
shape_for(const Answer *answer, size_t octets, unsigned prf_keys)
{
    size_t prf_octets = prf_keys * answer->prf.key_octets;
    size_t each = octets > prf_octets ? (octets - prf_octets) / 2 : 0;
    uint16_t integ = (uint16_t)MIN(answer->prf.key_octets, each / 2);

    return (RvlProtectionShape){.integ_octets = integ, .encr_octets = (uint16_t)(each - integ)};
}

static char *
join_keys(const RvlSecret *const *keys, size_t n)
{
    GString *all = g_string_new(NULL);

    for (size_t i = 0; i < n; i++) {
        g_autofree char *hex = rvl_test_hex(rvl_secret_view(keys[i]));

        g_string_append(all, hex);
    }
    return g_string_free(all, FALSE);
}

static void
check_ike_keys(const Answer *answer, const RvlSecret *skeyseed, RvlIkeKeys *keys)
{
    const char *wanted = hex_of(answer, "DKM");
    RvlProtectionShape shape = shape_for(answer, strlen(wanted) / 2, 3);
    uint64_t spi_i = g_ascii_strtoull(hex_of(answer, "SPIi"), NULL, 16);
    uint64_t spi_r = g_ascii_strtoull(hex_of(answer, "SPIr"), NULL, 16);
    g_autoptr(GError) error = NULL;

    g_assert_true(rvl_ike_keys_derive(&answer->prf, skeyseed, &answer->nonces, spi_i, spi_r, &shape,
                                      keys, &error));
    g_assert_no_error(error);
    const RvlSecret *all[] = {keys->sk_d,  keys->sk_ai, keys->sk_ar, keys->sk_ei,
                              keys->sk_er, keys->sk_pi, keys->sk_pr};
    g_autofree char *found = join_keys(all, G_N_ELEMENTS(all));

    found[MIN(strlen(found), strlen(wanted))] = '\0';
    g_assert_cmpstr(found, ==, wanted);
}

static void
check_child_keys(const Answer *answer,
                 const RvlSecret *sk_d,
                 const char *name,
                 const RvlSecret *const *shared,
                 size_t n)
{
    const char *wanted = hex_of(answer, name);
    RvlProtectionShape shape = shape_for(answer, strlen(wanted) / 2, 0);
    g_auto(RvlChildKeys) keys = {0};
    g_autoptr(GError) error = NULL;

    g_assert_true(rvl_child_keys_derive(&answer->prf, sk_d, &answer->nonces, shared, n, &shape,
                                        &keys, &error));
    g_assert_no_error(error);
    const RvlSecret *all[] = {keys.initiator_encr, keys.initiator_integ, keys.responder_encr,
                              keys.responder_integ};
    g_autofree char *found = join_keys(all, G_N_ELEMENTS(all));

    g_assert_cmpstr(found, ==, wanted);
}

static void
check_answer(const Answer *answer)
{
    g_autoptr(RvlSecret) shared = secret_of(answer, "g^ir");
    g_autoptr(RvlSecret) fresh = secret_of(answer, "g^ir (new)");
    const RvlSecret *const fresh_list[] = {fresh};
    g_auto(RvlIkeKeys) keys = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(RvlSecret) skeyseed = rvl_skeyseed(&answer->prf, &answer->nonces, shared, &error);

    g_assert_no_error(error);
    assert_secret(answer, "SKEYSEED", skeyseed);
    check_ike_keys(answer, skeyseed, &keys);
    check_child_keys(answer, keys.sk_d, "DKM(Child SA)", NULL, 0);
    check_child_keys(answer, keys.sk_d, "DKM(Child SA D-H)", fresh_list, 1);
    g_autoptr(RvlSecret) rekeyed =
        rvl_skeyseed_next(&answer->prf, keys.sk_d, &answer->nonces, fresh_list, 1, &error);

    g_assert_no_error(error);
    assert_secret(answer, "SKEYSEED(Rekey)", rekeyed);
}

static void
run_test(const Fixture *fixture, uint16_t prf, JsonObject *values)
{
    g_autoptr(GError) error = NULL;
    Answer answer = {.values = values};

    g_assert_true(rvl_prf_find(fixture->crypto, prf, &answer.prf, &error));
    g_assert_no_error(error);
    answer.nonce_i = rvl_test_unhex(hex_of(&answer, "Ni"));
    answer.nonce_r = rvl_test_unhex(hex_of(&answer, "Nr"));
    answer.nonces =
        (RvlNonces){rvl_octets_from_bytes(answer.nonce_i), rvl_octets_from_bytes(answer.nonce_r)};
    check_answer(&answer);
    g_bytes_unref(answer.nonce_i);
    g_bytes_unref(answer.nonce_r);
}

static void
nist_answers_come_out(gconstpointer data)
{
    g_autoptr(GBytes) octets = rvl_test_vectors_read(ANSWERS);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;
    g_auto(Fixture) fixture = {0};
    guint n = 0;

    if (octets == NULL)
        return;
    json_parser_load_from_data(parser, g_bytes_get_data(octets, NULL),
                               (gssize)g_bytes_get_size(octets), &error);
    g_assert_no_error(error);
    fixture_init(&fixture, GPOINTER_TO_SIZE(data));
    JsonArray *groups =
        json_object_get_array_member(json_node_get_object(json_parser_get_root(parser)), "groups");

    for (guint g = 0; g < json_array_get_length(groups); g++) {
        JsonObject *group = json_array_get_object_element(groups, g);
        const char *hash =
            json_object_get_string_member(json_object_get_object_member(group, "params"), "hash");
        JsonArray *tests = json_object_get_array_member(group, "tests");

        for (guint t = 0; prf_of(hash) != 0 && t < json_array_get_length(tests); t++, n++)
            run_test(&fixture, prf_of(hash), json_array_get_object_element(tests, t));
    }
    g_test_message("%s: %u cases", ANSWERS, n);
    g_assert_cmpuint(n, >, 0);
}

#define NONCES                                                                                     \
    {                                                                                              \
        RVL_OCTETS("0123456789abcdef", 16), RVL_OCTETS("fedcba9876543210", 16)                     \
    }

static void
further_secrets_stand_behind_the_nonces(gconstpointer data)
{
    static const RvlNonces nonces = NONCES;
    g_auto(Fixture) fixture = {0};
    g_autoptr(RvlSecret) sk_d = rvl_secret_new_copy("sk_d", 4);
    g_autoptr(RvlSecret) first = rvl_secret_new_copy("first", 5);
    g_autoptr(RvlSecret) second = rvl_secret_new_copy("second", 6);
    const RvlSecret *const shared[] = {first, second};
    const RvlOctets key = rvl_secret_view(sk_d);
    const RvlOctets message = RVL_OCTETS("first0123456789abcdeffedcba9876543210second", 43);
    g_autoptr(GError) error = NULL;
    uint8_t wanted[RVL_PRF_MAX_OCTETS];
    RvlPrf prf;

    fixture_init(&fixture, GPOINTER_TO_SIZE(data));
    g_assert_true(rvl_prf_find(fixture.crypto, FIXTURE_PRF_SHA256, &prf, &error));
    g_assert_true(rvl_prf_compute(&prf, &key, &message, 1, wanted, &error));
    g_autoptr(RvlSecret) skeyseed = rvl_skeyseed_next(&prf, sk_d, &nonces, shared, 2, &error);

    g_assert_no_error(error);
    g_assert_cmpmem(rvl_secret_octets(skeyseed), rvl_secret_size(skeyseed), wanted, 32);
}

/* RFC 8784 3: SK_d' = prf+(PPK, SK_d), and so on; the other keys stay. */
static void
ppk_changes_three_keys(gconstpointer data)
{
    static const RvlNonces nonces = NONCES;
    static const RvlProtectionShape shape = {.encr_octets = 36};
    g_auto(Fixture) fixture = {0};
    g_autoptr(RvlSecret) seed = rvl_secret_new_copy("seed", 4);
    g_autoptr(RvlSecret) ppk = rvl_secret_new_copy("ppk", 3);
    g_auto(RvlIkeKeys) keys = {0};
    g_auto(RvlIkeKeys) mixed = {0};
    g_autoptr(GError) error = NULL;
    RvlPrf prf;

    fixture_init(&fixture, GPOINTER_TO_SIZE(data));
    g_assert_true(rvl_prf_find(fixture.crypto, FIXTURE_PRF_SHA256, &prf, &error));
    g_assert_true(rvl_ike_keys_derive(&prf, seed, &nonces, 1, 2, &shape, &keys, &error));
    g_assert_true(rvl_ike_keys_derive(&prf, seed, &nonces, 1, 2, &shape, &mixed, &error));
    g_assert_true(rvl_ike_keys_mix_ppk(&prf, &mixed, ppk, &error));
    const RvlOctets part = rvl_secret_view(keys.sk_pr);
    g_autoptr(RvlSecret) wanted = rvl_prf_plus(&prf, ppk, &part, 1, prf.key_octets, &error);

    g_assert_cmpmem(rvl_secret_octets(mixed.sk_pr), 32, rvl_secret_octets(wanted), 32);
    g_assert_true(memcmp(rvl_secret_octets(mixed.sk_d), rvl_secret_octets(keys.sk_d), 32) != 0);
    g_assert_cmpmem(rvl_secret_octets(mixed.sk_ei), 36, rvl_secret_octets(keys.sk_ei), 36);
    g_assert_cmpuint(rvl_secret_size(keys.sk_ai), ==, 0);
}

static void
prf_plus_is_bounded(gconstpointer data)
{
    g_auto(Fixture) fixture = {0};
    g_autoptr(RvlSecret) key = rvl_secret_new_copy("key", 3);
    const RvlOctets seed = RVL_OCTETS("seed", 4);
    g_autoptr(GError) error = NULL;
    RvlPrf prf;

    fixture_init(&fixture, GPOINTER_TO_SIZE(data));
    g_assert_true(rvl_prf_find(fixture.crypto, FIXTURE_PRF_SHA1, &prf, &error));
    g_autoptr(RvlSecret) longest = rvl_prf_plus(&prf, key, &seed, 1, 255 * 20, &error);
    g_autoptr(RvlSecret) part = rvl_prf_plus(&prf, key, &seed, 1, 33, &error);

    g_assert_no_error(error);
    g_assert_cmpmem(rvl_secret_octets(part), 33, rvl_secret_octets(longest), 33);
    g_assert_null(rvl_prf_plus(&prf, key, &seed, 1, 255 * 20 + 1, &error));
    g_assert_nonnull(error);
}

static void
unknown_prf_is_unavailable(gconstpointer data)
{
    g_auto(Fixture) fixture = {0};
    g_autoptr(GError) error = NULL;
    RvlPrf prf;

    fixture_init(&fixture, GPOINTER_TO_SIZE(data));
    g_assert_false(rvl_prf_find(fixture.crypto, 4711, &prf, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_ALGORITHM_UNAVAILABLE);
}

/* RFC 7296 2.14: a PRF with a fixed key is keyed by the first octets of each nonce. */
static void
fixed_key_prf_takes_the_beginning_of_nonces(gconstpointer data)
{
    static const RvlNonces nonces = NONCES, short_nonces = {{(const uint8_t *)"abc", 3},
                                                            {(const uint8_t *)"abc", 3}};
    g_auto(Fixture) fixture = {0};
    g_autoptr(RvlSecret) shared = rvl_secret_new_copy("shared", 6);
    const RvlOctets key = RVL_OCTETS("01234567fedcba98", 16), message = RVL_OCTETS("shared", 6);
    g_autoptr(GError) error = NULL;
    uint8_t wanted[RVL_PRF_MAX_OCTETS];
    RvlPrf prf;

    fixture_init(&fixture, GPOINTER_TO_SIZE(data));
    g_assert_true(rvl_prf_find(fixture.crypto, FIXTURE_PRF_SHA256, &prf, &error));
    prf.nonce_octets = 8;
    g_assert_true(rvl_prf_compute(&prf, &key, &message, 1, wanted, &error));
    g_autoptr(RvlSecret) skeyseed = rvl_skeyseed(&prf, &nonces, shared, &error);

    g_assert_cmpmem(rvl_secret_octets(skeyseed), rvl_secret_size(skeyseed), wanted, 32);
    g_assert_null(rvl_skeyseed(&prf, &short_nonces, shared, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_MALFORMED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_add_cases("/crypto/key-schedule-v2", "nist-answers-come-out", nist_answers_come_out);
    fixture_add_cases("/crypto/key-schedule-v2", "further-secrets-stand-behind-the-nonces",
                      further_secrets_stand_behind_the_nonces);
    fixture_add_cases("/crypto/key-schedule-v2", "ppk-changes-three-keys", ppk_changes_three_keys);
    fixture_add_cases("/crypto/key-schedule-v2", "prf-plus-is-bounded", prf_plus_is_bounded);
    fixture_add_cases("/crypto/key-schedule-v2", "unknown-prf-is-unavailable",
                      unknown_prf_is_unavailable);
    fixture_add_cases("/crypto/key-schedule-v2", "fixed-key-prf-takes-the-beginning-of-nonces",
                      fixed_key_prf_takes_the_beginning_of_nonces);
    return g_test_run();
}
