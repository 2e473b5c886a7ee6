/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NIST's CAVP files: lines of `name = value`, a case each blank line, headings in brackets. */
#include "config.h"

#include <string.h>

#include "crypto/built-rows.h"
#include "crypto/one-call.h"
#include "crypto/vectors.h"
#include "support/hex.h"

/* What a case says: the values of its lines, and those of the headings above it. */
typedef struct {
    GHashTable *values;
    const char *heading; /* the last that has no value: `ENCRYPT` */
} CavpCase;

static const char *
text_of(const CavpCase *c, const char *name)
{
    return g_hash_table_lookup(c->values, name);
}

static bool
has(const CavpCase *c, const char *name)
{
    return g_hash_table_contains(c->values, name);
}

/* (transfer full): a value; an odd digit gets a zero before it. */
static GBytes *
octets_of(const CavpCase *c, const char *name)
{
    const char *hex = text_of(c, name);
    g_autofree char *even = NULL;

    g_assert_nonnull(hex);
    even = g_strconcat(strlen(hex) % 2 != 0 ? "0" : "", hex, NULL);
    return rvl_test_unhex(even);
}

static guint64
number_of(const CavpCase *c, const char *name)
{
    return g_ascii_strtoull(text_of(c, name), NULL, 10);
}

/* Calls @one for each case; a case ends where a line is blank and @last was among its lines. */
static void
each_case(VectorRun *run, const char *last, void (*one)(VectorRun *run, const CavpCase *c))
{
    g_auto(GStrv) lines = g_strsplit(run->text, "\n", -1);
    g_autoptr(GHashTable) values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    CavpCase c = {.values = values};

    for (char **line = lines; *line != NULL; line++) {
        char *text = g_strstrip(*line);
        char *end = strchr(text, ']');
        char *equals;

        if (text[0] == '#')
            continue;
        if (text[0] == '[' && end != NULL)
            *end = '\0';
        text += text[0] == '[';
        equals = strchr(text, '=');
        if (equals != NULL) {
            *equals = '\0';
            g_hash_table_insert(values, g_strdup(g_strstrip(text)),
                                g_strdup(g_strstrip(equals + 1)));
        } else if (strcmp(text, "FAIL") == 0) {
            g_hash_table_insert(values, g_strdup("FAIL"), g_strdup(""));
        } else if (*text != '\0') {
            c.heading = text;
        } else if (has(&c, last)) {
            one(run, &c);
            g_hash_table_remove(values, "FAIL");
            g_hash_table_remove(values, last);
        }
    }
    if (has(&c, last))
        one(run, &c);
}

static void
gcm_case(VectorRun *run, const CavpCase *c)
{
    const RvlAead *aead = vector_aead(run, run->detail);
    guint64 icv_octets = number_of(c, "Taglen") / 8;
    g_autoptr(GBytes) key = octets_of(c, "Key");
    g_autoptr(GBytes) nonce = octets_of(c, "IV");
    g_autoptr(GBytes) aad = octets_of(c, "AAD");
    g_autofree char *sealed_hex = g_strconcat(text_of(c, "CT"), text_of(c, "Tag"), NULL);
    g_autoptr(GBytes) sealed = rvl_test_unhex(sealed_hex);
    g_autoptr(GBytes) opened = NULL;
    g_autoptr(GBytes) made = NULL;
    RvlCryptStatus status;

    /* ESP and IKE have nonces of 96 bits, and no ICV below 64 (RFC 4106 4, 6). */
    if (number_of(c, "IVlen") != 96 || icv_octets < 8) {
        run->n_left_out++;
        return;
    }
    if (aead == NULL)
        return;
    run->n_cases++;
    opened = one_open(aead, key, nonce, aad, sealed, icv_octets, &status);
    if (has(c, "FAIL")) {
        g_assert_cmpint(status, ==, RVL_CRYPT_FORGED);
        return;
    }
    g_assert_cmpint(status, ==, RVL_CRYPT_DONE);
    made = one_seal(aead, key, nonce, aad, opened, icv_octets);
    g_assert_true(g_bytes_equal(made, sealed));
    if (has(c, "PT")) {
        g_autoptr(GBytes) plaintext = octets_of(c, "PT");

        g_assert_true(g_bytes_equal(opened, plaintext));
    }
}

/* A forged case has no PT, a sealing one has PT before CT: the tag stands in all of them. */
void
cavp_gcm(VectorRun *run)
{
    each_case(run, "Tag", gcm_case);
}

static void
cbc_case(VectorRun *run, const CavpCase *c)
{
    const RvlCipher *cipher = vector_cipher(run, run->detail);
    g_autoptr(GBytes) key = octets_of(c, "KEY");
    g_autoptr(GBytes) iv = octets_of(c, "IV");
    g_autoptr(GBytes) plaintext = octets_of(c, "PLAINTEXT");
    g_autoptr(GBytes) ciphertext = octets_of(c, "CIPHERTEXT");
    g_autoptr(GBytes) encrypted = NULL;
    g_autoptr(GBytes) decrypted = NULL;

    if (cipher == NULL)
        return;
    run->n_cases++;
    encrypted = one_cipher(cipher, true, key, iv, plaintext);
    decrypted = one_cipher(cipher, false, key, iv, ciphertext);
    g_assert_true(g_bytes_equal(encrypted, ciphertext));
    g_assert_true(g_bytes_equal(decrypted, plaintext));
}

