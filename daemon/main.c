/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ravelind: the one place that wires the layers together. */
#include "config.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ravelin/credential-source.h>
#include <ravelin/error.h>

#include "config/configuration.h"
#include "control/control.h"
#include "control/driver-model.h"
#include "io/plugin-services.h"
#include "io/readiness.h"
#include "options.h"
#include "policy/compile.h"

/* How long an orderly end may take before the daemon goes anyway. */
#define SHUT_DOWN_PATIENCE (5 * RVL_SECOND)

/* Exit status of a daemon whose configuration is wrong; the control tool has the same. */
#define EXIT_CONFIGURATION 5

typedef struct {
    RvlOptions options;
    const char *directories[6][2];
    GMainLoop *loop;
    RvlEventHub *hub;
    RvlLog *log;
    RvlSecretStore *secrets;
    RvlSchema *schema;
    RvlConfigGroup *settings;    /* [daemon] */
    GHashTable *plugin_settings; /* name -> RvlConfigGroup */
    RvlPluginServices *services;
    RvlRegistry *registry;
    RvlPluginHost *plugins;
    RvlCrypto *crypto;
    RvlDriver *driver;
    RvlDriverModel *model;
    RvlControlService *control;
    RvlReadiness *readiness;
    bool is_stopping;
} Daemon;

/* Reading the configuration. */

static RvlTree *
read_tree(const Daemon *daemon, RvlProblems *problems)
{
    const RvlPlaces places = {
        .vendor = daemon->options.vendor,
        .runtime = daemon->options.runtime,
        .config = daemon->options.config,
        .credentials = secure_getenv("CREDENTIALS_DIRECTORY"),
    };

    return rvl_tree_read(&places, problems);
}

static RvlChecking
checking(const Daemon *daemon, const RvlTree *tree, RvlProblems *problems)
{
    return (RvlChecking){
        .tree = tree,
        .schema = daemon->schema,
        .store = rvl_secret_store_services(daemon->secrets),
        .places = {.config = daemon->options.config,
                   .credentials = secure_getenv("CREDENTIALS_DIRECTORY")},
        .problems = problems,
    };
}

/* The second pass: what is left of the files, whole. NULL with @problems where anything is wrong. */
static RvlSnapshot *
compile(const Daemon *daemon,
        const RvlConfigGroup *settings,
        const RvlTree *tree,
        const RvlSnapshot *in_force,
        RvlProblems *problems)
{
    RvlChecking second = checking(daemon, tree, problems);
    g_autoptr(RvlConfiguration) configuration = rvl_configuration_new(&second);
    const RvlCompiling compiling = {
        .configuration = configuration,
        .daemon = settings,
        .schema = daemon->schema,
        .registry = daemon->registry,
        .previous = in_force,
        .problems = problems,
    };

    return rvl_snapshot_new(&compiling);
}

static GStrv
problem_lines(const RvlProblems *problems)
{
    g_autofree char *text = rvl_problems_format(problems);

    return g_strsplit(g_strchomp(text), "\n", -1);
}

/* Certificates and keys may have been replaced under the same names: what is read next is what the files hold now. */
static void
forget_credentials(const Daemon *daemon)
{
    const RvlCapabilityEntry *entry;

    for (size_t i = 0;
         (entry = rvl_registry_get(daemon->registry, RVL_CAPABILITY_CREDENTIAL_SOURCE, i)) != NULL;
         i++) {
        const RvlCredentialSource *source = entry->interface;

        if (RVL_HAS_CALL(source, reload))
            source->reload(entry->self);
    }
}

/*
 * RvlReadConfiguration: for a reload. Of `[daemon]` what policy reads (limits, retransmission) counts at
 * once; the rest, and `[plugin]`, is checked and waits for a restart.
 */
static RvlSnapshot *
read_again(void *context, const RvlSnapshot *in_force, GStrv *lines)
{
    const Daemon *daemon = context;
    g_autoptr(RvlProblems) problems = rvl_problems_new();
    g_autoptr(RvlTree) tree = read_tree(daemon, problems);
    RvlChecking first = checking(daemon, tree, problems);
    g_autoptr(RvlConfigGroup) settings = rvl_configuration_group(&first, "daemon", NULL);
    RvlSnapshot *snapshot;
    GHashTableIter iter;
    gpointer plugin;

    forget_credentials(daemon);
    g_hash_table_iter_init(&iter, daemon->plugin_settings);
    while (g_hash_table_iter_next(&iter, &plugin, NULL))
        rvl_config_group_unref(rvl_configuration_group(&first, "plugin", plugin));
    snapshot = compile(daemon, settings, tree, in_force, problems);
    if (snapshot == NULL)
        *lines = problem_lines(problems);
    return snapshot;
}

