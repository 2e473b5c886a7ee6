/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzz target: configuration text through reader and checks. What the reader accepts, GKeyFile loads
 * too, with the same values.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <ravelin/identity.h>
#include "config/configuration.h"
#include "config/ini.h"
#include "policy/protect.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size);

/* Group and key of the lines that were taken -> the last value. */
typedef struct {
    GHashTable *values;
    unsigned n_refused;
} Taken;

static void
require(bool holds)
{
    if (!holds)
        abort();
}

static void
take(const RvlIniLine *line, void *user_data)
{
    Taken *taken = user_data;

    require(line->group != NULL && *line->group != '\0');
    if (line->key != NULL)
        g_hash_table_replace(taken->values, g_strdup_printf("%s\n%s", line->group, line->key),
                             g_strdup(line->value));
}

static void
refuse(uint32_t line, const char *what, void *user_data)
{
    Taken *taken = user_data;

    require(line > 0 && what != NULL);
    taken->n_refused++;
}

static void
compare_with_key_file(const Taken *taken, const uint8_t *octets, size_t size)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    GHashTableIter iter;
    gpointer name, value;

    require(g_key_file_load_from_data(file, size > 0 ? (const char *)octets : "", size,
                                      G_KEY_FILE_NONE, NULL));
    g_hash_table_iter_init(&iter, taken->values);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        g_auto(GStrv) parts = g_strsplit(name, "\n", 2);
        g_autofree char *theirs = g_key_file_get_value(file, parts[0], parts[1], NULL);

        require(g_strcmp0(theirs, value) == 0);
    }
}

/* Values by the parsers that policy has for them. */
static void
parse_values(const Taken *taken)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, taken->values);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        g_autoptr(RvlIdentity) identity = rvl_identity_parse(value, NULL);
        g_autoptr(RvlSelectors) local = NULL;
        g_autoptr(RvlSelectors) remote = NULL;

        if (rvl_protect_parse(value, &local, &remote, NULL)) {
            g_autofree char *text = rvl_protect_format(local);

            require(*text != '\0');
        }
        if (identity != NULL) {
            g_autofree char *text = rvl_identity_format(identity);
            g_autoptr(RvlIdentity) again = rvl_identity_parse(text, NULL);

            require(again != NULL && rvl_identity_equal(identity, again));
        }
    }
}

static void
check(const uint8_t *octets, size_t size)
{
    g_autoptr(RvlSchema) schema = rvl_schema_new();
    g_autoptr(RvlSecretStore) store = rvl_secret_store_new();
    g_autoptr(RvlProblems) problems = rvl_problems_new();
    g_autoptr(RvlTree) tree = rvl_tree_new();
    RvlChecking checking = {
        .tree = tree,
        .schema = schema,
        .store = rvl_secret_store_services(store),
        .problems = problems,
    };
    g_autoptr(RvlConfiguration) configuration = NULL;
    g_autofree char *report = NULL;

    rvl_tree_add_text(tree, RVL_SOURCE_CONF, "fuzz.conf", (const char *)octets, size, problems);
    configuration = rvl_configuration_new(&checking);
    report = rvl_problems_format(problems);
    require(g_utf8_validate(report, -1, NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
    g_autofree char *text = g_malloc(size + 1);
    g_autoptr(GHashTable) values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Taken taken = {.values = values};
    RvlIniHandler handler = {take, refuse, &taken};
    bool is_good;

    if (size > 0)
        memcpy(text, octets, size);
    is_good = rvl_ini_read(text, size, &handler);
    require(is_good == (taken.n_refused == 0));
    if (is_good)
        compare_with_key_file(&taken, octets, size);
    parse_values(&taken);
    check(octets, size);
    return 0;
}