void
cavp_cbc(VectorRun *run)
{
    each_case(run, "KEY", cbc_case);
}

static void
hmac_case(VectorRun *run, const CavpCase *c)
{
    const RvlMac *mac = vector_mac(run, run->detail);
    g_autoptr(GBytes) key = octets_of(c, "Key");
    g_autoptr(GBytes) message = octets_of(c, "Msg");
    g_autoptr(GBytes) expected = octets_of(c, "MD");
    g_autoptr(GBytes) made = NULL;

    if (mac == NULL)
        return;
    run->n_cases++;
    made = one_mac(mac, key, message, g_bytes_get_size(expected));
    g_assert_true(g_bytes_equal(made, expected));
}

void
cavp_hmac(VectorRun *run)
{
    each_case(run, "MD", hmac_case);
}

/* The rows' primes are the file's, and two ends meet in each group. */
static void
rfc3526_case(VectorRun *run, const CavpCase *c)
{
    const RvlKem *kem = vector_kem(run, "kem/modp");
    g_autoptr(GBytes) p = octets_of(c, "P");
    g_autofree char *word = g_strdup_printf("modp%zu", 8 * g_bytes_get_size(p));
    const RvlGroupRow *row;
    g_autoptr(GBytes) offered = NULL;
    g_autoptr(GBytes) answered = NULL;
    g_autoptr(RvlSecret) state = NULL;
    g_autoptr(RvlSecret) ours = NULL;
    g_autoptr(RvlSecret) theirs = NULL;
    RvlOctets value;

    if (g_bytes_get_size(p) < 256) { /* group 5 is a legacy plugin's */
        run->n_left_out++;
        return;
    }
    row = built_group(word);
    g_assert_cmpmem(row->parameters[0].octets.data, row->parameters[0].octets.size,
                    g_bytes_get_data(p, NULL), g_bytes_get_size(p));
    if (kem == NULL)
        return;
    run->n_cases++;
    g_assert_true(
        kem->offer(kem->self, row->parameters, row->n_parameters, &offered, &state, NULL));
    value = rvl_octets_from_bytes(offered);
    g_assert_cmpuint(value.size, ==, row->offer_octets);
    g_assert_true(kem->answer(kem->self, row->parameters, row->n_parameters, &value, &answered,
                              &theirs, NULL));
    value = rvl_octets_from_bytes(answered);
    g_assert_true(
        kem->finish(kem->self, row->parameters, row->n_parameters, state, &value, &ours, NULL));
    g_assert_cmpmem(rvl_secret_octets(ours), rvl_secret_size(ours), rvl_secret_octets(theirs),
                    rvl_secret_size(theirs));
}

void
cavp_rfc3526(VectorRun *run)
{
    each_case(run, "P", rfc3526_case);
}

static void
rfc5114_case(VectorRun *run, const CavpCase *c)
{
    const RvlKem *kem = vector_kem(run, "kem/modp");
    g_autoptr(GBytes) p = octets_of(c, "P");
    g_autoptr(GBytes) g = octets_of(c, "G");
    g_autoptr(GBytes) q = octets_of(c, "Q");
    g_autoptr(GBytes) x = octets_of(c, "XstatIUT");
    g_autoptr(GBytes) y = octets_of(c, "YstatCAVS");
    g_autoptr(GBytes) z = octets_of(c, "Z");
    const RvlParameter group[] = {
        {"p", rvl_octets_from_bytes(p)},
        {"g", rvl_octets_from_bytes(g)},
        {"q", rvl_octets_from_bytes(q)},
    };
    g_autoptr(GBytes) shared = NULL;
    g_autoptr(GBytes) outside = g_bytes_new_static("\x03", 1);

    if (kem == NULL)
        return;
    run->n_cases++;
    g_assert_true(one_check(kem, group, G_N_ELEMENTS(group), y));
    g_assert_false(one_check(kem, group, G_N_ELEMENTS(group), outside)); /* RFC 6989 2.2 */
    shared = one_finish(kem, group, G_N_ELEMENTS(group), x, y);
    g_assert_nonnull(shared);
    g_assert_true(g_bytes_equal(shared, z));
}

void
cavp_rfc5114(VectorRun *run)
{
    each_case(run, "Z", rfc5114_case);
}

/* (transfer full): a decimal number as octets. */
static GBytes *
decimal_of(const CavpCase *c, const char *name)
{
    GByteArray *octets = g_byte_array_new(); /* little-endian meanwhile */

    for (const char *digit = text_of(c, name); *digit != '\0'; digit++) {
        unsigned carry = (unsigned)(*digit - '0');

        for (guint i = 0; i < octets->len || carry != 0; i++) {
            if (i == octets->len)
                g_byte_array_append(octets, (const guint8 *)"", 1);
            carry += 10u * octets->data[i];
            octets->data[i] = (guint8)carry;
            carry >>= 8;
        }
    }
    for (guint i = 0; i < octets->len / 2; i++) {
        guint8 swap = octets->data[i];

        octets->data[i] = octets->data[octets->len - 1 - i];
        octets->data[octets->len - 1 - i] = swap;
    }
    return g_byte_array_free_to_bytes(octets);
}