/* Starting, in the order of the layers. */

static RvlEventLevel
level_of(const Daemon *daemon)
{
    static const char *const words[] = {"error", "warning", "notice", "info", "debug"};
    const char *word = daemon->options.log_level != NULL
                           ? daemon->options.log_level
                           : rvl_settings_text(daemon->settings->settings, "log-level", "notice");

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i], word) == 0)
            return RVL_LEVEL_ERROR + (RvlEventLevel)i;
    return RVL_LEVEL_NOTICE;
}

static bool
start_log(Daemon *daemon, GError **error)
{
    static const char *const formats[] = {"auto", "text", "journal", "json"};
    RvlLogOptions options = {.level = level_of(daemon), .descriptor = STDERR_FILENO};
    const char *format = daemon->options.log_format;

    for (size_t i = 0; format != NULL && i < G_N_ELEMENTS(formats); i++)
        if (strcmp(formats[i], format) == 0)
            options.format = (RvlLogFormat)i;
    daemon->log = rvl_log_new(daemon->hub, &options, error);
    return daemon->log != NULL;
}

/* Each plugin's keys become known before its group is read; a plugin whose keys make no sense fails. */
static void
learn_options(Daemon *daemon)
{
    RvlPluginReport report;

    for (size_t i = 0; rvl_plugin_host_report(daemon->plugins, i, &report); i++) {
        const RvlPlugin *plugin = report.descriptor;
        GError *error = NULL;

        if (report.state != RVL_PLUGIN_FOUND)
            continue;
        if (!rvl_schema_add_plugin(daemon->schema, report.name, plugin->options, plugin->n_options,
                                   plugin->options_stride, &error))
            rvl_plugin_host_refuse(daemon->plugins, report.name, error);
    }
}

static void
read_plugin_settings(Daemon *daemon, const RvlTree *tree, RvlProblems *problems)
{
    RvlChecking first = checking(daemon, tree, problems);
    RvlPluginReport report;

    for (size_t i = 0; rvl_plugin_host_report(daemon->plugins, i, &report); i++)
        if (report.state == RVL_PLUGIN_FOUND)
            g_hash_table_insert(daemon->plugin_settings, g_strdup(report.name),
                                rvl_configuration_group(&first, "plugin", report.name));
}

static const RvlSettings *
settings_of(const char *plugin, void *user_data)
{
    const Daemon *daemon = user_data;
    const RvlConfigGroup *group = g_hash_table_lookup(daemon->plugin_settings, plugin);

    return group != NULL ? group->settings : NULL;
}

static const char *const *
texts(const Daemon *daemon, const char *key)
{
    const RvlSetting *setting = rvl_settings_find(daemon->settings->settings, key);

    return setting != NULL ? setting->texts : NULL;
}

static void
find_plugins(Daemon *daemon)
{
#ifdef RVL_STATIC_PLUGINS
    rvl_plugin_host_find_preloaded(daemon->plugins, lt_preloaded_symbols);
#endif
    rvl_plugin_host_find_all(daemon->plugins, daemon->options.plugins,
                             texts(daemon, "plugin-directories"));
}

