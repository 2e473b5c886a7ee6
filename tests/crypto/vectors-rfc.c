/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers that RFCs print, and whole packets: ESP of two collections through packet protection. */
#include "config.h"

#include <string.h>

#include "crypto/built-rows.h"
#include "crypto/json-row.h"
#include "crypto/one-call.h"
#include "crypto/vectors.h"
#include "support/hex.h"

#define SALT_OCTETS 4
#define ESP_HEADER_OCTETS 8

static void
cipher_row(VectorRun *run, JsonObject *row)
{
    g_autoptr(GBytes) key = json_row_octets(row, "key");
    g_autoptr(GBytes) iv = json_row_octets(row, "iv");
    g_autoptr(GBytes) plain = json_row_octets(row, "plain");
    g_autoptr(GBytes) expected = json_row_octets(row, "cipher");
    g_autofree char *name = g_strdup_printf("cipher/aes-%zu-cbc", 8 * g_bytes_get_size(key));
    const RvlCipher *cipher = vector_cipher(run, name);
    g_autoptr(GBytes) made = cipher != NULL ? one_cipher(cipher, true, key, iv, plain) : NULL;

    if (cipher == NULL)
        return;
    run->n_cases++;
    g_assert_true(g_bytes_equal(made, expected));
}

/* The key has the salt at its end; the ciphertext the ICV. */
static void
aead_row(VectorRun *run, JsonObject *row)
{
    g_autoptr(GBytes) key_and_salt = json_row_octets(row, "key");
    size_t key_octets = g_bytes_get_size(key_and_salt) - SALT_OCTETS;
    g_autoptr(GBytes) key = g_bytes_new_from_bytes(key_and_salt, 0, key_octets);
    g_autofree char *nonce_hex =
        g_strconcat(json_row_text(row, "key") + 2 * key_octets, json_row_text(row, "iv"), NULL);
    g_autoptr(GBytes) nonce = rvl_test_unhex(nonce_hex);
    g_autoptr(GBytes) aad = json_row_octets(row, "adata");
    g_autoptr(GBytes) plain = json_row_octets(row, "plain");
    g_autoptr(GBytes) expected = json_row_octets(row, "cipher");
    size_t icv_octets = g_bytes_get_size(expected) - g_bytes_get_size(plain);
    bool is_gcm = g_str_has_prefix(json_row_text(row, "alg"), "ENCR_AES_GCM");
    g_autofree char *name = is_gcm ? g_strdup_printf("aead/aes-%zu-gcm", 8 * key_octets)
                                   : g_strdup("aead/chacha20-poly1305");
    const RvlAead *aead = vector_aead(run, name);
    g_autoptr(GBytes) made =
        aead != NULL ? one_seal(aead, key, nonce, aad, plain, icv_octets) : NULL;

    if (aead == NULL)
        return;
    run->n_cases++;
    g_assert_true(g_bytes_equal(made, expected));
}

/* `PRF_HMAC_SHA2_256`, `AUTH_HMAC_SHA2_256_128`: what is printed may be cut. */
static void
mac_row(VectorRun *run, JsonObject *row, const char *in, const char *out)
{
    static const struct {
        const char *part;
        const char *name;
    } macs[] = {
        {"SHA1", "mac/hmac-sha1"},
        {"SHA2_256", "mac/hmac-sha2-256"},
        {"SHA2_384", "mac/hmac-sha2-384"},
        {"SHA2_512", "mac/hmac-sha2-512"},
    };
    g_autoptr(GBytes) key = json_row_octets(row, "key");
    g_autoptr(GBytes) message = json_row_octets(row, in);
    g_autoptr(GBytes) expected = json_row_octets(row, out);
    const RvlMac *mac = NULL;
    g_autoptr(GBytes) made = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(macs) && mac == NULL; i++)
        if (strstr(json_row_text(row, "alg"), macs[i].part) != NULL)
            mac = vector_mac(run, macs[i].name);
    if (mac == NULL)
        return;
    run->n_cases++;
    made = one_mac(mac, key, message, g_bytes_get_size(expected));
    g_assert_true(g_bytes_equal(made, expected));
}