/* The ends have different groups: a value beyond the modulus is refused, else the secrets differ. */
static void
bad_exchange_case(VectorRun *run, const CavpCase *c)
{
    const RvlKem *kem = vector_kem(run, "kem/modp");
    g_autoptr(GBytes) p1 = decimal_of(c, "P1");
    g_autoptr(GBytes) x1 = decimal_of(c, "X1");
    g_autoptr(GBytes) y1 = decimal_of(c, "Y1");
    g_autoptr(GBytes) p2 = decimal_of(c, "P2");
    g_autoptr(GBytes) x2 = decimal_of(c, "X2");
    g_autoptr(GBytes) y2 = decimal_of(c, "Y2");
    const RvlOctets two = RVL_OCTETS("\x02", 1);
    const RvlParameter first[] = {{"p", rvl_octets_from_bytes(p1)}, {"g", two}};
    const RvlParameter second[] = {{"p", rvl_octets_from_bytes(p2)}, {"g", two}};
    g_autoptr(GBytes) ours = NULL;
    g_autoptr(GBytes) theirs = NULL;

    if (kem == NULL)
        return;
    run->n_cases++;
    if (number_of(c, "COUNT") == 0) {
        g_assert_false(one_check(kem, first, G_N_ELEMENTS(first), y2));
        return;
    }
    ours = one_finish(kem, first, G_N_ELEMENTS(first), x1, y2);
    theirs = one_finish(kem, second, G_N_ELEMENTS(second), x2, y1);
    g_assert_true(ours == NULL || theirs == NULL || !g_bytes_equal(ours, theirs));
}

void
cavp_bad_exchange(VectorRun *run)
{
    each_case(run, "Y2", bad_exchange_case);
}

/* (transfer full): x and y of a point, each of @octets. */
static GBytes *
point_of(const CavpCase *c, const char *x_name, const char *y_name, size_t octets)
{
    g_autofree char *x = g_strdup_printf("%0*d%s", (int)(2 * octets - strlen(text_of(c, x_name))),
                                         0, text_of(c, x_name));
    g_autofree char *y = g_strdup_printf("%0*d%s", (int)(2 * octets - strlen(text_of(c, y_name))),
                                         0, text_of(c, y_name));
    g_autofree char *both = NULL;

    /* printf writes one 0 also where none is wanted. */
    both = g_strconcat(x + (strlen(x) - 2 * octets), y + (strlen(y) - 2 * octets), NULL);
    return rvl_test_unhex(both);
}

/* The numbers in front of reasons: right, or what was changed; of all but these two, Z is wrong. */
enum {
    ECDH_RIGHT = 0,
    ECDH_PEER_X = 1,
    ECDH_PEER_Y = 2,
    ECDH_OWN_X = 5,
    ECDH_OWN_Y = 6,
    ECDH_LEADING_ZERO = 13
};

static void
ecdh_case(VectorRun *run, const CavpCase *c)
{
    static const struct {
        const char *heading;
        const char *kem;
        size_t octets;
    } curves[] = {
        {"EC", "kem/ecp-256", 32},
        {"ED", "kem/ecp-384", 48},
        {"EE", "kem/ecp-521", 66},
    };
    guint64 reason = g_ascii_strtoull(strchr(text_of(c, "Result"), '(') + 1, NULL, 10);
    const RvlKem *kem = NULL;
    size_t octets = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(curves); i++)
        if (g_str_has_prefix(c->heading, curves[i].heading)) {
            kem = vector_kem(run, curves[i].kem);
            octets = curves[i].octets;
        }
    if (kem == NULL) {
        run->n_left_out++; /* curves of 192 and 224 bits */
        return;
    }
    g_autoptr(GBytes) peer = point_of(c, "QsCAVSx", "QsCAVSy", octets);
    g_autoptr(GBytes) own = point_of(c, "QsIUTx", "QsIUTy", octets);
    g_autoptr(GBytes) d = octets_of(c, "dsIUT");
    g_autoptr(GBytes) z = octets_of(c, "Z");
    g_autoptr(GBytes) shared = one_finish(kem, NULL, 0, d, peer);
    bool is_equal = shared != NULL && g_bytes_equal(shared, z);

    run->n_cases++;
    g_assert_true(one_check(kem, NULL, 0, peer) ==
                  (reason != ECDH_PEER_X && reason != ECDH_PEER_Y));
    g_assert_true(one_check(kem, NULL, 0, own) == (reason != ECDH_OWN_X && reason != ECDH_OWN_Y));
    if (reason == ECDH_PEER_X || reason == ECDH_PEER_Y)
        g_assert_null(shared);
    else
        g_assert_true(is_equal == (reason == ECDH_RIGHT || reason == ECDH_LEADING_ZERO));
}

void
cavp_ecdh(VectorRun *run)
{
    each_case(run, "Result", ecdh_case);
}
