/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of what was loaded: plugins, algorithms. */
#include "config.h"

#include "control/list-modules.h"

#include <string.h>

#include <ravelin/descriptor.h>
#include <ravelin/error.h>

#include "control/rows.h"

static const char *
state_word(RvlPluginState state)
{
    switch (state) {
    case RVL_PLUGIN_FOUND:
        return "found";
    case RVL_PLUGIN_LOADED:
        return "loaded";
    case RVL_PLUGIN_FAILED:
        return "failed";
    case RVL_PLUGIN_OFF:
        return "off";
    }
    return "unknown";
}

/* `crypto-suite aes-gcm, …` */
static char *
provisions(const RvlPlugin *plugin)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < plugin->n_provides; i++) {
        RvlProvision one;

        rvl_plugin_provision(plugin, i, &one);
        g_string_append_printf(text, "%s%s %s", i > 0 ? ", " : "",
                               rvl_capability_word(one.capability), one.name);
    }
    return g_string_free(text, FALSE);
}

static void
add_plugin(GVariantBuilder *rows, const RvlPluginReport *report)
{
    g_auto(GVariantBuilder) row = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    rvl_row_text(&row, "name", report->name);
    rvl_row_text(&row, "state", state_word(report->state));
    if (report->descriptor != NULL) {
        rvl_row_text(&row, "version", report->descriptor->version);
        rvl_row_text(&row, "licence", report->descriptor->licence);
        rvl_row_text(&row, "summary", report->descriptor->summary);
        rvl_row_take_text(&row, "provides", provisions(report->descriptor));
    }
    rvl_row_text(&row, "file", report->file);
    if (report->error != NULL) {
        rvl_row_text(&row, "cause", rvl_cause_info(rvl_error_cause(report->error))->word);
        rvl_row_text(&row, "error", report->error->message);
    }
    g_variant_builder_add_value(rows, g_variant_builder_end(&row));
}

GVariant *
rvl_list_plugins(const RvlPluginHost *plugins)
{
    GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
    RvlPluginReport report;

    for (size_t i = 0; rvl_plugin_host_report(plugins, i, &report); i++)
        add_plugin(&rows, &report);
    return g_variant_builder_end(&rows);
}

/* Algorithms. */

static const char *
suite_kind(uint8_t type)
{
    switch (type) {
    case RVL_TRANSFORM_ENCR:
        return "encryption";
    case RVL_TRANSFORM_PRF:
        return "prf";
    case RVL_TRANSFORM_INTEG:
        return "integrity";
    default:
        return "unknown";
    }
}

/* Asks for the primitive by the prefix of its name; who serves it stands in the primitive. */
static const char *
backend_of(const RvlPrimitives *primitives, const char *name, GError **error)
{
    void *context = primitives->context;

    if (name == NULL)
        return NULL;
    if (g_str_has_prefix(name, "aead/")) {
        const RvlAead *aead = primitives->aead(context, name, error);

        return aead != NULL ? aead->backend : NULL;
    }
    if (g_str_has_prefix(name, "cipher/")) {
        const RvlCipher *cipher = primitives->cipher(context, name, error);

        return cipher != NULL ? cipher->backend : NULL;
    }
    if (g_str_has_prefix(name, "mac/")) {
        const RvlMac *mac = primitives->mac(context, name, error);

        return mac != NULL ? mac->backend : NULL;
    }
    if (g_str_has_prefix(name, "kem/")) {
        const RvlKem *kem = primitives->kem(context, name, error);

        return kem != NULL ? kem->backend : NULL;
    }
    return NULL;
}

static void
add_algorithm(GVariantBuilder *rows,
              const RvlPrimitives *primitives,
              const char *word,
              const char *kind,
              const char *plugin,
              const char *primitive,
              bool is_legacy)
{
    g_auto(GVariantBuilder) row = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
    g_autoptr(GError) error = NULL;
    const char *backend = backend_of(primitives, primitive, &error);

    rvl_row_text(&row, "word", word);
    rvl_row_text(&row, "type", kind);
    rvl_row_text(&row, "plugin", plugin);
    rvl_row_text(&row, "primitive", primitive);
    rvl_row_text(&row, "backend", backend);
    rvl_row_fact(&row, "is_legacy", is_legacy);
    if (error != NULL)
        rvl_row_text(&row, "error", error->message);
    g_variant_builder_add_value(rows, g_variant_builder_end(&row));
}

GVariant *
rvl_list_algorithms(const RvlRegistry *registry, const RvlPrimitives *primitives)
{
    GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
    const RvlSuiteEntry *suite;
    const RvlGroupEntry *group;

    for (size_t i = 0; (suite = rvl_registry_suite_at(registry, i)) != NULL; i++)
        add_algorithm(&rows, primitives, suite->row->word, suite_kind(suite->row->type),
                      suite->plugin, suite->row->primitive, suite->row->is_legacy);
    for (size_t i = 0; (group = rvl_registry_group_at(registry, i)) != NULL; i++)
        add_algorithm(&rows, primitives, group->row->word, "group", group->plugin,
                      group->row->primitive, group->row->is_legacy);
    return g_variant_builder_end(&rows);
}
