/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Key exchanges: what is checked of a peer's public value, and of what a backend makes. */
#include "config.h"

#include "crypto/key-exchange.h"

#include <string.h>

#include <ravelin/error.h>
#include <ravelin/key-exchange.h>
#include <ravelin/known-answer.h>

#include "fixture.h"
#include "support/hex.h"

/* Both ends come to one secret, with every backend. */
static void
ends_agree(const Fixture *fixture, uint16_t group)
{
    g_autoptr(GBytes) offered = NULL, answered = NULL;
    g_autoptr(RvlSecret) state = NULL, one = NULL, other = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true(rvl_key_exchange_offer(fixture->crypto, group, &offered, &state, &error));
    const RvlOctets offer = rvl_octets_from_bytes(offered);

    g_assert_true(
        rvl_key_exchange_answer(fixture->crypto, group, &offer, &answered, &other, &error));
    const RvlOctets answer = rvl_octets_from_bytes(answered);

    g_assert_true(rvl_key_exchange_finish(fixture->crypto, group, state, &answer, &one, &error));
    g_assert_no_error(error);
    g_assert_cmpmem(rvl_secret_octets(one), rvl_secret_size(one), rvl_secret_octets(other),
                    rvl_secret_size(other));
}

static void
both_ends_agree(gconstpointer data)
{
    g_auto(Fixture) fixture = {0};

    fixture_init(&fixture, GPOINTER_TO_SIZE(data));
    ends_agree(&fixture, FIXTURE_GROUP_X25519);
    ends_agree(&fixture, FIXTURE_GROUP_ECP256);
}

