/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may be offered: transforms that some plugin knows and a self-tested backend serves. */
#include "config.h"

#include "crypto/suite.h"

#include <string.h>

#include <ravelin/error.h>

#include "fixture.h"

#define GCM                                                                                        \
    {                                                                                              \
        RVL_TRANSFORM_ENCR, FIXTURE_ENCR_GCM16, 256                                                \
    }
#define CBC                                                                                        \
    {                                                                                              \
        RVL_TRANSFORM_ENCR, FIXTURE_ENCR_CBC, 256                                                  \
    }
#define SHA256                                                                                     \
    {                                                                                              \
        RVL_TRANSFORM_INTEG, FIXTURE_INTEG_SHA256, 0                                               \
    }
#define NONE                                                                                       \
    {                                                                                              \
        RVL_TRANSFORM_INTEG, RVL_TRANSFORM_ID_NONE, 0                                              \
    }

static const struct {
    const char *why;
    RvlTransform transform;
    gboolean is_served;
} transforms[] = {
    {"combined cipher", GCM, TRUE},
    {"cipher", CBC, TRUE},
    {"key length is part of the transform", {RVL_TRANSFORM_ENCR, FIXTURE_ENCR_GCM16, 128}, FALSE},
    {"cipher without key length", {RVL_TRANSFORM_ENCR, FIXTURE_ENCR_CBC, 0}, FALSE},
    {"no encryption", {RVL_TRANSFORM_ENCR, 0, 0}, FALSE},
    {"PRF", {RVL_TRANSFORM_PRF, FIXTURE_PRF_SHA512, 0}, TRUE},
    {"no PRF", {RVL_TRANSFORM_PRF, 0, 0}, FALSE},
    {"MAC", SHA256, TRUE},
    {"no MAC", NONE, TRUE},
    {"group", {RVL_TRANSFORM_KE, FIXTURE_GROUP_X25519, 0}, TRUE},
    {"no group", {RVL_TRANSFORM_KE, RVL_TRANSFORM_ID_NONE, 0}, TRUE},
    {"additional group", {RVL_TRANSFORM_ADDKE7, FIXTURE_GROUP_ECP256, 0}, TRUE},
    {"unknown group", {RVL_TRANSFORM_KE, 4711, 0}, FALSE},
    {"extended sequence numbers", {RVL_TRANSFORM_ESN, RVL_TRANSFORM_ID_ESN_YES, 0}, TRUE},
    {"type 0", {0, 0, 0}, FALSE},
    {"type beyond all known", {13, 0, 0}, FALSE},
};

static void
transforms_are_checked(gconstpointer data)
{
    g_auto(Fixture) fixture = {0};

    fixture_init(&fixture, GPOINTER_TO_SIZE(data));
    for (size_t i = 0; i < G_N_ELEMENTS(transforms); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("%s", transforms[i].why);
        g_assert_cmpint(
            rvl_crypto_check_transform(fixture.crypto, &transforms[i].transform, &error), ==,
            transforms[i].is_served);
        g_assert_cmpint(error == NULL, ==, transforms[i].is_served);
    }
}

static const struct {
    const char *why;
    RvlTransform encr;
    RvlTransform integ;
    uint32_t use;
    gboolean is_served;
} pairs[] = {
    {"combined cipher alone", GCM, NONE, RVL_USE_IKE, TRUE},
    {"cipher with MAC", CBC, SHA256, RVL_USE_IKE, TRUE},
    {"cipher alone", CBC, NONE, RVL_USE_IKE, FALSE},
    {"combined cipher with MAC", GCM, SHA256, RVL_USE_IKE, FALSE},
    {"a use that no row allows", GCM, NONE, RVL_USE_ESP, FALSE},
    {"an unknown MAC", CBC, {RVL_TRANSFORM_INTEG, 4711, 0}, RVL_USE_IKE, FALSE},
};

static void
pairs_are_checked(gconstpointer data)
{
    g_auto(Fixture) fixture = {0};

    fixture_init(&fixture, GPOINTER_TO_SIZE(data));
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(RvlProtection) protection = rvl_crypto_protection(
            fixture.crypto, &pairs[i].encr, &pairs[i].integ, pairs[i].use, &error);

        g_test_message("%s", pairs[i].why);
        g_assert_cmpint(protection != NULL, ==, pairs[i].is_served);
        g_assert_cmpint(error == NULL, ==, pairs[i].is_served);
    }
}

static void
protection_is_shared(gconstpointer data)
{
    static const RvlTransform encr = GCM, none = NONE;
    g_auto(Fixture) fixture = {0};

    fixture_init(&fixture, GPOINTER_TO_SIZE(data));
    g_autoptr(RvlProtection) one =
        rvl_crypto_protection(fixture.crypto, &encr, &none, RVL_USE_IKE, NULL);
    g_autoptr(RvlProtection) other =
        rvl_crypto_protection(fixture.crypto, &encr, NULL, RVL_USE_IKE, NULL);

    g_assert_nonnull(one);
    g_assert_true(one == other);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_add_cases("/crypto/suite", "transforms-are-checked", transforms_are_checked);
    fixture_add_cases("/crypto/suite", "pairs-are-checked", pairs_are_checked);
    fixture_add_cases("/crypto/suite", "protection-is-shared", protection_is_shared);
    return g_test_run();
}
