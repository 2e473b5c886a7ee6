/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checked groups: typed values with places, refusals all at once, secrets in the store. */
#include "config.h"

#include "config/configuration.h"

#include <string.h>

typedef struct {
    RvlSchema *schema;
    RvlSecretStore *store;
    RvlProblems *problems;
    RvlTree *tree;
    RvlChecking checking;
} Fixture;

static const RvlKey options[] = {
    {.name = "workers", .type = RVL_KEY_INTEGER, .default_text = "4", .help = "threads"},
    {.group = "secret", .name = "psk", .type = RVL_KEY_SECRET, .help = "key"},
};

static void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->schema = rvl_schema_new();
    fixture->store = rvl_secret_store_new();
    fixture->problems = rvl_problems_new();
    fixture->tree = rvl_tree_new();
    g_assert_true(
        rvl_schema_add_plugin(fixture->schema, "toy", options, 2, sizeof(options[0]), NULL));
    fixture->checking = (RvlChecking){
        .tree = fixture->tree,
        .schema = fixture->schema,
        .store = rvl_secret_store_services(fixture->store),
        .problems = fixture->problems,
    };
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    rvl_tree_free(fixture->tree);
    rvl_problems_free(fixture->problems);
    rvl_secret_store_free(fixture->store);
    rvl_schema_free(fixture->schema);
}

static void
add(Fixture *fixture, RvlSourceKind kind, const char *name, const char *text)
{
    rvl_tree_add_text(fixture->tree, kind, name, text, strlen(text), fixture->problems);
}

static void
assert_report(const Fixture *fixture, const char *expected)
{
    g_autofree char *report = rvl_problems_format(fixture->problems);

    g_assert_cmpstr(report, ==, expected);
}

static void
values_know_their_place(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlConfiguration) configuration = NULL;
    g_autoptr(RvlConfigGroup) daemon = NULL;
    const RvlConfigGroup *berlin;
    g_autofree char *origin = NULL;

    (void)data;
    add(fixture, RVL_SOURCE_CONF, "a.conf",
        "[daemon]\nport = 0\n[connection berlin]\nliveness = 10 s\nprotect = any <-> any\n");
    add(fixture, RVL_SOURCE_CONF, "b.conf", "[connection berlin]\nliveness = 1 min\nprotect =\n");
    daemon = rvl_configuration_group(&fixture->checking, "daemon", NULL);
    configuration = rvl_configuration_new(&fixture->checking);
    assert_report(fixture, "");
    berlin = rvl_configuration_find(configuration, "connection", "berlin");
    origin = rvl_settings_origin(berlin->settings, "liveness");
    g_assert_cmpint(rvl_settings_number(daemon->settings, "port", 500), ==, 0);
    g_assert_cmpint(rvl_settings_number(daemon->settings, "nat-port", 0), ==, 4500);
    g_assert_cmpint(rvl_settings_number(berlin->settings, "liveness", 0), ==, 60000);
    g_assert_cmpstr(origin, ==, "b.conf:2");
    g_assert_null(rvl_settings_find(berlin->settings, "protect"));
    g_assert_cmpstr(rvl_settings_text(berlin->settings, "encapsulation", NULL), ==, "auto");
    g_assert_null(rvl_configuration_find(configuration, "daemon", NULL));
    g_assert_true(rvl_configuration_at(configuration, "connection", 0) == berlin);
    g_assert_null(rvl_configuration_at(configuration, "connection", 1));
}

static void
all_problems_come_at_once(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlConfiguration) configuration = NULL;
    g_autoptr(GError) error = NULL;

    (void)data;
    add(fixture, RVL_SOURCE_CONF, "a.conf",
        "x = 1\n"
        "[connection berlin]\n"
        "remote-adress = 192.0.2.1\n"
        "liveness = 30\n"
        "liveness = 30 s\n"
        "mobike = yes\n"
        "[conection paris]\n"
        "[connection]\n"
        "[connection rome/x]\n"
        "[connection two words]\n"
        "keep = up\n"
        "[daemon all]\n"
        "[child berlin]\n"
        "[pool road]\n"
        "[plugin tyo]\n"
        "[plugin toy]\n"
        "[connection berlin]\n");
    configuration = rvl_configuration_new(&fixture->checking);
    assert_report(
        fixture,
        "a.conf:1: a key stands before the first group\n"
        "a.conf:5: [connection berlin] liveness: the key stands in line 4 already; remove one of "
        "the two\n"
        "a.conf:10: [connection two words]: the group has no good name; a name is of letters, "
        "digits, '-', '_' and '.', at most 64\n"
        "a.conf:17: [connection berlin]: the group stands in line 2 already; join the two\n"
        "a.conf:13: [child berlin]: write [child CONNECTION/NAME]\n"
        "a.conf:7: [conection paris]: there is no such group; did you mean 'connection'?\n"
        "a.conf:8: [connection]: the group needs a name\n"
        "a.conf:3: [connection berlin] remote-adress: there is no such key; did you mean "
        "'remote-address'?\n"
        "a.conf:6: [connection berlin] mobike: this release does not serve the key yet; remove it\n"
        "a.conf:9: [connection rome/x]: the name takes no '/'\n"
        "a.conf:12: [daemon all]: the group takes no name\n"
        "a.conf:15: [plugin tyo]: no such plugin is loaded; ravelinctl plugins lists those that "
        "are "
        "there\n"
        "a.conf:14: [pool road]: this release does not serve the group yet; remove it\n");
    rvl_problems_to_error(fixture->problems, &error);
    g_assert_cmpstr(error->message, ==,
                    "a.conf:1: a key stands before the first group; and 12 more");
}

