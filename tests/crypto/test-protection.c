/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packet protection: what it composes and refuses, its IVs, batches, threads and what it forgets. */
#include "config.h"

#include <string.h>
#include <ravelin/error.h>
#include <ravelin/macros.h>
#include <ravelin/protection.h>

#include "crypto/built-backends.h"
#include "crypto/built-rows.h"
#include "fakes/toy-backend.h"

#define TEXT_OCTETS 32

/* RFC 2410: a row of the kind that a suite for ENCR_NULL has. */
static const RvlSuiteRow encr_null = {
    .type = RVL_TRANSFORM_ENCR,
    .word = "null",
    .uses = RVL_USE_ESP,
    .block_octets = 1,
};

typedef struct {
    ToyBackend *toy;
    RvlPrimitives primitives;
    RvlProtection *protection;
    RvlProtectionKey *key;
    RvlProtectionScratch *scratch;
    RvlProtectionShape shape;
    uint8_t aad[8], iv[16], text[TEXT_OCTETS], icv[32];
    RvlPacket packet;
} Fixture;

static RvlProtectionKey *
key_of(const RvlProtection *protection, uint64_t id)
{
    RvlProtectionShape shape;
    g_autoptr(RvlSecret) encr = NULL;
    g_autoptr(RvlSecret) integ = NULL;
    g_autoptr(GError) error = NULL;
    RvlProtectionKey *key;

    shape = *rvl_protection_shape(protection);
    encr = rvl_secret_new(shape.encr_octets);
    integ = rvl_secret_new(shape.integ_octets);
    if (shape.encr_octets > 0)
        rvl_secret_fill(encr)[0] = (uint8_t)id;
    if (shape.integ_octets > 0)
        rvl_secret_fill(integ)[0] = (uint8_t)id;
    key = rvl_protection_key_new(protection, id, encr, integ, &error);
    g_assert_no_error(error);
    return key;
}

static void
set_up(Fixture *f, const RvlSuiteRow *encr, const RvlSuiteRow *integ)
{
    g_autoptr(GError) error = NULL;

    f->toy = toy_backend_new(1);
    f->primitives = *toy_backend_primitives(f->toy);
    f->protection = rvl_protection_new(encr, NULL, integ, NULL, &f->primitives, &error);
    g_assert_no_error(error);
    f->shape = *rvl_protection_shape(f->protection);
    f->key = key_of(f->protection, 1);
    f->scratch = rvl_protection_scratch_new(f->protection);
    f->packet = (RvlPacket){
        .key = f->key,
        .sequence = UINT64_C(0x0102030405060708),
        .aad = RVL_OCTETS(f->aad, sizeof(f->aad)),
        .iv = f->iv,
        .source = f->text,
        .destination = f->text,
        .octets = TEXT_OCTETS,
        .icv = f->icv,
    };
}

static void
tear_down(Fixture *f)
{
    rvl_protection_scratch_free(f->scratch);
    rvl_protection_key_unref(f->key);
    rvl_protection_unref(f->protection);
    toy_backend_free(f->toy);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, tear_down)

static bool
seal(Fixture *f)
{
    f->packet.status = RVL_CRYPT_PENDING;
    return rvl_protection_seal(f->scratch, &f->packet, sizeof(f->packet), 1) == 1;
}

static bool
open(Fixture *f)
{
    f->packet.status = RVL_CRYPT_PENDING;
    return rvl_protection_open(f->scratch, &f->packet, sizeof(f->packet), 1) == 1;
}

