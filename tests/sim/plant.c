/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all simulated hosts share: the real plugins, loaded once, and the crypto backend of a run. */
#include "config.h"

#include "sim/plant.h"

#include <string.h>

#include <ravelin/error.h>

#include "crypto/prf.h"
#include "crypto/suite.h"
#include "fakes/policy.h"
#include "fakes/toy-backend.h"

struct SimPlant {
    char *backend;
    RvlSecretStore *secrets;
    RvlHostServices services;
    RvlRegistry *registry;
    RvlSchema *schema;
    RvlPluginHost *plugins;
    ToyBackend *toy; /* (nullable) */
    RvlCrypto *crypto;
    FakeLoop *loop; /* (nullable): of the run */
};

/* The plugin host's services. */

static const RvlMac *
prf(void *context, uint16_t id, GError **error)
{
    const SimPlant *plant = context;
    RvlPrf found;

    return rvl_prf_find(plant->crypto, id, &found, error) ? found.mac : NULL;
}

static RvlProtection *
protection(void *context,
           const RvlTransform *encr,
           const RvlTransform *integ,
           uint32_t use,
           GError **error)
{
    const SimPlant *plant = context;

    return rvl_crypto_protection(plant->crypto, encr, integ, use, error);
}

static RvlTime
now(void *context)
{
    const SimPlant *plant = context;

    return plant->loop != NULL ? fake_loop_now(plant->loop) : 0;
}

static void
wall(void *context, RvlWallTime *out)
{
    const SimPlant *plant = context;

    *out = plant->loop != NULL ? fake_loop_wall(plant->loop) : (RvlWallTime){0};
}

static RvlTimerId
timer_add(void *context, RvlTime delay, RvlCall call, void *user_data)
{
    const SimPlant *plant = context;

    return fake_loop_timer_add(plant->loop, delay, call, user_data);
}

static void
timer_remove(void *context, RvlTimerId timer)
{
    const SimPlant *plant = context;

    fake_loop_timer_remove(plant->loop, timer);
}

static void
invoke(void *context, RvlCall call, void *user_data)
{
    const SimPlant *plant = context;

    fake_loop_post(plant->loop, call, user_data);
}

static const char *
directory(void *context, const char *kind)
{
    (void)context;
    (void)kind;
    return "/nonexistent";
}

static void
fill_services(SimPlant *plant)
{
    plant->services = (RvlHostServices){
        .context = plant,
        .secrets = rvl_secret_store_services(plant->secrets),
        .protection = protection,
        .prf = prf,
        .now = now,
        .wall = wall,
        .timer_add = timer_add,
        .timer_remove = timer_remove,
        .invoke = invoke,
        .directory = directory,
        .owner = "sim",
    };
}

/* Loading. */

/* What a simulation needs; a build that lacks one of them can't simulate. */
static const char *const modules_needed[] = {"aes_gcm", "hmac_sha2", "curve25519",
                                             "ecp",     "psk",       NULL};

static GStrv
wanted(const SimPlant *plant)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    g_strv_builder_addv(names, (const char **)modules_needed);
    if (strcmp(plant->backend, "toy") != 0)
        g_strv_builder_add(names, plant->backend);
    return g_strv_builder_end(names);
}

static bool
learn_options(SimPlant *plant, GError **error)
{
    RvlPluginReport report;

    for (size_t i = 0; rvl_plugin_host_report(plant->plugins, i, &report); i++) {
        const RvlPlugin *plugin = report.descriptor;

        if (report.state == RVL_PLUGIN_LOADED &&
            !rvl_schema_add_plugin(plant->schema, report.name, plugin->options, plugin->n_options,
                                   plugin->options_stride, error))
            return false;
    }
    return true;
}

static bool
use_backend(SimPlant *plant, GError **error)
{
    const char *const preferred[] = {plant->backend, NULL};

    if (strcmp(plant->backend, "toy") == 0)
        return true;
    if (rvl_registry_find(plant->registry, RVL_CAPABILITY_CRYPTO_BACKEND, plant->backend) == NULL) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_MISSING, "no crypto backend %s was built",
                      plant->backend);
        return false;
    }
    rvl_registry_prefer(plant->registry, RVL_CAPABILITY_CRYPTO_BACKEND, preferred);
    plant->crypto = rvl_crypto_new(plant->registry, NULL, 0, NULL, error);
    return plant->crypto != NULL;
}

SimPlant *
sim_plant_new(const char *modules, const char *backend, GError **error)
{
    g_autoptr(SimPlant) plant = g_new0(SimPlant, 1);
    g_auto(GStrv) names = NULL;

    plant->backend = g_strdup(backend);
    plant->secrets = rvl_secret_store_new();
    fill_services(plant);
    plant->registry = rvl_registry_new();
    plant->plugins = rvl_plugin_host_new(plant->registry, &plant->services);
    plant->schema = rvl_schema_new();
    names = wanted(plant);
    rvl_plugin_host_find(plant->plugins, modules, false);
    if (!rvl_plugin_host_load(plant->plugins, (const char *const *)names, NULL, NULL, error) ||
        !learn_options(plant, error) || !use_backend(plant, error))
        return NULL;
    return g_steal_pointer(&plant);
}

void
sim_plant_free(SimPlant *plant)
{
    if (plant == NULL)
        return;
    sim_plant_end(plant);
    g_clear_pointer(&plant->crypto, rvl_crypto_free);
    rvl_plugin_host_free(plant->plugins);
    rvl_schema_free(plant->schema);
    rvl_registry_free(plant->registry);
    rvl_secret_store_free(plant->secrets);
    g_free(plant->backend);
    g_free(plant);
}

bool
sim_plant_begin(SimPlant *plant, uint64_t seed, FakeLoop *loop, GError **error)
{
    plant->loop = loop;
    if (strcmp(plant->backend, "toy") != 0)
        return true;
    plant->toy = toy_backend_new(seed);
    plant->crypto = rvl_crypto_new_over(plant->registry, toy_backend_primitives(plant->toy));
    if (plant->crypto != NULL)
        return true;
    rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "the toy backend can't be used");
    return false;
}

void
sim_plant_end(SimPlant *plant)
{
    plant->loop = NULL;
    if (plant->toy == NULL)
        return;
    g_clear_pointer(&plant->crypto, rvl_crypto_free);
    g_clear_pointer(&plant->toy, toy_backend_free);
}

RvlRegistry *
sim_plant_registry(const SimPlant *plant)
{
    return plant->registry;
}

RvlCrypto *
sim_plant_crypto(const SimPlant *plant)
{
    return plant->crypto;
}

const RvlSecretServices *
sim_plant_secrets(const SimPlant *plant)
{
    return rvl_secret_store_services(plant->secrets);
}

RvlSchema *
sim_plant_schema(const SimPlant *plant)
{
    return plant->schema;
}

RvlSnapshot *
sim_plant_compile(SimPlant *plant,
                  const char *conf,
                  const char *secrets,
                  const RvlSnapshot *previous,
                  char **report)
{
    RvlFakePolicy policy = {
        .registry = plant->registry,
        .schema = plant->schema,
        .store = plant->secrets,
    };
    RvlSnapshot *snapshot = rvl_fake_policy_compile(&policy, conf, secrets, previous);

    *report = policy.report;
    return snapshot;
}
