/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The conformance suites, run on every plugin of the build as a daemon loads it. Prints TAP. */
#include "config.h"

#include <string.h>
#include <glib/gstdio.h>

#include <ravelin/conformance.h>

#include "fakes/authenticator.h"
#include "fakes/installer.h"
#include "fakes/routes.h"
#include "io/plugin-services.h"

/* A loop in which nothing happens for so long has nothing to tell. */
#define PATIENCE_MS 5000

/* Whoever is loaded through the host gets its services: this stands in for a vendor's plugin. */
static bool
load(const RvlHost *host, const RvlSettings *settings, void **self, GError **error)
{
    *self = (void *)host;
    return true;
}

static void
prove(void *self, const RvlAuthRequest *request, RvlAuthDone done, void *user_data)
{
    done(NULL, NULL, user_data);
}

static const RvlAuthenticator marker = {.size = sizeof(marker),
                                        .word = "conformance",
                                        .prove = prove,
                                        .check = prove};
static const RvlProvision provides[] = {{RVL_CAPABILITY_AUTHENTICATOR, "conformance", &marker}};
static const RvlPlugin caller = {.head = RVL_PLUGIN_HEAD,
                                 .name = "conformance",
                                 RVL_PROVIDES(provides),
                                 .load = load};

static void
emit(void *context, const RvlEvent *event)
{
    if (event->id == RVL_EVENT_PLUGIN_FAILED) {
        g_autofree char *sentence = rvl_event_sentence(event);

        g_print("# %s\n", sentence);
    }
}

static gboolean
gave_up(gpointer user_data)
{
    *(bool *)user_data = true;
    return G_SOURCE_REMOVE;
}

static bool
turn(void *context)
{
    bool is_over = false;
    GSource *patience = g_timeout_source_new(PATIENCE_MS);

    g_source_set_callback(patience, gave_up, &is_over, NULL);
    g_source_attach(patience, NULL);
    (void)g_main_context_iteration(NULL, TRUE);
    g_source_destroy(patience);
    g_source_unref(patience);
    return !is_over;
}

static void
check_all(const RvlConformanceRun *run, const RvlPluginHost *plugins, const RvlRegistry *registry)
{
    const RvlCapabilityEntry *entry;
    RvlPluginReport report;

    for (size_t i = 0; rvl_plugin_host_report(plugins, i, &report); i++) {
        if (report.file != NULL && report.descriptor != NULL)
            rvl_conformance_descriptor(run->to, report.descriptor);
    }
    /* backends, suites and groups have a test of their own, with every pair of backends */
    for (uint32_t kind = RVL_CAPABILITY_AUTHENTICATOR; kind <= RVL_CAPABILITY_FRONT_END; kind++) {
        for (size_t i = 0; (entry = rvl_registry_get(registry, kind, i)) != NULL; i++) {
            if (strcmp(entry->plugin, caller.name) != 0)
                (void)rvl_conformance_capability(run, kind, entry->interface, entry->self);
        }
    }
}

/* What stands in for plugins in tests does what plugins must. */
static void
check_fakes(const RvlConformanceRun *run)
{
    g_autoptr(FakeInstaller) installer = fake_installer_new();
    g_autoptr(FakeRoutes) routes = fake_routes_new();
    FakeAuthenticator authenticator = {.fails = RVL_CAUSE_PSK_MISSING};

    rvl_conformance_installer(run, &fake_installer, installer);
    rvl_conformance_routes(run, &fake_routes, routes);
    rvl_conformance_authenticator(run, &fake_authenticator, &authenticator);
    run->to->report(run->to->user_data, fake_installer_holds(installer) == 0,
                    "the suites leave nothing in an installer", NULL);
    run->to->report(run->to->user_data, g_hash_table_size(routes->sets) == 0,
                    "the suites leave nothing in routes", NULL);
}

int
main(void)
{
    const char *built = g_getenv("G_TEST_BUILDDIR");
    g_autofree char *modules = g_build_filename(built != NULL ? built : ".", "modules", NULL);
    g_autofree char *folder = g_dir_make_tmp("ravelin-conformance-XXXXXX", NULL);
    const char *const directories[][2] = {{"config", folder},
                                          {"pki", folder},
                                          {"runtime", folder},
                                          {"state", folder},
                                          {"data", folder}};
    g_autoptr(RvlSecretStore) secrets = rvl_secret_store_new();
    const RvlEvents events = {sizeof(events), NULL, emit};
    const RvlPluginServicesParts parts = {rvl_secret_store_services(secrets), &events,
                                          "ravelin-conformance", directories,
                                          G_N_ELEMENTS(directories)};
    g_autoptr(RvlPluginServices) services = rvl_plugin_services_new(&parts);
    g_autoptr(RvlRegistry) registry = rvl_registry_new();
    RvlPluginHost *plugins = rvl_plugin_host_new(registry, rvl_plugin_services_host(services));
    RvlConformanceTap tap = {0};
    RvlConformance to;
    RvlConformanceRun run = {.size = sizeof(run), .to = &to, .turn = turn};
    g_autoptr(GError) error = NULL;
    RvlCrypto *crypto;

    rvl_plugin_host_add(plugins, &caller);
    rvl_plugin_host_find(plugins, modules, true);
    if (!rvl_plugin_host_load(plugins, NULL, NULL, NULL, &error))
        g_error("%s", error->message);
    crypto = rvl_crypto_new(registry, NULL, 0, &events, &error);
    if (crypto == NULL) {
        g_print("1..0 # SKIP %s\n", error->message);
        return 0;
    }
    rvl_plugin_services_set_crypto(services, crypto);
    run.host = rvl_registry_find(registry, RVL_CAPABILITY_AUTHENTICATOR, "conformance")->self;
    rvl_conformance_tap(&tap, &to);
    check_all(&run, plugins, registry);
    check_fakes(&run);

    rvl_plugin_services_set_crypto(services, NULL);
    rvl_crypto_free(crypto);
    rvl_plugin_host_free(plugins);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    (void)g_rmdir(folder);
    return rvl_conformance_tap_finish(&tap) ? 0 : 1;
}
