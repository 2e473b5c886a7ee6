/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin host with real modules: what it loads, and the reason that it keeps for what it can't. */
#include "config.h"

#include <string.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#include <ravelin/authenticator.h>
#include <ravelin/error.h>
#include <ravelin/store.h>

#include "fakes/services.h"
#include "host/plugin-host.h"

/* World: a directory with modules, and a host that looks there. */
typedef struct {
    char *directory;
    FakeServices *services;
    RvlRegistry *registry;
    RvlPluginHost *host;
} World;

static World *
world_new(void)
{
    World *world = g_new0(World, 1);
    g_autoptr(GError) error = NULL;

    world->directory = g_dir_make_tmp("ravelin-plugins-XXXXXX", &error);
    g_assert_no_error(error);
    world->services = fake_services_new();
    world->registry = rvl_registry_new();
    world->host = rvl_plugin_host_new(world->registry, &world->services->table);
    return world;
}

static void
world_free(World *world)
{
    g_autoptr(GDir) dir = g_dir_open(world->directory, 0, NULL);
    const char *name;

    rvl_plugin_host_free(world->host);
    rvl_registry_free(world->registry);
    fake_services_free(world->services);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(world->directory, name, NULL);

        g_assert_cmpint(g_remove(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(world->directory), ==, 0);
    g_free(world->directory);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

/* Puts a module that the build made into the directory. */
static void
put(const World *world, const char *module)
{
    g_autofree char *base = g_strconcat(module, ".so", NULL);
    g_autofree char *from =
        g_test_build_filename(G_TEST_BUILT, "tests", "plugins", ".libs", base, NULL);
    g_autofree char *to = g_build_filename(world->directory, base, NULL);
    g_autofree char *octets = NULL;
    g_autoptr(GError) error = NULL;
    gsize n;

    g_assert_true(g_file_get_contents(from, &octets, &n, &error));
    g_assert_true(
        g_file_set_contents_full(to, octets, (gssize)n, G_FILE_SET_CONTENTS_NONE, 0644, &error));
    g_assert_no_error(error);
    g_assert_cmpint(g_chmod(to, 0644), ==, 0);
}

static void
load(World *world)
{
    g_autoptr(GError) error = NULL;

    rvl_plugin_host_find(world->host, world->directory, false);
    g_assert_true(rvl_plugin_host_load(world->host, NULL, NULL, NULL, &error));
    g_assert_no_error(error);
}

static RvlPluginReport
report_of(const World *world, const char *name)
{
    RvlPluginReport report;

    for (size_t i = 0; rvl_plugin_host_report(world->host, i, &report); i++) {
        if (strcmp(report.name, name) == 0)
            return report;
    }
    g_error("no plugin %s is known", name);
}

static void
assert_loaded(const World *world, const char *name)
{
    RvlPluginReport report = report_of(world, name);

    g_assert_no_error(report.error);
    g_assert_cmpint(report.state, ==, RVL_PLUGIN_LOADED);
}

static void
assert_failed(const World *world, const char *name, const char *says)
{
    RvlPluginReport report = report_of(world, name);

    g_assert_cmpint(report.state, ==, RVL_PLUGIN_FAILED);
    if (strstr(report.error->message, says) == NULL)
        g_error("the reason \"%s\" doesn't say \"%s\"", report.error->message, says);
}

static void
assert_no_store(const World *world, const char *name)
{
    g_assert_null(rvl_registry_find(world->registry, RVL_CAPABILITY_STORE, name));
}

static void
a_plugin_gets_services_and_ends(void)
{
    g_autoptr(World) world = world_new();
    FakeEvents *events = world->services->events;

    put(world, "behaves");
    load(world);
    assert_loaded(world, "behaves");
    g_assert_cmpstr(report_of(world, "behaves").descriptor->version, ==, "1.2");
    g_assert_nonnull(rvl_registry_find(world->registry, RVL_CAPABILITY_STORE, "behaves")->self);

    g_assert_cmpstr(fake_events_field(events, RVL_EVENT_OFFLOAD_OFF, 0, "plugin"), ==, "behaves");
    g_assert_cmpstr(fake_events_field(events, RVL_EVENT_PLUGIN_LOADED, 0, "plugin"), ==, "behaves");
    fake_loop_advance(world->services->loop, RVL_SECOND); /* its call and its timer */
    g_assert_cmpuint(fake_events_count(events, RVL_EVENT_OFFLOAD_OFF), ==, 3);
}

static void
what_a_plugin_left_ends_with_it(void)
{
    g_autoptr(World) world = world_new();

    put(world, "behaves");
    load(world);
    g_assert_cmpuint(fake_loop_timers(world->services->loop), ==, 1);
    g_clear_pointer(&world->host, rvl_plugin_host_free);
    g_assert_cmpuint(fake_loop_timers(world->services->loop), ==, 0);
    fake_loop_run(world->services->loop); /* its call would use a freed instance */
    assert_no_store(world, "behaves");
}

static const RvlSettings *
settings_for(const char *plugin, void *user_data)
{
    return strcmp(plugin, "behaves") == 0 ? user_data : NULL;
}

static void
settings_reach_the_plugin(void)
{
    const RvlSetting size = {.key = "size", .type = RVL_KEY_INTEGER, .text = "42", .number = 42};
    g_autoptr(RvlSettings) settings = rvl_settings_new("plugin behaves", &size, 1);
    g_autoptr(World) world = world_new();
    g_autoptr(GError) error = NULL;
    const char *plugin;
    RvlKey key;

    put(world, "behaves");
    rvl_plugin_host_find(world->host, world->directory, false);
    g_assert_true(rvl_plugin_host_option(world->host, 0, &key, &plugin));
    g_assert_cmpstr(key.name, ==, "size");
    g_assert_cmpstr(plugin, ==, "behaves");
    g_assert_true(rvl_plugin_host_option(world->host, 1, &key, &plugin));
    g_assert_cmpstr(key.group, ==, "connection");
    g_assert_false(rvl_plugin_host_option(world->host, 2, &key, &plugin));

    g_assert_true(rvl_plugin_host_load(world->host, NULL, settings_for, settings, &error));
    g_assert_cmpstr(fake_events_field(world->services->events, RVL_EVENT_OFFLOAD_OFF, 0, "size"),
                    ==, "42");
}

/* Each module alone, and the reason that it is refused for. */
static const struct {
    const char *name;
    const char *module;
    const char *plugin;
    const char *says;
} refused[] = {
    {"another-major", "other-major", "other_major",
     "it was built against another contract; found 2.0, wanted 1.0 to 1.0"},
    {"a-higher-minor", "higher-minor", "higher_minor", "found 1.1, wanted 1.0 to 1.0"},
    {"an-unresolved-symbol", "unresolved", "unresolved", "undefined symbol: rvl_nobody_has_this"},
    {"no-descriptor", "no-plugin", "no_plugin", "no plugin: it has no symbol"},
    {"another-name", "misnamed", "misnamed", "its name isn't the one that it was declared by"},
    {"failing-at-load", "fails", "fails", "the token is in the other trousers"},
    {"failing-silently", "fails-silently", "fails_silently", "gave no reason"},
    {"an-unmet-need", "needs-nobody", "needs_nobody",
     "it needs the authenticator 'nobody', which no plugin provides"},
    {"half-an-interface", "half-interface", "half_interface",
     "store 'half': its interface lacks 'get'"},
};

static void
module_is_refused(gconstpointer data)
{
    const typeof(refused[0]) *c = data;
    g_autoptr(World) world = world_new();

    put(world, c->module);
    put(world, "behaves");
    load(world);
    assert_failed(world, c->plugin, c->says);
    assert_loaded(world, "behaves"); /* the others don't suffer */
    g_assert_cmpstr(
        fake_events_field(world->services->events, RVL_EVENT_PLUGIN_FAILED, 0, "plugin"), ==,
        c->plugin);
    g_assert_cmpuint(fake_loop_timers(world->services->loop), ==, 1); /* behaves' own */
}

static void
a_file_that_is_no_module_is_refused(void)
{
    g_autoptr(World) world = world_new();
    g_autofree char *path = g_build_filename(world->directory, "text.so", NULL);

    g_assert_true(g_file_set_contents(path, "this is text\n", -1, NULL));
    g_assert_cmpint(g_chmod(path, 0644), ==, 0);
    load(world);
    assert_failed(world, "text", "file too short");
}

static void
a_missing_plugin_is_named(void)
{
    static const char *const wanted[] = {"behaves", "absent", NULL};
    g_autoptr(World) world = world_new();
    g_autoptr(GError) error = NULL;

    put(world, "behaves");
    put(world, "old");
    rvl_plugin_host_find(world->host, world->directory, false);
    g_assert_false(rvl_plugin_host_load(world->host, wanted, NULL, NULL, &error));
    g_assert_error(error, RVL_ERROR, (int)RVL_CAUSE_PLUGIN_MISSING);
    g_assert_nonnull(strstr(error->message, "plugin absent"));
    assert_failed(world, "absent", "no module of this name was found");
    assert_loaded(world, "behaves");
    g_assert_cmpint(report_of(world, "old").state, ==, RVL_PLUGIN_OFF);
}

static void
a_missing_directory_is_named(void)
{
    g_autoptr(World) world = world_new();

    rvl_plugin_host_find(world->host, "/nonexistent/plugins", true);
    g_assert_cmpuint(fake_events_count(world->services->events, RVL_EVENT_NONE), ==, 0);
    rvl_plugin_host_find(world->host, "/nonexistent/plugins", false);
    assert_failed(world, "/nonexistent/plugins", "No such file or directory");
}

static void
plugins_load_after_what_they_need(void)
{
    g_autoptr(World) world = world_new();

    put(world, "a-needs-behaves"); /* found first */
    put(world, "behaves");
    load(world);
    assert_loaded(world, "a_needs_behaves");
}

static void
a_failure_is_passed_on_with_its_name(void)
{
    g_autoptr(World) world = world_new();

    put(world, "needs-fails");
    put(world, "fails");
    load(world);
    assert_failed(world, "needs_fails",
                  "it needs the store 'fails', and plugin fails, which has it, failed");
}

static void
what_is_left_out_is_named_to_who_needs_it(void)
{
    static const char *const wanted[] = {"a_needs_behaves", NULL};
    g_autoptr(World) world = world_new();
    g_autoptr(GError) error = NULL;

    put(world, "a-needs-behaves");
    put(world, "behaves");
    rvl_plugin_host_find(world->host, world->directory, false);
    g_assert_false(rvl_plugin_host_load(world->host, wanted, NULL, NULL, &error));
    assert_failed(world, "a_needs_behaves", "plugin behaves, which has it, is left out");
}

static void
a_circle_is_refused_whole(void)
{
    g_autoptr(World) world = world_new();

    put(world, "circle-red");
    put(world, "circle-blue");
    put(world, "behaves");
    load(world);
    assert_failed(world, "circle_red",
                  "it needs itself in a circle: circle_blue needs circle_red needs circle_blue");
    assert_failed(world, "circle_blue", "it needs itself in a circle");
    assert_loaded(world, "behaves");
    assert_no_store(world, "red");
}

static void
a_second_plugin_of_a_name_is_refused(void)
{
    g_autoptr(World) first = world_new();
    g_autoptr(World) second = world_new();
    RvlPluginReport report;

    put(first, "behaves");
    put(second, "behaves");
    rvl_plugin_host_find(first->host, first->directory, false);
    rvl_plugin_host_find(first->host, first->directory, false); /* the same files: once */
    rvl_plugin_host_find(first->host, second->directory, false);
    load(first);
    assert_loaded(first, "behaves");
    g_assert_true(rvl_plugin_host_report(first->host, 1, &report));
    g_assert_cmpint(report.state, ==, RVL_PLUGIN_FAILED);
    g_assert_nonnull(strstr(report.error->message, "a plugin of this name was found before: "));
    g_assert_nonnull(strstr(report.error->message, first->directory));
    g_assert_false(rvl_plugin_host_report(first->host, 2, &report));
}

static void
a_second_provider_of_a_word_is_refused(void)
{
    g_autoptr(World) world = world_new();

    put(world, "behaves");
    put(world, "same-word");
    load(world);
    assert_loaded(world, "behaves");
    assert_failed(world, "same_word", "plugin behaves provides the store 'behaves' already");
}

static void
a_second_claim_of_a_key_is_refused(void)
{
    g_autoptr(World) world = world_new();

    put(world, "behaves");
    put(world, "same-key");
    load(world);
    assert_loaded(world, "behaves");
    assert_failed(world, "same_key",
                  "it claims the key 'toy-key' of [connection], which plugin behaves has already");
}

static void
an_old_plugin_loads_and_behaves(void)
{
    g_autoptr(World) world = world_new();
    const RvlCapabilityEntry *entry;
    const RvlAuthenticator *authenticator;

    put(world, "old");
    load(world);
    assert_loaded(world, "old");
    entry = rvl_registry_find(world->registry, RVL_CAPABILITY_AUTHENTICATOR, "old");
    authenticator = entry->interface;
    g_assert_cmpuint(authenticator->methods[0], ==, 201);
    g_assert_nonnull(authenticator->check);
    g_assert_null(authenticator->skeyid); /* younger than the plugin */
    g_assert_cmpuint(report_of(world, "old").descriptor->n_options, ==, 0);
}

static void
what_others_could_change_is_refused(void)
{
    g_autoptr(World) world = world_new();
    g_autofree char *path = g_build_filename(world->directory, "behaves.so", NULL);

    put(world, "behaves");
    g_assert_cmpint(g_chmod(path, 0666), ==, 0);
    load(world);
    assert_failed(world, "behaves", "others could change it");
    g_assert_cmpint(g_chmod(path, 0644), ==, 0);
}

static void
a_folder_that_others_could_change_is_refused(void)
{
    g_autoptr(World) world = world_new();

    put(world, "behaves");
    g_assert_cmpint(g_chmod(world->directory, 0777), ==, 0);
    load(world);
    assert_failed(world, world->directory, "others could change it");
    g_assert_cmpint(g_chmod(world->directory, 0700), ==, 0);
}

static void
descriptors_of_the_program_itself_count_too(void)
{
    static const RvlNeed needs[] = {{RVL_CAPABILITY_STORE, NULL, true}};
    static const RvlPlugin held = {.head = RVL_PLUGIN_HEAD, .name = "held", RVL_NEEDS(needs)};
    const lt_dlsymlist symbols[] = {
        {"@PROGRAM@", NULL},
        {"held_LTX_rvl_plugin", (void *)&held},
        {"other_LTX_rvl_plugin", (void *)&held},
        {NULL, NULL},
    };
    g_autoptr(World) world = world_new();

    rvl_plugin_host_find_preloaded(world->host, symbols);
    load(world);
    assert_loaded(world, "held");
    g_assert_null(report_of(world, "held").file);
}

static void
what_the_caller_refuses_does_not_load(void)
{
    g_autoptr(World) world = world_new();

    put(world, "behaves");
    rvl_plugin_host_find(world->host, world->directory, false);
    rvl_plugin_host_refuse(world->host, "behaves",
                           g_error_new_literal(RVL_ERROR, RVL_CAUSE_CONFIG_INVALID, "wrong size"));
    load(world);
    assert_failed(world, "behaves", "wrong size");
    assert_no_store(world, "behaves");
}

int
main(int argc, char **argv)
{
    g_autofree char *module = NULL;

    g_test_init(&argc, &argv, NULL);
    module = g_test_build_filename(G_TEST_BUILT, "tests", "plugins", ".libs", "behaves.so", NULL);
    if (!g_file_test(module, G_FILE_TEST_EXISTS)) {
        g_print("1..0 # SKIP this build makes no shared modules\n");
        return 0;
    }

    g_test_add_func("/host/a-plugin-gets-services-and-ends", a_plugin_gets_services_and_ends);
    g_test_add_func("/host/what-a-plugin-left-ends-with-it", what_a_plugin_left_ends_with_it);
    g_test_add_func("/host/settings-reach-the-plugin", settings_reach_the_plugin);
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *path = g_strconcat("/host/refuses/", refused[i].name, NULL);

        g_test_add_data_func(path, &refused[i], module_is_refused);
    }
    g_test_add_func("/host/refuses/a-file-that-is-no-module", a_file_that_is_no_module_is_refused);
    g_test_add_func("/host/refuses/a-missing-plugin", a_missing_plugin_is_named);
    g_test_add_func("/host/refuses/a-missing-directory", a_missing_directory_is_named);
    g_test_add_func("/host/refuses/a-failed-need", a_failure_is_passed_on_with_its_name);
    g_test_add_func("/host/refuses/a-need-that-is-left-out",
                    what_is_left_out_is_named_to_who_needs_it);
    g_test_add_func("/host/refuses/a-circle", a_circle_is_refused_whole);
    g_test_add_func("/host/refuses/a-second-plugin-of-a-name",
                    a_second_plugin_of_a_name_is_refused);
    g_test_add_func("/host/refuses/a-second-provider-of-a-word",
                    a_second_provider_of_a_word_is_refused);
    g_test_add_func("/host/refuses/a-second-claim-of-a-key", a_second_claim_of_a_key_is_refused);
    g_test_add_func("/host/refuses/a-file-that-others-could-change",
                    what_others_could_change_is_refused);
    g_test_add_func("/host/refuses/a-folder-that-others-could-change",
                    a_folder_that_others_could_change_is_refused);
    g_test_add_func("/host/plugins-load-after-what-they-need", plugins_load_after_what_they_need);
    g_test_add_func("/host/an-old-plugin-loads-and-behaves", an_old_plugin_loads_and_behaves);
    g_test_add_func("/host/descriptors-of-the-program-itself-count-too",
                    descriptors_of_the_program_itself_count_too);
    g_test_add_func("/host/what-the-caller-refuses-does-not-load",
                    what_the_caller_refuses_does_not_load);
    return g_test_run();
}