static void
cipher_needs_a_mac(void)
{
    g_autoptr(ToyBackend) toy = toy_backend_new(1);
    const RvlPrimitives *primitives = toy_backend_primitives(toy);
    const RvlSuiteRow *integ = built_suite(RVL_TRANSFORM_INTEG, "sha256");
    g_autoptr(GError) naked = NULL;
    g_autoptr(GError) null = NULL;
    g_autoptr(GError) twice = NULL;

    g_assert_null(rvl_protection_new(built_suite(RVL_TRANSFORM_ENCR, "aes128"), NULL, NULL, NULL,
                                     primitives, &naked));
    g_assert_error(naked, RVL_ERROR, RVL_CAUSE_CONFIG_INVALID);
    g_assert_null(rvl_protection_new(&encr_null, NULL, NULL, NULL, primitives, &null));
    g_assert_error(null, RVL_ERROR, RVL_CAUSE_CONFIG_INVALID);
    g_assert_null(rvl_protection_new(built_suite(RVL_TRANSFORM_ENCR, "aes128gcm16"), NULL, integ,
                                     NULL, primitives, &twice));
    g_assert_error(twice, RVL_ERROR, RVL_CAUSE_CONFIG_INVALID);
}

static void
missing_primitive_is_named(void)
{
    g_autoptr(ToyBackend) toy = toy_backend_new(1);
    RvlSuiteRow row = *built_suite(RVL_TRANSFORM_ENCR, "aes128gcm16");
    g_autoptr(GError) missing = NULL;
    g_autoptr(GError) sizes = NULL;

    row.primitive = "aead/example.com:other";
    g_assert_null(
        rvl_protection_new(&row, NULL, NULL, NULL, toy_backend_primitives(toy), &missing));
    g_assert_error(missing, RVL_ERROR, RVL_CAUSE_ALGORITHM_UNAVAILABLE);
    g_assert_cmpstr(rvl_error_found(missing), ==, "aead/example.com:other");
    row.primitive = "aead/aes-256-gcm";
    g_assert_null(rvl_protection_new(&row, NULL, NULL, NULL, toy_backend_primitives(toy), &sizes));
    g_assert_error(sizes, RVL_ERROR, RVL_CAUSE_ALGORITHM_UNAVAILABLE);
}