/* `crypto-backend = openssl, gcrypt, kem/x25519: gcrypt`: an order, and exceptions from it. */
static bool
start_crypto(Daemon *daemon, GError **error)
{
    const char *const *words = texts(daemon, "crypto-backend");
    g_autoptr(GPtrArray) order = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) overrides = g_array_new(FALSE, FALSE, sizeof(RvlBackendOverride));
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);

    for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
        char **parts = g_strsplit(words[i], ":", 2);
        RvlBackendOverride override = {g_strchomp(parts[0]), parts[0] != NULL ? parts[1] : NULL};

        g_ptr_array_add(kept, parts);
        if (override.backend == NULL) {
            g_ptr_array_add(order, g_strdup(words[i]));
            continue;
        }
        override.backend = g_strchug(parts[1]);
        g_array_append_val(overrides, override);
    }
    g_ptr_array_add(order, NULL);
    rvl_registry_prefer(daemon->registry, RVL_CAPABILITY_CRYPTO_BACKEND,
                        (const char *const *)order->pdata);
    daemon->crypto =
        rvl_crypto_new(daemon->registry, (const RvlBackendOverride *)(void *)overrides->data,
                       overrides->len, rvl_event_hub_events(daemon->hub), error);
    if (daemon->crypto == NULL)
        return false;
    rvl_plugin_services_set_crypto(daemon->services, daemon->crypto);
    return true;
}

static bool
load_plugins(Daemon *daemon, GError **error)
{
    const char *const *wanted = texts(daemon, "plugins");
    bool is_all = wanted == NULL || wanted[0] == NULL || strcmp(wanted[0], "all") == 0;

    return rvl_plugin_host_load(daemon->plugins, is_all ? NULL : wanted, settings_of, daemon,
                                error) &&
           start_crypto(daemon, error);
}

static const RvlCapabilityEntry *
choose_installer(const Daemon *daemon, GError **error)
{
    const char *word = rvl_settings_text(daemon->settings->settings, "installer", "auto");
    const RvlCapabilityEntry *entry;

    rvl_registry_prefer(daemon->registry, RVL_CAPABILITY_INSTALLER,
                        texts(daemon, "installer-order"));
    entry = rvl_registry_find(daemon->registry, RVL_CAPABILITY_INSTALLER,
                              strcmp(word, "auto") == 0 ? NULL : word);
    if (entry == NULL)
        rvl_error_set_found(error, RVL_CAUSE_PLUGIN_MISSING, word, NULL,
                            "[daemon] installer: no plugin carries packets as '%s'", word);
    else
        rvl_event_emit(rvl_event_hub_events(daemon->hub), NULL, RVL_EVENT_INSTALLER_CHOSEN,
                       RVL_TEXT("installer", entry->name));
    return entry;
}

static GArray *
listen_addresses(const Daemon *daemon, GError **error)
{
    const char *const *words = texts(daemon, "listen");
    g_autoptr(GArray) addresses = g_array_new(FALSE, FALSE, sizeof(RvlAddress));

    for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
        RvlAddress address;

        if (strcmp(words[i], "any") == 0)
            continue;
        if (!rvl_address_parse(words[i], &address)) {
            rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "[daemon] listen: '%s' is no address",
                          words[i]);
            return NULL;
        }
        g_array_append_val(addresses, address);
    }
    return g_steal_pointer(&addresses);
}

static bool
fill_random(void *context, uint8_t *out, size_t octets)
{
    const Daemon *daemon = context;
    const RvlPrimitives *primitives = rvl_crypto_primitives(daemon->crypto);

    return primitives->random(primitives->context, out, octets);
}

static bool
start_driver(Daemon *daemon, GError **error)
{
    const RvlSettings *settings = daemon->settings->settings;
    const RvlCapabilityEntry *installer = choose_installer(daemon, error);
    const RvlCapabilityEntry *routes =
        rvl_registry_find(daemon->registry, RVL_CAPABILITY_ROUTES, NULL);
    g_autoptr(GArray) listen = listen_addresses(daemon, error);
    RvlDriverParts parts = {
        .services = {.crypto = daemon->crypto,
                     .registry = daemon->registry,
                     .secrets = rvl_secret_store_services(daemon->secrets),
                     .events = rvl_event_hub_events(daemon->hub),
                     .schema = daemon->schema,
                     .random = fill_random,
                     .random_context = daemon,
                     .owner = daemon->options.owner,
                     .shards = 1},
        .port = (uint16_t)rvl_settings_number(settings, "port", 500),
        .encap_port = (uint16_t)rvl_settings_number(settings, "nat-port", 4500),
        .workers = (unsigned)rvl_settings_number(settings, "workers", 0),
    };

    if (installer == NULL || listen == NULL)
        return false;
    parts.installer = installer->interface;
    parts.installer_self = installer->self;
    parts.routes = routes != NULL ? routes->interface : NULL;
    parts.routes_self = routes != NULL ? routes->self : NULL;
    parts.listen = (const RvlAddress *)(void *)listen->data;
    parts.n_listen = listen->len;
    daemon->driver = rvl_driver_new(&parts, error);
    return daemon->driver != NULL && rvl_driver_start(daemon->driver, error);
}

