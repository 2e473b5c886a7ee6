/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The shape that a public key must have before any library sees it. */
#include "config.h"

#include <string.h>
#include <ravelin/asymmetric-key.h>
#include <ravelin/error.h>

#define LONGEST (RVL_RSA_MAX_BITS / 8 + 1)

/* Numbers of @octets octets that begin and end with these; points by their form and length. */
static const struct {
    const char *name;
    const char *kind;
    const char *curve;
    size_t octets;
    uint8_t first;
    uint8_t last;
    size_t e_octets;
    uint8_t e_last;
    RvlCause cause; /* NONE: it holds */
} cases[] = {
    {"rsa-2048", "rsa", NULL, 256, 0x80, 1, 3, 1, RVL_CAUSE_NONE},
    {"rsa-with-a-leading-zero", "rsa", NULL, 257, 0, 1, 3, 1, RVL_CAUSE_NONE},
    {"rsa-exponent-3", "rsa", NULL, 256, 0x80, 1, 1, 3, RVL_CAUSE_NONE},
    {"rsa-too-short", "rsa", NULL, 128, 0x40, 1, 3, 1, RVL_CAUSE_KEY_TOO_SHORT},
    {"rsa-too-long", "rsa", NULL, LONGEST, 1, 1, 3, 1, RVL_CAUSE_MESSAGE_MALFORMED},
    {"rsa-modulus-even", "rsa", NULL, 256, 0x80, 2, 3, 1, RVL_CAUSE_MESSAGE_MALFORMED},
    {"rsa-modulus-absent", "rsa", NULL, 0, 0, 0, 3, 1, RVL_CAUSE_KEY_TOO_SHORT},
    {"rsa-exponent-even", "rsa", NULL, 256, 0x80, 1, 3, 2, RVL_CAUSE_MESSAGE_MALFORMED},
    {"rsa-exponent-1", "rsa", NULL, 256, 0x80, 1, 1, 1, RVL_CAUSE_MESSAGE_MALFORMED},
    {"rsa-exponent-0", "rsa", NULL, 256, 0x80, 1, 1, 0, RVL_CAUSE_MESSAGE_MALFORMED},
    {"rsa-exponent-too-long", "rsa", NULL, 256, 0x80, 1, 9, 1, RVL_CAUSE_MESSAGE_MALFORMED},
    {"ec-p-256", "ec", "p-256", 65, 4, 0, 0, 0, RVL_CAUSE_NONE},
    {"ec-p-521", "ec", "p-521", 133, 4, 0, 0, 0, RVL_CAUSE_NONE},
    {"ec-compressed", "ec", "p-256", 33, 2, 0, 0, 0, RVL_CAUSE_MESSAGE_MALFORMED},
    {"ec-of-another-curve", "ec", "p-384", 65, 4, 0, 0, 0, RVL_CAUSE_MESSAGE_MALFORMED},
    {"ec-of-hybrid-form", "ec", "p-256", 65, 6, 0, 0, 0, RVL_CAUSE_MESSAGE_MALFORMED},
    {"ec-curve-unknown", "ec", "p-\n1", 65, 4, 0, 0, 0, RVL_CAUSE_ALGORITHM_UNAVAILABLE},
    {"ec-without-a-point", "ec", "p-256", 0, 0, 0, 0, 0, RVL_CAUSE_MESSAGE_MALFORMED},
    {"ed25519", "ed25519", NULL, 32, 0, 0, 0, 0, RVL_CAUSE_NONE},
    {"ed25519-too-short", "ed25519", NULL, 31, 0, 0, 0, 0, RVL_CAUSE_MESSAGE_MALFORMED},
    {"ed25519-y-is-not-below-p", "ed25519", NULL, 32, 0xed, 0xff, 0, 0,
     RVL_CAUSE_MESSAGE_MALFORMED},
    {"foreign-kind", "example.com:lattice", NULL, 1, 0, 0, 0, 0, RVL_CAUSE_NONE},
};

static void
key_is_judged(gconstpointer data)
{
    const typeof(cases[0]) *c = data;
    uint8_t number[LONGEST] = {0}, exponent[9] = {1};
    bool is_rsa = strcmp(c->kind, "rsa") == 0;
    const char *curve = c->curve != NULL ? c->curve : "";
    const RvlParameter parameters[] = {
        {is_rsa ? "n" : "point", {number, c->octets}},
        {"e", {exponent, c->e_octets}},
        {"curve", RVL_OCTETS(curve, strlen(curve))},
    };
    const RvlAsymmetricKey key = {
        .size = sizeof(key),
        .kind = c->kind,
        .parameters = parameters,
        .n_parameters = c->curve != NULL ? 3 : 2,
    };
    g_autoptr(GError) error = NULL;

    if (c->last == 0xff)
        memset(number, 0xff, c->octets);
    number[0] = c->first;
    if (c->octets > 1 && c->first == 0)
        number[1] = 0x80;
    if (c->octets > 0)
        number[c->octets - 1] |= c->last;
    if (c->e_octets > 0)
        exponent[c->e_octets - 1] = c->e_last;
    g_assert_true(rvl_asymmetric_key_check(&key, &error) == (c->cause == RVL_CAUSE_NONE));
    g_assert_cmpint(rvl_error_cause(error), ==, c->cause);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/lib/asymmetric-key/", cases[i].name, NULL);

        g_test_add_data_func(path, &cases[i], key_is_judged);
    }
    return g_test_run();
}
