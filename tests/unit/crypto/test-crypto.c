/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which backend serves a primitive: preference, overrides, and what a failed self-test means. */
#include "config.h"

#include "crypto/crypto.h"

#include <string.h>

#include <ravelin/error.h>
#include <ravelin/known-answer.h>

#include "fixture.h"

/* A backend with one hash that sums octets up; @wrong is added to what is right. */
typedef struct {
    RvlHash hash;
    uint8_t wrong;
    unsigned asked;
} Sums;

static bool
digest(void *self, const RvlOctets *parts, size_t n_parts, uint8_t *out)
{
    out[0] = ((const Sums *)self)->wrong;
    for (size_t i = 0; i < n_parts; i++)
        for (size_t octet = 0; octet < parts[i].size; octet++)
            out[0] = (uint8_t)(out[0] + parts[i].data[octet]);
    return true;
}

static const RvlHash *
find_hash(void *self, const char *name)
{
    Sums *sums = self;

    sums->asked++;
    return strcmp(name, sums->hash.name) == 0 ? &sums->hash : NULL;
}

static const char *
library(void *self)
{
    return "sums 1";
}

static const char *const *
names(void *self)
{
    static const char *const all[] = {"hash/example.org:sum", NULL};

    return all;
}

static bool
random_octets(void *self, uint8_t *out, size_t octets)
{
    memset(out, ((const Sums *)self)->hash.backend[0], octets);
    return true;
}

#define REFUSE(kind, Type)                                                                         \
    static const Type *no_##kind(void *self, const char *name)                                     \
    {                                                                                              \
        return NULL;                                                                               \
    }
REFUSE(mac, RvlMac)
REFUSE(cipher, RvlCipher)
REFUSE(aead, RvlAead)
REFUSE(kem, RvlKem)
REFUSE(signature, RvlSignature)

static const RvlKnownAnswer answers[] = {
    {.primitive = "hash/example.org:sum", .source = "1 + 2 = 3", .input = "0102", .output = "03"},
};
static const RvlKnownAnswers known = {sizeof known, answers, G_N_ELEMENTS(answers),
                                      sizeof answers[0]};

#define BACKEND(word)                                                                              \
    {                                                                                              \
        .size = sizeof(RvlCryptoBackend), .name = word, .library = library, .hash = find_hash,     \
        .mac = no_mac, .cipher = no_cipher, .aead = no_aead, .kem = no_kem,                        \
        .signature = no_signature, .names = names, .random = random_octets,                        \
        .known_answers = &known                                                                    \
    }
static const RvlCryptoBackend apple = BACKEND("apple"), pear = BACKEND("pear");
static const RvlProvision apple_provides[] = {{RVL_CAPABILITY_CRYPTO_BACKEND, "apple", &apple}};
static const RvlProvision pear_provides[] = {{RVL_CAPABILITY_CRYPTO_BACKEND, "pear", &pear}};
static const RvlPlugin plugins[] = {
    {.head = RVL_PLUGIN_HEAD, .name = "apple", RVL_PROVIDES(apple_provides)},
    {.head = RVL_PLUGIN_HEAD, .name = "pear", RVL_PROVIDES(pear_provides)},
};

#define SUM "hash/example.org:sum"

typedef struct {
    Sums sums[2];
    RvlRegistry *registry;
    RvlCrypto *crypto;
    RvlEvents events;
    unsigned n_refused;
    char *refused; /* sentence of the last event */
} Orchard;

static void
take_event(void *context, const RvlEvent *event)
{
    Orchard *orchard = context;

    g_assert_cmpuint(event->id, ==, RVL_EVENT_PRIMITIVE_REFUSED);
    orchard->n_refused++;
    g_free(orchard->refused);
    orchard->refused = rvl_event_sentence(event);
}

static void
set_up(Orchard *orchard, gconstpointer data)
{
    orchard->registry = rvl_registry_new();
    orchard->events = (RvlEvents){sizeof(RvlEvents), orchard, take_event};
    for (size_t i = 0; i < G_N_ELEMENTS(plugins); i++) {
        orchard->sums[i].hash = (RvlHash){
            .size = sizeof(RvlHash),
            .name = SUM,
            .backend = plugins[i].name,
            .self = &orchard->sums[i],
            .output_octets = 1,
            .block_octets = 1,
            .digest = digest,
        };
        fixture_add(orchard->registry, &plugins[i], &orchard->sums[i]);
    }
}

static void
tear_down(Orchard *orchard, gconstpointer data)
{
    g_clear_pointer(&orchard->crypto, rvl_crypto_free);
    rvl_registry_free(orchard->registry);
    g_free(orchard->refused);
}

static void
make(Orchard *orchard, const RvlBackendOverride *overrides, size_t n)
{
    g_autoptr(GError) error = NULL;

    orchard->crypto = rvl_crypto_new(orchard->registry, overrides, n, &orchard->events, &error);
    g_assert_no_error(error);
}