static bool
start_control(Daemon *daemon, RvlSnapshot *snapshot, GError **error)
{
    const RvlDriverModelParts parts = {
        .driver = daemon->driver,
        .plugins = daemon->plugins,
        .registry = daemon->registry,
        .schema = daemon->schema,
        .primitives = rvl_crypto_primitives(daemon->crypto),
        .events = rvl_event_hub_events(daemon->hub),
        .read = read_again,
        .read_context = daemon,
    };
    const RvlControlOptions options = {
        .directory = daemon->options.runtime,
        .is_on_bus = daemon->options.instance == NULL,
        .version = PACKAGE_VERSION,
    };

    daemon->model = rvl_driver_model_new(&parts, snapshot);
    daemon->control = rvl_control_new(&options, rvl_driver_model_table(daemon->model), daemon->hub,
                                      daemon->log, error);
    return daemon->control != NULL;
}

/* Both passes over the files; NULL with @problems or @error where the daemon can't start. */
static RvlSnapshot *
configure(Daemon *daemon, RvlProblems *problems, GError **error)
{
    g_autoptr(RvlTree) tree = read_tree(daemon, problems);
    RvlChecking first = checking(daemon, tree, problems);

    daemon->settings = rvl_configuration_group(&first, "daemon", NULL);
    if (!start_log(daemon, error))
        return NULL;
    find_plugins(daemon);
    learn_options(daemon);
    read_plugin_settings(daemon, tree, problems);
    if (!load_plugins(daemon, error))
        return NULL;
    return compile(daemon, daemon->settings, tree, NULL, problems);
}

/* The process. */

/* No core dump and no tracing by others of the same user: both would show keys. */
static void
protect_memory(void)
{
    const struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
    umask(0077);
}

static void
stopped(void *user_data)
{
    Daemon *daemon = user_data;

    g_main_loop_quit(daemon->loop);
}

/* A second signal doesn't wait for peers any more. */
static gboolean
stop(gpointer user_data)
{
    Daemon *daemon = user_data;

    if (daemon->is_stopping) {
        g_main_loop_quit(daemon->loop);
        return G_SOURCE_CONTINUE;
    }
    daemon->is_stopping = true;
    rvl_readiness_stopping(daemon->readiness);
    rvl_event_emit(rvl_event_hub_events(daemon->hub), NULL, RVL_EVENT_DAEMON_STOPPING);
    rvl_driver_shut_down(daemon->driver, SHUT_DOWN_PATIENCE, stopped, daemon);
    return G_SOURCE_CONTINUE;
}

/* SIGHUP: as `ravelinctl reload`. */
static gboolean
reload(gpointer user_data)
{
    Daemon *daemon = user_data;

    rvl_readiness_reloading(daemon->readiness);
    rvl_control_reload(daemon->control);
    rvl_readiness_ready(daemon->readiness, NULL);
    return G_SOURCE_CONTINUE;
}

static void
daemon_init(Daemon *daemon)
{
    const RvlOptions *options = &daemon->options;
    const char *const directories[][2] = {
        {"config", options->config}, {"pki", options->pki},     {"runtime", options->runtime},
        {"state", options->state},   {"data", options->vendor},
    };
    RvlPluginServicesParts parts;

    memcpy(daemon->directories, directories, sizeof(directories));
    daemon->loop = g_main_loop_new(NULL, FALSE);
    daemon->hub = rvl_event_hub_new();
    daemon->secrets = rvl_secret_store_new();
    daemon->schema = rvl_schema_new();
    daemon->plugin_settings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                                    (GDestroyNotify)rvl_config_group_unref);
    parts = (RvlPluginServicesParts){
        .secrets = rvl_secret_store_services(daemon->secrets),
        .events = rvl_event_hub_events(daemon->hub),
        .owner = options->owner,
        .directories = (const char *const(*)[2])daemon->directories,
        .n_directories = G_N_ELEMENTS(directories),
    };
    daemon->services = rvl_plugin_services_new(&parts);
    daemon->registry = rvl_registry_new();
    daemon->plugins =
        rvl_plugin_host_new(daemon->registry, rvl_plugin_services_host(daemon->services));
    daemon->readiness = rvl_readiness_new();
}