static void
key_of_wrong_length_is_refused(void)
{
    g_auto(Fixture) f = {0};
    g_autoptr(RvlSecret) without_salt = rvl_secret_new(16);
    g_autoptr(GError) error = NULL;

    set_up(&f, built_suite(RVL_TRANSFORM_ENCR, "aes128gcm16"), NULL);
    g_assert_null(rvl_protection_key_new(f.protection, 2, without_salt, NULL, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_CONFIG_INVALID);
    g_assert_cmpstr(rvl_error_found(error), ==, "16");
    g_assert_cmpstr(rvl_error_wanted(error), ==, "20");
}

/* RFC 4106 3.1: unique; here it is the sequence number. */
static void
iv_of_an_aead_is_the_sequence(void)
{
    static const uint8_t expected[] = {1, 2, 3, 4, 5, 6, 7, 8};
    g_auto(Fixture) f = {0};

    set_up(&f, built_suite(RVL_TRANSFORM_ENCR, "aes128gcm16"), NULL);
    g_assert_true(seal(&f));
    g_assert_cmpmem(f.iv, f.shape.iv_octets, expected, sizeof(expected));
    g_assert_true(open(&f));
}

/* RFC 3602 3: not to be foreseen; the sequence number plays no part. */
static void
iv_of_cbc_is_drawn(void)
{
    g_auto(Fixture) f = {0};
    uint8_t first[16];

    set_up(&f, built_suite(RVL_TRANSFORM_ENCR, "aes128"),
           built_suite(RVL_TRANSFORM_INTEG, "sha256"));
    g_assert_true(seal(&f));
    memcpy(first, f.iv, sizeof(first));
    for (size_t i = 0; i < 3 * RVL_PROTECTION_BATCH; i++) {
        g_assert_true(seal(&f));
        g_assert_true(memcmp(first, f.iv, sizeof(first)) != 0);
    }
}

static bool
no_randomness(void *context, uint8_t *out, size_t octets)
{
    return false;
}

static void
without_randomness_nothing_is_sealed(void)
{
    g_auto(Fixture) f = {0};

    set_up(&f, built_suite(RVL_TRANSFORM_ENCR, "aes128"),
           built_suite(RVL_TRANSFORM_INTEG, "sha256"));
    f.primitives.random = no_randomness;
    g_assert_false(seal(&f));
    g_assert_cmpint(f.packet.status, ==, RVL_CRYPT_FAILED);
}

static void
forgery_is_not_decrypted(void)
{
    g_auto(Fixture) f = {0};
    uint8_t sealed[TEXT_OCTETS];

    set_up(&f, built_suite(RVL_TRANSFORM_ENCR, "aes128"),
           built_suite(RVL_TRANSFORM_INTEG, "sha256"));
    g_assert_true(seal(&f));
    memcpy(sealed, f.text, sizeof(sealed));
    f.icv[0] ^= 1;
    g_assert_false(open(&f));
    g_assert_cmpint(f.packet.status, ==, RVL_CRYPT_FORGED);
    g_assert_cmpmem(f.text, sizeof(f.text), sealed, sizeof(sealed));
}

static void
iv_is_authenticated(void)
{
    g_auto(Fixture) f = {0};

    set_up(&f, built_suite(RVL_TRANSFORM_ENCR, "aes256"),
           built_suite(RVL_TRANSFORM_INTEG, "sha512"));
    g_assert_true(seal(&f));
    f.iv[15] ^= 1;
    g_assert_false(open(&f));
    g_assert_cmpint(f.packet.status, ==, RVL_CRYPT_FORGED);
}

static void
null_cipher_leaves_the_text(void)
{
    g_auto(Fixture) f = {0};
    uint8_t text[TEXT_OCTETS];

    set_up(&f, &encr_null, built_suite(RVL_TRANSFORM_INTEG, "sha256"));
    memset(f.text, 7, sizeof(f.text));
    memset(text, 7, sizeof(text));
    g_assert_true(seal(&f));
    g_assert_cmpmem(f.text, sizeof(f.text), text, sizeof(text));
    g_assert_true(open(&f));
    f.text[0] ^= 1;
    g_assert_false(open(&f));
}

static void
source_and_destination_may_be_apart(void)
{
    g_auto(Fixture) f = {0};
    uint8_t elsewhere[TEXT_OCTETS], back[TEXT_OCTETS];
    uint8_t text[TEXT_OCTETS] = {0};

    set_up(&f, built_suite(RVL_TRANSFORM_ENCR, "aes256gcm8"), NULL);
    f.packet.destination = elsewhere;
    g_assert_true(seal(&f));
    g_assert_cmpmem(f.text, sizeof(f.text), text, sizeof(text));
    f.packet.source = elsewhere;
    f.packet.destination = back;
    g_assert_true(open(&f));
    g_assert_cmpmem(back, sizeof(back), text, sizeof(text));
}

static void
packets_that_are_not_pending_are_skipped(void)
{
    g_auto(Fixture) f = {0};

    set_up(&f, built_suite(RVL_TRANSFORM_ENCR, "aes128gcm16"), NULL);
    f.packet.status = RVL_CRYPT_FORGED;
    g_assert_cmpuint(rvl_protection_seal(f.scratch, &f.packet, sizeof(f.packet), 1), ==, 0);
    g_assert_cmpint(f.packet.status, ==, RVL_CRYPT_FORGED);
    g_assert_cmpint(f.text[0], ==, 0);
}

static void
key_of_another_protection_is_refused(void)
{
    g_auto(Fixture) f = {0};
    g_auto(Fixture) other = {0};

    set_up(&f, built_suite(RVL_TRANSFORM_ENCR, "aes128gcm16"), NULL);
    set_up(&other, built_suite(RVL_TRANSFORM_ENCR, "aes128gcm12"), NULL);
    f.packet.key = other.key;
    g_assert_false(seal(&f));
    g_assert_cmpint(f.packet.status, ==, RVL_CRYPT_FAILED);
}

/* An installer's packet has more fields than the contract's. */
typedef struct {
    uint64_t before;
    RvlPacket packet;
    uint8_t text[TEXT_OCTETS];
    uint8_t iv[8];
    uint8_t icv[16];
} OwnPacket;

static void
batch_has_a_stride_and_many_keys(void)
{
    enum { N = 2 * RVL_PROTECTION_BATCH + 3 };
    g_auto(Fixture) f = {0};
    g_autofree OwnPacket *own = g_new0(OwnPacket, N);
    g_autoptr(GPtrArray) keys =
        g_ptr_array_new_with_free_func((GDestroyNotify)rvl_protection_key_unref);

    set_up(&f, built_suite(RVL_TRANSFORM_ENCR, "chacha20poly1305"), NULL);
    for (size_t i = 0; i < N; i++) {
        g_ptr_array_add(keys, key_of(f.protection, 10 + i));
        own[i].packet = (RvlPacket){
            .key = g_ptr_array_index(keys, i),
            .sequence = i,
            .iv = own[i].iv,
            .source = own[i].text,
            .destination = own[i].text,
            .octets = TEXT_OCTETS,
            .icv = own[i].icv,
        };
    }
    g_assert_cmpuint(rvl_protection_seal(f.scratch, &own[0].packet, sizeof(own[0]), N), ==, N);
    for (size_t i = 0; i < N; i++)
        own[i].packet.status = RVL_CRYPT_PENDING;
    own[70].packet.key = own[71].packet.key;
    g_assert_cmpuint(rvl_protection_open(f.scratch, &own[0].packet, sizeof(own[0]), N), ==, N - 1);
    g_assert_cmpint(own[70].packet.status, ==, RVL_CRYPT_FORGED);
}

/* A backend that computes cipher and MAC at one go, with a queue that is done when it is asked. */
static RvlAead fused;
static RvlCryptItem *queued;
static size_t n_queued;

static void
fused_queue(void *self, void *scratch, RvlCryptItem *items, size_t stride, size_t n)
{
    queued = items;
    n_queued = n;
}

static size_t
fused_poll(void *self, void *scratch)
{
    for (size_t i = 0; i < n_queued; i++)
        queued[i].status = queued[i].key.size == 48 && queued[i].tail.size == 4 ? RVL_CRYPT_DONE
                                                                                : RVL_CRYPT_FAILED;
    return n_queued;
}

static const RvlAead *
fused_aead(void *context, const char *name, GError **error)
{
    return strcmp(name, "aead/aes-128-cbc+hmac-sha2-256") == 0 ? &fused : NULL;
}

static void
fused_backend_is_asked_first(void)
{
    g_auto(Fixture) plain = {0};
    RvlPrimitives primitives;
    g_autoptr(RvlProtection) protection = NULL;
    g_autoptr(RvlProtectionKey) key = NULL;
    g_autoptr(RvlProtectionScratch) scratch = NULL;
    RvlPacket packet;

    set_up(&plain, built_suite(RVL_TRANSFORM_ENCR, "aes128"),
           built_suite(RVL_TRANSFORM_INTEG, "sha256"));
    fused = *plain.primitives.aead(plain.primitives.context, "aead/aes-128-gcm", NULL);
    fused.backend = "fused";
    fused.key_octets = 48;
    fused.nonce_octets = 16;
    fused.icv_octets = 16;
    fused.seal = fused.open = fused_queue;
    fused.poll = fused_poll;
    primitives = plain.primitives;
    primitives.aead = fused_aead;
    protection =
        rvl_protection_new(built_suite(RVL_TRANSFORM_ENCR, "aes128"), NULL,
                           built_suite(RVL_TRANSFORM_INTEG, "sha256"), NULL, &primitives, NULL);
    g_assert_cmpstr(rvl_protection_backend(protection), ==, "fused");
    key = key_of(protection, 1);
    scratch = rvl_protection_scratch_new(protection);
    packet = plain.packet;
    packet.key = key;
    packet.tail = RVL_OCTETS("esn!", 4);
    g_assert_cmpuint(rvl_protection_seal(scratch, &packet, sizeof(packet), 1), ==, 1);
    g_assert_cmpint(packet.status, ==, RVL_CRYPT_DONE);
}

/* Many threads, one protection and one key, each with a scratch of its own. */
typedef struct {
    const RvlProtection *protection;
    const RvlProtectionKey *key;
} Shared;

static gpointer
work(gpointer data)
{
    const Shared *shared = data;
    g_autoptr(RvlProtectionScratch) scratch = rvl_protection_scratch_new(shared->protection);
    uint8_t iv[16], text[TEXT_OCTETS] = {0}, icv[32], aad[8] = {0};
    RvlPacket packet = {
        .key = shared->key,
        .aad = RVL_OCTETS(aad, sizeof(aad)),
        .iv = iv,
        .source = text,
        .destination = text,
        .octets = TEXT_OCTETS,
        .icv = icv,
    };
    size_t held = 0;

    for (size_t i = 0; i < 500; i++) {
        packet.sequence = i;
        packet.status = RVL_CRYPT_PENDING;
        held += rvl_protection_seal(scratch, &packet, sizeof(packet), 1);
        packet.status = RVL_CRYPT_PENDING;
        held += rvl_protection_open(scratch, &packet, sizeof(packet), 1);
    }
    return GSIZE_TO_POINTER(held);
}

static void
threads_share_a_key(gconstpointer data)
{
    const BuiltBackend *built = data;
    const char *const words[][2] = {{"aes256gcm16", NULL}, {"aes128", "sha256"}};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(RvlProtection) protection = rvl_protection_new(
            built_suite(RVL_TRANSFORM_ENCR, words[i][0]), NULL,
            words[i][1] != NULL ? built_suite(RVL_TRANSFORM_INTEG, words[i][1]) : NULL, NULL,
            &built->primitives, &error);
        g_autoptr(RvlProtectionKey) key = key_of(protection, 1);
        Shared shared = {protection, key};
        GThread *threads[4];

        for (size_t j = 0; j < G_N_ELEMENTS(threads); j++)
            threads[j] = g_thread_new("packets", work, &shared);
        for (size_t j = 0; j < G_N_ELEMENTS(threads); j++)
            g_assert_cmpuint(GPOINTER_TO_SIZE(g_thread_join(threads[j])), ==, 1000);
    }
}