/* The seed is both ends' private values, one behind the other. */
static void
ke_row(VectorRun *run, JsonObject *row)
{
    static const struct {
        const char *method;
        const char *word;
    } groups[] = {
        {"CURVE_25519", "curve25519"}, {"ECP_384_BIT", "ecp384"},     {"ECP_521_BIT", "ecp521"},
        {"MODP_2048_BIT", "modp2048"}, {"MODP_3072_BIT", "modp3072"}, {"MODP_6144_BIT", "modp6144"},
        {"MODP_8192_BIT", "modp8192"},
    };
    const RvlGroupRow *group = NULL;
    const RvlKem *kem;
    g_autoptr(GBytes) seed = json_row_octets(row, "seed");
    g_autoptr(GBytes) public_i = json_row_octets(row, "pub_i");
    g_autoptr(GBytes) public_r = json_row_octets(row, "pub_r");
    g_autoptr(GBytes) shared = json_row_octets(row, "shared");
    size_t half = g_bytes_get_size(seed) / 2;
    g_autoptr(GBytes) private_i = g_bytes_new_from_bytes(seed, 0, half);
    g_autoptr(GBytes) private_r = g_bytes_new_from_bytes(seed, half, half);

    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        if (strcmp(json_row_text(row, "method"), groups[i].method) == 0)
            group = built_group(groups[i].word);
    if (group == NULL) {
        run->n_left_out++;
        return;
    }
    kem = vector_kem(run, group->primitive);
    if (kem == NULL)
        return;
    run->n_cases++;
    g_autoptr(GBytes) ours =
        one_finish(kem, group->parameters, group->n_parameters, private_i, public_r);
    g_autoptr(GBytes) theirs =
        one_finish(kem, group->parameters, group->n_parameters, private_r, public_i);
    g_assert_true(one_check(kem, group->parameters, group->n_parameters, public_r));
    g_assert_true(g_bytes_equal(ours, shared));
    g_assert_true(g_bytes_equal(theirs, shared));
}

void
rfc_rows(VectorRun *run)
{
    g_autoptr(JsonParser) parser = NULL;
    JsonArray *rows = json_rows(run->text, "vectors", &parser);

    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        const char *kind = json_row_text(row, "kind");

        if (strcmp(kind, "crypter") == 0)
            cipher_row(run, row);
        else if (strcmp(kind, "aead") == 0)
            aead_row(run, row);
        else if (strcmp(kind, "prf") == 0)
            mac_row(run, row, "seed", "out");
        else if (strcmp(kind, "signer") == 0)
            mac_row(run, row, "data", "mac");
        else if (strcmp(kind, "ke") == 0)
            ke_row(run, row);
        else
            run->n_left_out++;
    }
}

/* A packet, opened by a protection object that is made for it. */
typedef struct {
    const RvlSuiteRow *encr;
    const RvlSuiteRow *integ;
    GBytes *encr_key; /* with the salt */
    GBytes *integ_key;
    GBytes *aad;
    GBytes *rest; /* IV, ciphertext, ICV */
} Packet;

static RvlSecret *
secret_of(GBytes *octets)
{
    return octets != NULL
               ? rvl_secret_new_copy(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets))
               : NULL;
}