static void
secrets_stand_only_in_their_own_files(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlConfiguration) configuration = NULL;
    const RvlSecretServices *services = fixture->checking.store;

    (void)data;
    add(fixture, RVL_SOURCE_CONF, "a.conf", "[secret a]\npsk = \"hunter2\"\n");
    add(fixture, RVL_SOURCE_SECRETS, "s.conf",
        "[secret b]\npsk = \"good secret\"\n[secret c]\npsk = hunter2\n");
    configuration = rvl_configuration_new(&fixture->checking);
    assert_report(fixture,
                  "a.conf:2: [secret a] psk: secrets stand only in files of secrets.d; move the "
                  "group there, and change the secret: this file was open to others\n"
                  "s.conf:4: [secret c] psk: the secret is in no known form; write \"text\", 0x…, "
                  "base64:…, file:PATH or credential:NAME\n");
    g_assert_cmpuint(services->count(services->context), ==, 1);
    g_clear_pointer(&configuration, rvl_configuration_free);
    g_assert_cmpuint(services->count(services->context), ==, 0);
}

static void
secrets_have_no_text(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlConfiguration) configuration = NULL;
    const RvlConfigGroup *group;
    const RvlSetting *setting;

    (void)data;
    add(fixture, RVL_SOURCE_SECRETS, "s.conf", "[secret b]\npsk = \"good secret\"\n");
    configuration = rvl_configuration_new(&fixture->checking);
    group = rvl_configuration_find(configuration, "secret", "b");
    setting = rvl_settings_find(group->settings, "psk");
    g_assert_null(setting->text);
    g_assert_null(setting->texts);
    g_assert_cmpuint(setting->secret, !=, RVL_SECRET_ID_NONE);
    g_assert_cmpstr(setting->file, ==, "s.conf");
}

static void
plugins_own_groups_are_read_in_the_first_pass(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlConfigGroup) written = NULL;
    g_autoptr(RvlConfigGroup) absent = NULL;

    (void)data;
    add(fixture, RVL_SOURCE_CONF, "a.conf", "[plugin toy]\nworkers = 7\nwrokers = 8\n");
    written = rvl_configuration_group(&fixture->checking, "plugin", "toy");
    absent = rvl_configuration_group(&fixture->checking, "plugin", "other");
    g_assert_cmpint(rvl_settings_number(written->settings, "workers", 0), ==, 7);
    g_assert_cmpuint(rvl_settings_count(absent->settings), ==, 0);
    g_assert_null(absent->file);
    assert_report(fixture, "a.conf:3: [plugin toy] wrokers: there is no such key; did you mean "
                           "'workers'?\n");
}

static void
profiles_files_hold_profiles_only(Fixture *fixture, gconstpointer data)
{
    g_autoptr(RvlConfiguration) configuration = NULL;

    (void)data;
    add(fixture, RVL_SOURCE_PROFILES, "p.conf",
        "[profile a]\nauth = x\n[connection b]\nkeep = up\n");
    configuration = rvl_configuration_new(&fixture->checking);
    assert_report(fixture,
                  "p.conf:4: [connection b] keep: a file of profiles holds only [profile NAME]\n");
}

static void
hundred_thousand_connections_are_read(Fixture *fixture, gconstpointer data)
{
    enum { COUNT = 100000 };
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(RvlConfiguration) configuration = NULL;
    const RvlConfigGroup *group;

    (void)data;
    for (unsigned i = 0; i < COUNT; i++)
        g_string_append_printf(text,
                               "[connection c%u]\nremote-address = 10.%u.%u.%u\nauth = psk\n"
                               "protect = 10.0.0.0/8 <-> 192.168.0.0/16\n",
                               i, i >> 16, i >> 8 & 255, i & 255);
    g_test_timer_start();
    add(fixture, RVL_SOURCE_CONF, "many.conf", text->str);
    configuration = rvl_configuration_new(&fixture->checking);
    g_test_minimized_result(g_test_timer_elapsed(), "100,000 connections read and checked");
    assert_report(fixture, "");
    group = rvl_configuration_find(configuration, "connection", "c99999");
    g_assert_cmpstr(rvl_settings_text(group->settings, "remote-address", NULL), ==, "10.1.134.159");
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"values-know-their-place", values_know_their_place},
        {"all-problems-come-at-once", all_problems_come_at_once},
        {"secrets-stand-only-in-their-own-files", secrets_stand_only_in_their_own_files},
        {"secrets-have-no-text", secrets_have_no_text},
        {"plugins-own-groups-are-read-in-the-first-pass",
         plugins_own_groups_are_read_in_the_first_pass},
        {"profiles-files-hold-profiles-only", profiles_files_hold_profiles_only},
        {"hundred-thousand-connections-are-read", hundred_thousand_connections_are_read},
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/config/configuration/%s", tests[i].name);

        g_test_add(path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
    return g_test_run();
}
