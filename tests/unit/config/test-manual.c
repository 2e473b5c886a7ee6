/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ravelin.conf(5): its keys are the schema's, and its examples are a configuration. */
#include "config.h"

#include <string.h>

#include "docs/man/key-list.h"
#include "fakes/policy.h"

#define BEGIN ".\\\" begin of keys"
#define END ".\\\" end of keys"

static char *
page(void)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "docs", "man", "ravelin.conf.5", NULL);
    g_autoptr(GError) error = NULL;
    char *text;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

static void
keys_are_the_schemas(void)
{
    g_autoptr(RvlSchema) schema = rvl_schema_new();
    g_autofree char *expected = rvl_key_list_mdoc(schema);
    g_autofree char *text = page();
    const char *begin = strstr(text, BEGIN);
    const char *end = strstr(text, END);
    g_autofree char *found = NULL;

    g_assert_nonnull(begin);
    g_assert_nonnull(end);
    begin = strchr(begin, '\n') + 1;
    found = g_strndup(begin, (size_t)(end - begin));
    if (strcmp(found, expected) != 0)
        g_test_message("make manual-keys writes them anew");
    g_assert_cmpstr(found, ==, expected);
}

/* The displays behind @heading: those with a [secret] apart from the others. */
static void
collect_examples(const char *text, const char *heading, GString *conf, GString *secrets)
{
    const char *at = strstr(text, heading);

    g_assert_nonnull(at);
    while ((at = strstr(at, ".Bd -literal")) != NULL) {
        const char *begin = strchr(at, '\n') + 1;
        const char *end = strstr(begin, ".Ed");
        bool is_secret = strncmp(begin, "[secret", 7) == 0;

        g_string_append_len(is_secret ? secrets : conf, begin, end - begin);
        at = end;
    }
}

static void
examples_are_a_configuration(void)
{
    g_autoptr(RvlFakePolicy) policy = rvl_fake_policy_new(NULL);
    g_autofree char *text = page();
    g_autoptr(GString) conf = g_string_new(NULL);
    g_autoptr(GString) secrets = g_string_new(NULL);
    g_autoptr(RvlSnapshot) snapshot = NULL;

    collect_examples(text, ".Sh EXAMPLES", conf, secrets);
    snapshot = rvl_fake_policy_compile(policy, conf->str, secrets->str, NULL);
    g_assert_cmpstr(policy->report, ==, NULL);
    g_assert_cmpuint(rvl_snapshot_count(snapshot), ==, 2);
    g_assert_cmpuint(rvl_snapshot_find(snapshot, "paris")->n_children, ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/manual/ravelin.conf/keys-are-the-schemas", keys_are_the_schemas);
    g_test_add_func("/manual/ravelin.conf/examples-are-a-configuration",
                    examples_are_a_configuration);
    return g_test_run();
}