/* (transfer full): the plaintext, with its trailer; the ICV must hold, and not when it is touched. */
static GBytes *
open_packet(VectorRun *run, const Packet *packet)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RvlProtection) protection = rvl_protection_new(packet->encr, NULL, packet->integ,
                                                             NULL, &run->built->primitives, &error);
    g_autoptr(RvlSecret) encr = secret_of(packet->encr_key);
    g_autoptr(RvlSecret) integ = secret_of(packet->integ_key);
    g_autoptr(RvlProtectionKey) key = NULL;
    g_autoptr(RvlProtectionScratch) scratch = NULL;
    RvlProtectionShape shape;
    gsize size;
    const uint8_t *data = g_bytes_get_data(packet->rest, &size);
    g_autofree uint8_t *octets = g_memdup2(data, size);
    RvlPacket opened;

    g_assert_no_error(error);
    shape = *rvl_protection_shape(protection);
    key = rvl_protection_key_new(protection, 1, encr, integ, &error);
    g_assert_no_error(error);
    scratch = rvl_protection_scratch_new(protection);
    size -= shape.iv_octets + shape.icv_octets;
    opened = (RvlPacket){
        .key = key,
        .aad = rvl_octets_from_bytes(packet->aad),
        .iv = octets,
        .source = octets + shape.iv_octets,
        .destination = octets + shape.iv_octets,
        .octets = (uint32_t)size,
        .icv = octets + shape.iv_octets + size,
    };
    g_assert_cmpuint(rvl_protection_open(scratch, &opened, sizeof(opened), 1), ==, 1);
    g_autoptr(GBytes) plaintext = g_bytes_new(opened.destination, opened.octets);
    memcpy(octets, data, g_bytes_get_size(packet->rest));
    octets[0] ^= 0x80; /* of the IV */
    opened.status = RVL_CRYPT_PENDING;
    g_assert_cmpuint(rvl_protection_open(scratch, &opened, sizeof(opened), 1), ==, 0);
    g_assert_cmpint(opened.status, ==, RVL_CRYPT_FORGED);
    run->n_cases++;
    return g_steal_pointer(&plaintext);
}

static GBytes *
joined(JsonObject *row, const char *const *names)
{
    g_autoptr(GString) hex = g_string_new(NULL);

    for (; *names != NULL; names++)
        g_string_append(hex, json_row_text(row, *names));
    return rvl_test_unhex(hex->str);
}

/* RFC 3602 case 5 has no ICV: its cipher alone. */
static void
unauthenticated_packet(VectorRun *run, JsonObject *row)
{
    const RvlCipher *cipher = vector_cipher(run, "cipher/aes-128-cbc");
    g_autoptr(GBytes) key = json_row_octets(row, "key");
    g_autoptr(GBytes) iv = json_row_octets(row, "iv");
    g_autoptr(GBytes) plain = json_row_octets(row, "payload_with_trailer");
    g_autoptr(GBytes) expected = json_row_octets(row, "ciphertext");
    g_autoptr(GBytes) made = cipher != NULL ? one_cipher(cipher, true, key, iv, plain) : NULL;

    if (cipher == NULL)
        return;
    run->n_cases++;
    g_assert_true(g_bytes_equal(made, expected));
}

void
rfc_packets(VectorRun *run)
{
    g_autoptr(JsonParser) parser = NULL;
    JsonArray *rows = json_rows(run->text, "vectors", &parser);

    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        const char *plain_name = json_object_has_member(row, "plaintext_with_pad")
                                     ? "plaintext_with_pad"
                                     : "plaintext_with_trailer";

        if (strcmp(json_row_text(row, "alg"), "ENCR_CHACHA20_POLY1305") != 0) {
            unauthenticated_packet(run, row);
            continue;
        }
        if (vector_aead(run, "aead/chacha20-poly1305") == NULL)
            continue;
        g_autoptr(GBytes) key = joined(row, (const char *[]){"key", "salt", NULL});
        g_autoptr(GBytes) rest = joined(row, (const char *[]){"iv", "ciphertext_and_icv", NULL});
        g_autoptr(GBytes) aad = json_row_octets(row, "aad");
        g_autoptr(GBytes) expected = json_row_octets(row, plain_name);
        Packet packet = {
            .encr = built_suite(RVL_TRANSFORM_ENCR, "chacha20poly1305"),
            .encr_key = key,
            .aad = aad,
            .rest = rest,
        };
        g_autoptr(GBytes) plain = open_packet(run, &packet);

        g_assert_true(g_bytes_equal(plain, expected));
    }
}