#define TEST(name, function) g_test_add_func("/crypto/protection/" name, function)

int
main(int argc, char **argv)
{
    size_t n;
    const BuiltBackend *built = built_backends(&n);

    g_test_init(&argc, &argv, NULL);
    TEST("cipher-needs-a-mac", cipher_needs_a_mac);
    TEST("missing-primitive-is-named", missing_primitive_is_named);
    TEST("key-of-wrong-length-is-refused", key_of_wrong_length_is_refused);
    TEST("iv-of-an-aead-is-the-sequence", iv_of_an_aead_is_the_sequence);
    TEST("iv-of-cbc-is-drawn", iv_of_cbc_is_drawn);
    TEST("without-randomness-nothing-is-sealed", without_randomness_nothing_is_sealed);
    TEST("forgery-is-not-decrypted", forgery_is_not_decrypted);
    TEST("iv-is-authenticated", iv_is_authenticated);
    TEST("null-cipher-leaves-the-text", null_cipher_leaves_the_text);
    TEST("source-and-destination-may-be-apart", source_and_destination_may_be_apart);
    TEST("packets-that-are-not-pending-are-skipped", packets_that_are_not_pending_are_skipped);
    TEST("key-of-another-protection-is-refused", key_of_another_protection_is_refused);
    TEST("batch-has-a-stride-and-many-keys", batch_has_a_stride_and_many_keys);
    TEST("fused-backend-is-asked-first", fused_backend_is_asked_first);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *path =
            built_backend_path("/crypto/protection", &built[i], "threads-share-a-key");

        g_test_add_data_func(path, &built[i], threads_share_a_key);
    }
    return g_test_run();
}