/* Public values that no honest peer sends, to both roles. */
static const struct {
    const char *why;
    uint16_t group;
    const char *hex;
} hostile[] = {
    {"zero", FIXTURE_GROUP_X25519,
     "0000000000000000000000000000000000000000000000000000000000000000"},
    {"one", FIXTURE_GROUP_X25519,
     "0100000000000000000000000000000000000000000000000000000000000000"},
    /* of order 8: RFC 7748 6.1, and the lists of Bernstein's "Curve25519", section on small order */
    {"order 8", FIXTURE_GROUP_X25519,
     "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"},
    {"order 8, the other", FIXTURE_GROUP_X25519,
     "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"},
    {"p", FIXTURE_GROUP_X25519, "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
    {"one octet short", FIXTURE_GROUP_X25519,
     "09000000000000000000000000000000000000000000000000000000000000"},
    {"one octet long", FIXTURE_GROUP_X25519,
     "090000000000000000000000000000000000000000000000000000000000000000"},
    {"empty", FIXTURE_GROUP_X25519, ""},
    {"off the curve", FIXTURE_GROUP_ECP256,
     "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
     "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f6"},
    {"origin", FIXTURE_GROUP_ECP256,
     "0000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000"},
    {"coordinate above p", FIXTURE_GROUP_ECP256,
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
    {"with a form octet", FIXTURE_GROUP_ECP256,
     "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
     "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"},
};

static void
hostile_values_are_refused(gconstpointer data)
{
    g_auto(Fixture) fixture = {0};

    fixture_init(&fixture, GPOINTER_TO_SIZE(data));
    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autoptr(GBytes) octets = rvl_test_unhex(hostile[i].hex);
        const RvlOctets value = rvl_octets_from_bytes(octets);
        g_autoptr(GBytes) offered = NULL, answered = NULL;
        g_autoptr(RvlSecret) state = NULL, shared = NULL;
        g_autoptr(GError) error = NULL;

        g_test_message("%s", hostile[i].why);
        g_assert_false(rvl_key_exchange_answer(fixture.crypto, hostile[i].group, &value, &answered,
                                               &shared, &error));
        g_assert_cmpint(rvl_error_cause(error), !=, RVL_CAUSE_NONE);
        g_assert_null(answered);
        g_assert_null(shared);
        g_clear_error(&error);
        g_assert_true(
            rvl_key_exchange_offer(fixture.crypto, hostile[i].group, &offered, &state, &error));
        g_assert_false(rvl_key_exchange_finish(fixture.crypto, hostile[i].group, state, &value,
                                               &shared, &error));
        g_assert_null(shared);
    }
}

static void
unknown_group_is_unavailable(gconstpointer data)
{
    g_auto(Fixture) fixture = {0};
    g_autoptr(GBytes) value = NULL;
    g_autoptr(RvlSecret) state = NULL;

    fixture_init(&fixture, GPOINTER_TO_SIZE(data));
    for (uint32_t group = 0; group <= UINT16_MAX; group++) {
        g_autoptr(GError) error = NULL;

        if (group == FIXTURE_GROUP_ECP256 || group == FIXTURE_GROUP_X25519)
            continue;
        g_assert_false(
            rvl_key_exchange_offer(fixture.crypto, (uint16_t)group, &value, &state, &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_ALGORITHM_UNAVAILABLE);
    }
}

static void
length_is_told_without_a_job(gconstpointer data)
{
    g_auto(Fixture) fixture = {0};
    g_autoptr(GError) error = NULL;

    fixture_init(&fixture, GPOINTER_TO_SIZE(data));
    g_assert_true(
        rvl_key_exchange_check_length(fixture.crypto, FIXTURE_GROUP_X25519, false, 32, &error));
    g_assert_false(
        rvl_key_exchange_check_length(fixture.crypto, FIXTURE_GROUP_X25519, true, 31, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_MALFORMED);
}

/* A group of another kind: sizes differ by role, p is 0xffef, and the backend does as it is told. */
typedef struct {
    size_t public_octets;
    size_t secret_octets;
    uint8_t secret;
    bool refuses;
} Toy;

static void
make(const Toy *toy, GBytes **public_value, RvlSecret **secret)
{
    g_autofree uint8_t *octets = g_malloc0(toy->public_octets);

    *secret = rvl_secret_new(toy->secret_octets);
    memset(rvl_secret_fill(*secret), toy->secret, toy->secret_octets);
    if (public_value != NULL)
        *public_value = g_bytes_new(octets, toy->public_octets);
}

static bool
toy_offer(void *self,
          const RvlParameter *parameters,
          size_t n_parameters,
          GBytes **public_value,
          RvlSecret **state,
          GError **error)
{
    make(self, public_value, state);
    return true;
}

static bool
toy_answer(void *self,
           const RvlParameter *parameters,
           size_t n_parameters,
           const RvlOctets *peer_public,
           GBytes **public_value,
           RvlSecret **shared,
           GError **error)
{
    make(self, public_value, shared);
    return true;
}

static bool
toy_finish(void *self,
           const RvlParameter *parameters,
           size_t n_parameters,
           const RvlSecret *state,
           const RvlOctets *peer_public,
           RvlSecret **shared,
           GError **error)
{
    make(self, NULL, shared);
    return true;
}

static bool
toy_check(void *self,
          const RvlParameter *parameters,
          size_t n_parameters,
          const RvlOctets *peer_public,
          GError **error)
{
    return !((const Toy *)self)->refuses;
}

static RvlKem checking = {
    sizeof(RvlKem), "kem/example.org:checking", "toy", NULL, toy_offer, toy_answer, toy_finish,
    toy_check};
static RvlKem trusting = {sizeof(RvlKem), "kem/example.org:trusting",
                          "toy",          NULL,
                          toy_offer,      toy_answer,
                          toy_finish,     NULL};

static const RvlKem *
find_kem(void *context, const char *name, GError **error)
{
    return strcmp(name, checking.name) == 0 ? &checking : &trusting;
}

#define P_MINUS_1 "ffee"

static const uint8_t prime[] = {0xff, 0xef};
static const RvlParameter parameters[] = {{"p", {prime, sizeof prime}}};
static const RvlNumber checked_number[] = {{RVL_SPACE_IKEV2_KE, 1024}};
static const RvlNumber unchecked_number[] = {{RVL_SPACE_IKEV2_KE, 1025}};
static const RvlNumber roles_number[] = {{RVL_SPACE_IKEV2_KE, 1026}};
static const RvlNumber broken_number[] = {{RVL_SPACE_IKEV2_KE, 1027}};

#define CHECKED 1024
#define UNCHECKED 1025
#define ROLES 1026
#define BROKEN 1027

static const RvlGroupRow group_rows[] = {
    {.word = "checked",
     .numbers = checked_number,
     .n_numbers = 1,
     .offer_octets = 2,
     .answer_octets = 2,
     .secret_octets = 4,
     .checks = RVL_CHECK_RANGE | RVL_CHECK_SUBGROUP | RVL_CHECK_NONZERO,
     .primitive = "kem/example.org:checking",
     .parameters = parameters,
     .n_parameters = 1},
    {.word = "unchecked",
     .numbers = unchecked_number,
     .n_numbers = 1,
     .offer_octets = 2,
     .answer_octets = 2,
     .secret_octets = 4,
     .checks = RVL_CHECK_POINT,
     .primitive = "kem/example.org:trusting"},
    {.word = "roles",
     .numbers = roles_number,
     .n_numbers = 1,
     .offer_octets = 2,
     .answer_octets = 3,
     .secret_octets = 4,
     .primitive = "kem/example.org:trusting"},
    {.word = "broken",
     .numbers = broken_number,
     .n_numbers = 1,
     .offer_octets = 2,
     .answer_octets = 2,
     .secret_octets = 4,
     .checks = RVL_CHECK_RANGE,
     .primitive = "kem/example.org:trusting"},
};
static const RvlKeyExchange groups = {sizeof groups, group_rows, G_N_ELEMENTS(group_rows),
                                      sizeof group_rows[0]};
static const RvlProvision provides[] = {{RVL_CAPABILITY_KEY_EXCHANGE, "toys", &groups}};
static const RvlPlugin plugin = {.head = RVL_PLUGIN_HEAD, .name = "toys", RVL_PROVIDES(provides)};

/* What a toy that does as it is told makes of a peer's value. */
static const struct {
    const char *name;
    uint16_t group;
    Toy toy;
    const char *peer;
    RvlCause cause;
} rows[] = {
    {"two-is-in-range", CHECKED, {2, 4, 7, false}, "0002", RVL_CAUSE_NONE},
    {"p-minus-two-is-in-range", CHECKED, {2, 4, 7, false}, "ffed", RVL_CAUSE_NONE},
    {"zero-is-out-of-range", CHECKED, {2, 4, 7, false}, "0000", RVL_CAUSE_MESSAGE_MALFORMED},
    {"one-is-out-of-range", CHECKED, {2, 4, 7, false}, "0001", RVL_CAUSE_MESSAGE_MALFORMED},
    {"p-minus-one-is-out-of-range",
     CHECKED,
     {2, 4, 7, false},
     P_MINUS_1,
     RVL_CAUSE_MESSAGE_MALFORMED},
    {"p-is-out-of-range", CHECKED, {2, 4, 7, false}, "ffef", RVL_CAUSE_MESSAGE_MALFORMED},
    {"above-p-is-out-of-range", CHECKED, {2, 4, 7, false}, "ffff", RVL_CAUSE_MESSAGE_MALFORMED},
    {"leading-zeros-belong-to-the-length",
     CHECKED,
     {2, 4, 7, false},
     "02",
     RVL_CAUSE_MESSAGE_MALFORMED},
    {"primitive-refuses", CHECKED, {2, 4, 7, true}, "0002", RVL_CAUSE_MESSAGE_MALFORMED},
    {"secret-is-zero", CHECKED, {2, 4, 0, false}, "0002", RVL_CAUSE_MESSAGE_MALFORMED},
    {"backend-makes-a-short-secret", CHECKED, {2, 3, 7, false}, "0002", RVL_CAUSE_PLUGIN_FAILED},
    {"backend-makes-a-long-value", CHECKED, {3, 4, 7, false}, "0002", RVL_CAUSE_PLUGIN_FAILED},
    {"group-that-nobody-can-check",
     UNCHECKED,
     {2, 4, 7, false},
     "0002",
     RVL_CAUSE_ALGORITHM_UNAVAILABLE},
    {"answer-has-a-length-of-its-own", ROLES, {3, 4, 7, false}, "0002", RVL_CAUSE_NONE},
    {"offer-of-an-answer's-length", ROLES, {3, 4, 7, false}, "000002", RVL_CAUSE_MESSAGE_MALFORMED},
    {"range-without-p", BROKEN, {2, 4, 7, false}, "0002", RVL_CAUSE_ALGORITHM_UNAVAILABLE},
};

static void
peer_is_judged(gconstpointer data)
{
    const typeof(rows[0]) *c = data;
    Toy toy = c->toy;
    const RvlPrimitives primitives = {.size = sizeof primitives, .kem = find_kem};
    g_autoptr(RvlRegistry) registry = rvl_registry_new();
    g_autoptr(GBytes) octets = rvl_test_unhex(c->peer);
    const RvlOctets peer = rvl_octets_from_bytes(octets);
    g_autoptr(GBytes) answer = NULL;
    g_autoptr(RvlSecret) shared = NULL;
    g_autoptr(GError) error = NULL;

    checking.self = trusting.self = &toy;
    fixture_add(registry, &plugin, NULL);
    g_autoptr(RvlCrypto) crypto = rvl_crypto_new_over(registry, &primitives);
    bool held = rvl_key_exchange_answer(crypto, c->group, &peer, &answer, &shared, &error);

    g_assert_cmpint(held, ==, c->cause == RVL_CAUSE_NONE);
    g_assert_cmpint(rvl_error_cause(error), ==, c->cause);
    g_assert_true((shared != NULL) == held && (answer != NULL) == held);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_add_cases("/crypto/key-exchange", "both-ends-agree", both_ends_agree);
    fixture_add_cases("/crypto/key-exchange", "hostile-values-are-refused",
                      hostile_values_are_refused);
    fixture_add_cases("/crypto/key-exchange", "unknown-group-is-unavailable",
                      unknown_group_is_unavailable);
    fixture_add_cases("/crypto/key-exchange", "length-is-told-without-a-job",
                      length_is_told_without_a_job);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strconcat("/crypto/key-exchange/toy/", rows[i].name, NULL);

        g_test_add_data_func(name, &rows[i], peer_is_judged);
    }
    return g_test_run();
}