static void
assert_served_by(const Orchard *orchard, const char *backend)
{
    const RvlPrimitives *primitives = rvl_crypto_primitives(orchard->crypto);
    g_autoptr(GError) error = NULL;
    const RvlHash *hash = primitives->hash(primitives->context, SUM, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(hash->backend, ==, backend);
    g_assert_cmpstr(rvl_crypto_backend_of(orchard->crypto, SUM, &error), ==, backend);
}

static void
preferred_backend_serves(Orchard *orchard, gconstpointer data)
{
    static const char *const pear_first[] = {"pear", NULL};
    uint8_t drawn;

    rvl_registry_prefer(orchard->registry, RVL_CAPABILITY_CRYPTO_BACKEND, pear_first);
    make(orchard, NULL, 0);
    assert_served_by(orchard, "pear");
    g_assert_cmpuint(orchard->sums[0].asked, ==, 0);
    const RvlPrimitives *primitives = rvl_crypto_primitives(orchard->crypto);

    g_assert_true(primitives->random(primitives->context, &drawn, 1));
    g_assert_cmpuint(drawn, ==, 'p');
}

static void
answer_is_remembered(Orchard *orchard, gconstpointer data)
{
    make(orchard, NULL, 0);
    for (int i = 0; i < 3; i++)
        assert_served_by(orchard, "apple");
    g_assert_cmpuint(orchard->sums[0].asked, ==, 1);
    g_assert_cmpuint(orchard->n_refused, ==, 0);
}

static void
override_beats_preference(Orchard *orchard, gconstpointer data)
{
    const RvlBackendOverride override = {SUM, "pear"};

    make(orchard, &override, 1);
    assert_served_by(orchard, "pear");
}

static void
failed_self_test_falls_to_the_next(Orchard *orchard, gconstpointer data)
{
    orchard->sums[0].wrong = 1;
    make(orchard, NULL, 0);
    assert_served_by(orchard, "pear");
    assert_served_by(orchard, "pear");
    g_assert_cmpuint(orchard->n_refused, ==, 1);
    g_assert_nonnull(strstr(orchard->refused, SUM));
    g_assert_nonnull(strstr(orchard->refused, "apple"));
}

static void
failed_self_test_of_an_override_has_no_next(Orchard *orchard, gconstpointer data)
{
    const RvlBackendOverride override = {SUM, "apple"};
    g_autoptr(GError) error = NULL;

    orchard->sums[0].wrong = 1;
    make(orchard, &override, 1);
    g_assert_null(rvl_crypto_backend_of(orchard->crypto, SUM, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_SELF_TEST_FAILED);
    g_assert_cmpuint(orchard->sums[1].asked, ==, 0);
}

static void
unknown_primitive_is_unavailable(Orchard *orchard, gconstpointer data)
{
    static const char *const unknown[] = {"hash/example.org:none", "mac/example.org:sum", "sum",
                                          ""};

    make(orchard, NULL, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(rvl_crypto_backend_of(orchard->crypto, unknown[i], &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_ALGORITHM_UNAVAILABLE);
    }
    const RvlPrimitives *primitives = rvl_crypto_primitives(orchard->crypto);

    g_assert_null(primitives->mac(primitives->context, SUM, NULL)); /* a hash is no MAC */
    g_assert_null(primitives->hash(primitives->context, NULL, NULL));
}

static void
missing_backend_is_refused(Orchard *orchard, gconstpointer data)
{
    const RvlBackendOverride override = {SUM, "cherry"};
    g_autoptr(RvlRegistry) empty = rvl_registry_new();
    g_autoptr(GError) error = NULL;

    g_assert_null(rvl_crypto_new(orchard->registry, &override, 1, NULL, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_PLUGIN_MISSING);
    g_clear_error(&error);
    g_assert_null(rvl_crypto_new(empty, NULL, 0, NULL, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_PLUGIN_MISSING);
}

static void
key_ids_never_repeat(Orchard *orchard, gconstpointer data)
{
    uint64_t last = 0;

    make(orchard, NULL, 0);
    for (int i = 0; i < 1000; i++) {
        uint64_t id = rvl_crypto_next_key_id(orchard->crypto);

        g_assert_cmpuint(id, >, last);
        last = id;
    }
}

/* Threads that ask for the same at once get the same, and one of them reports. */
static void *
ask(void *data)
{
    const RvlPrimitives *primitives = data;

    return (void *)primitives->hash(primitives->context, SUM, NULL);
}

static void
threads_agree(Orchard *orchard, gconstpointer data)
{
    GThread *threads[8];
    const void *found = NULL;

    orchard->sums[0].wrong = 1;
    make(orchard, NULL, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("ask", ask, (void *)rvl_crypto_primitives(orchard->crypto));
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
        const void *hash = g_thread_join(threads[i]);

        g_assert_true(found == NULL || hash == found);
        found = hash;
    }
    g_assert_cmpuint(orchard->n_refused, ==, 1);
}

static const struct {
    const char *path;
    void (*run)(Orchard *orchard, gconstpointer data);
} cases[] = {
    {"/crypto/primitives/preferred-backend-serves", preferred_backend_serves},
    {"/crypto/primitives/answer-is-remembered", answer_is_remembered},
    {"/crypto/primitives/override-beats-preference", override_beats_preference},
    {"/crypto/primitives/failed-self-test-falls-to-the-next", failed_self_test_falls_to_the_next},
    {"/crypto/primitives/failed-self-test-of-an-override-has-no-next",
     failed_self_test_of_an_override_has_no_next},
    {"/crypto/primitives/unknown-primitive-is-unavailable", unknown_primitive_is_unavailable},
    {"/crypto/primitives/missing-backend-is-refused", missing_backend_is_refused},
    {"/crypto/primitives/key-ids-never-repeat", key_ids_never_repeat},
    {"/crypto/primitives/threads-agree", threads_agree},
};

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_test_add(cases[i].path, Orchard, NULL, set_up, cases[i].run, tear_down);
    return g_test_run();
}