/* The words of a packet's algorithms; false where it has others than these suites. */
static bool
suites_of(JsonObject *row, Packet *packet)
{
    static const struct {
        const char *algorithm;
        size_t key_octets;
        uint8_t type;
        const char *word;
    } suites[] = {
        {"AEAD_AES_GCM", 16, RVL_TRANSFORM_ENCR, "aes128gcm16"},
        {"AEAD_AES_GCM", 32, RVL_TRANSFORM_ENCR, "aes256gcm16"},
        {"CIPHER_AES_CBC", 16, RVL_TRANSFORM_ENCR, "aes128"},
        {"AUTH_SHA256_HMAC", 32, RVL_TRANSFORM_INTEG, "sha256"},
        {"AUTH_SHA512_HMAC", 64, RVL_TRANSFORM_INTEG, "sha512"},
    };
    JsonArray *algorithms = json_object_get_array_member(row, "algos");
    size_t encr_octets = strlen(json_row_text(row, "key") != NULL ? json_row_text(row, "key") : "");

    for (guint i = 0; i < json_array_get_length(algorithms); i++) {
        const char *algorithm = json_array_get_string_element(algorithms, i);
        const RvlSuiteRow *found = NULL;

        for (size_t j = 0; j < G_N_ELEMENTS(suites); j++)
            if (strcmp(algorithm, suites[j].algorithm) == 0 &&
                (suites[j].type == RVL_TRANSFORM_INTEG || encr_octets == 2 * suites[j].key_octets))
                found = built_suite(suites[j].type, suites[j].word);
        if (found == NULL)
            return i > 0 && packet->encr != NULL && packet->encr->is_combined;
        if (found->type == RVL_TRANSFORM_ENCR)
            packet->encr = found;
        else
            packet->integ = found;
    }
    return packet->encr != NULL;
}

static void
esp_packet(VectorRun *run, JsonObject *row)
{
    Packet packet = {0};
    g_autoptr(GBytes) whole = json_row_octets(row, "output_text");
    g_autoptr(GBytes) inner = json_row_octets(row, "input_text");
    size_t outer = (size_t)json_row_number(row, "outer_header_bytes");
    size_t esp = outer + ESP_HEADER_OCTETS;

    if (strcmp(json_row_text(row, "proto"), "ESP") != 0 || !suites_of(row, &packet)) {
        run->n_left_out++;
        return;
    }
    g_autoptr(GBytes) encr_key = packet.encr->is_combined
                                     ? joined(row, (const char *[]){"key", "salt", NULL})
                                     : json_row_octets(row, "key");
    g_autoptr(GBytes) auth_key = json_row_octets(row, "auth_key");
    g_autoptr(GBytes) aad = g_bytes_new_from_bytes(whole, outer, ESP_HEADER_OCTETS);
    g_autoptr(GBytes) rest = g_bytes_new_from_bytes(whole, esp, g_bytes_get_size(whole) - esp);
    g_autoptr(GBytes) plain = NULL;

    packet.encr_key = encr_key;
    packet.integ_key = packet.integ != NULL ? auth_key : NULL;
    packet.aad = aad;
    packet.rest = rest;
    /* HMAC takes a longer key as it is; a row's has one length (RFC 4868 2.1.1). */
    if (packet.integ != NULL && g_bytes_get_size(auth_key) != packet.integ->key_octets) {
        run->n_left_out++;
        return;
    }
    plain = open_packet(run, &packet);
    g_assert_cmpuint(g_bytes_get_size(plain), >, g_bytes_get_size(inner));
    g_assert_cmpmem(g_bytes_get_data(plain, NULL), g_bytes_get_size(inner),
                    g_bytes_get_data(inner, NULL), g_bytes_get_size(inner));
}

void
esp_packets(VectorRun *run)
{
    g_autoptr(JsonParser) parser = NULL;
    JsonArray *rows = json_rows(run->text, "vectors", &parser);

    for (guint i = 0; i < json_array_get_length(rows); i++)
        esp_packet(run, json_array_get_object_element(rows, i));
}