/* Against the order of starting: who uses goes before what is used. */
static void
daemon_clear(Daemon *daemon)
{
    g_clear_pointer(&daemon->control, rvl_control_free);
    g_clear_pointer(&daemon->model, rvl_driver_model_free);
    if (daemon->driver != NULL)
        rvl_driver_stop(daemon->driver);
    if (daemon->crypto != NULL) {
        rvl_plugin_services_set_crypto(daemon->services, NULL);
        rvl_crypto_free(daemon->crypto);
    }
    g_clear_pointer(&daemon->plugins, rvl_plugin_host_free);
    g_clear_pointer(&daemon->driver, rvl_driver_free);
    g_clear_pointer(&daemon->registry, rvl_registry_free);
    g_clear_pointer(&daemon->services, rvl_plugin_services_free);
    g_clear_pointer(&daemon->plugin_settings, g_hash_table_unref);
    g_clear_pointer(&daemon->settings, rvl_config_group_unref);
    g_clear_pointer(&daemon->schema, rvl_schema_free);
    rvl_event_hub_flush(daemon->hub);
    g_clear_pointer(&daemon->log, rvl_log_free);
    g_clear_pointer(&daemon->hub, rvl_event_hub_free);
    g_clear_pointer(&daemon->secrets, rvl_secret_store_free);
    g_clear_pointer(&daemon->readiness, rvl_readiness_free);
    g_clear_pointer(&daemon->loop, g_main_loop_unref);
    rvl_options_clear(&daemon->options);
}

static void
tell_problems(const RvlProblems *problems, const GError *error)
{
    g_autofree char *text = rvl_problems_format(problems);

    if (text != NULL)
        g_printerr("%s", text);
    if (error != NULL)
        g_printerr("ravelind: %s\n", error->message);
}

static void
announce(Daemon *daemon, const RvlSnapshot *snapshot)
{
    const RvlEvents *events = rvl_event_hub_events(daemon->hub);
    RvlPluginReport report;
    size_t plugins = 0;

    for (size_t i = 0; rvl_plugin_host_report(daemon->plugins, i, &report); i++)
        plugins += report.state == RVL_PLUGIN_LOADED;
    if (!rvl_secret_memory_is_locked())
        rvl_event_emit(events, NULL, RVL_EVENT_MEMORY_NOT_LOCKED,
                       RVL_TEXT("error", "RLIMIT_MEMLOCK is too low"));
    rvl_event_emit(events, NULL, RVL_EVENT_DAEMON_READY,
                   RVL_INTEGER("connections", rvl_snapshot_count(snapshot)),
                   RVL_INTEGER("plugins", plugins));
    rvl_readiness_ready(daemon->readiness, NULL);
}

static int
run(Daemon *daemon)
{
    g_autoptr(RvlProblems) problems = rvl_problems_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(RvlSnapshot) snapshot = configure(daemon, problems, &error);

    if (snapshot == NULL) {
        tell_problems(problems, error);
        return EXIT_CONFIGURATION;
    }
    if (daemon->options.check)
        return EXIT_SUCCESS;
    if (!start_driver(daemon, &error) || !start_control(daemon, snapshot, &error)) {
        tell_problems(problems, error);
        return EXIT_FAILURE;
    }
    (void)g_unix_signal_add(SIGTERM, stop, daemon);
    (void)g_unix_signal_add(SIGINT, stop, daemon);
    (void)g_unix_signal_add(SIGHUP, reload, daemon);
    announce(daemon, snapshot);
    g_main_loop_run(daemon->loop);
    return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    Daemon daemon = {0};
    g_autoptr(GError) error = NULL;
    int status;

    setlocale(LC_ALL, "");
    if (!rvl_options_parse(&daemon.options, argc, argv, &error)) {
        g_printerr("ravelind: %s\n", error->message);
        return EXIT_FAILURE;
    }
    protect_memory();
    daemon_init(&daemon);
    status = run(&daemon);
    daemon_clear(&daemon);
    return status;
}
