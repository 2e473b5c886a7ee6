/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of lists (`aa{sv}`): adding typed fields, each under a name that says its unit. */
#include "config.h"

#include "control/rows.h"

void
rvl_row_text(GVariantBuilder *row, const char *key, const char *text)
{
    if (text != NULL)
        g_variant_builder_add(row, "{sv}", key, g_variant_new_string(text));
}

void
rvl_row_take_text(GVariantBuilder *row, const char *key, char *text)
{
    if (text != NULL)
        g_variant_builder_add(row, "{sv}", key, g_variant_new_take_string(text));
}

void
rvl_row_number(GVariantBuilder *row, const char *key, int64_t number)
{
    g_variant_builder_add(row, "{sv}", key, g_variant_new_int64(number));
}

void
rvl_row_fact(GVariantBuilder *row, const char *key, bool fact)
{
    g_variant_builder_add(row, "{sv}", key, g_variant_new_boolean(fact));
}

void
rvl_row_spi(GVariantBuilder *row, const char *key, uint64_t spi)
{
    if (spi == 0)
        return;
    if (spi > UINT32_MAX)
        rvl_row_take_text(row, key, g_strdup_printf("%016" G_GINT64_MODIFIER "x", (guint64)spi));
    else
        rvl_row_take_text(row, key, g_strdup_printf("%08x", (guint)spi));
}

void
rvl_row_age(GVariantBuilder *row, const char *key, RvlTime since, RvlTime now)
{
    if (since != RVL_TIME_NEVER)
        rvl_row_number(row, key, MAX(now - since, 0) / RVL_SECOND);
}

void
rvl_row_until(GVariantBuilder *row, const char *key, RvlTime then, RvlTime now)
{
    if (then != RVL_TIME_NEVER)
        rvl_row_number(row, key, MAX(then - now, 0) / RVL_SECOND);
}

void
rvl_row_proposal(GVariantBuilder *row,
                 const char *key,
                 const RvlRegistry *registry,
                 const RvlTransform *transforms,
                 size_t n)
{
    GString *words = g_string_new(NULL);

    for (size_t i = 0; i < n; i++) {
        const char *word = rvl_registry_transform_word(registry, &transforms[i]);

        if (word != NULL)
            g_string_append_printf(words, "%s%s", words->len > 0 ? "-" : "", word);
        else if (transforms[i].type == RVL_TRANSFORM_ESN &&
                 transforms[i].id == RVL_TRANSFORM_ID_ESN_YES)
            g_string_append_printf(words, "%sesn", words->len > 0 ? "-" : "");
    }
    rvl_row_take_text(row, key, g_string_free(words, FALSE));
}
