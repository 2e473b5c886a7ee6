/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the bits of `needs` stand for, and their refusal. */
#include "config.h"

#include <ravelin/needs.h>

#include <ravelin/authenticator.h>
#include <ravelin/certificate-verifier.h>
#include <ravelin/error.h>
#include <ravelin/installer.h>
#include <ravelin/routes.h>

static const struct {
    const char *structure;
    uint32_t bit;
    const char *field;
} fields[] = {
    {"RvlInterfaceRequest", RVL_INTERFACE_NEEDS_NAME, "name"},
    {"RvlSaAdd", RVL_SA_NEEDS_MARK, "mark"},
    {"RvlSaAdd", RVL_SA_NEEDS_LIFETIME_OCTETS, "hard_octets"},
    {"RvlSaAdd", RVL_SA_NEEDS_LIFETIME_PACKETS, "hard_packets"},
    {"RvlSaAdd", RVL_SA_NEEDS_MTU, "mtu"},
    {"RvlSaAdd", RVL_SA_NEEDS_SEQUENCE, "sequence"},
    {"RvlPolicyAdd", RVL_POLICY_NEEDS_MARK, "mark"},
    {"RvlRouteSet", RVL_ROUTES_NEEDS_TABLE, "table"},
    {"RvlRouteSet", RVL_ROUTES_NEEDS_DNS, "dns"},
    {"RvlRouteSet", RVL_ROUTES_NEEDS_GUARD_ONLY, "is_guard_only"},
    {"RvlAuthRequest", RVL_AUTH_NEEDS_EAP, "eap"},
    {"RvlAuthRequest", RVL_AUTH_NEEDS_STATE, "state"},
    {"RvlCertificateRequest", RVL_CERTIFICATE_NEEDS_REVOCATION, "revocation"},
};

static const char *
field_of(const char *structure, uint32_t bit)
{
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (fields[i].bit == bit && g_str_equal(fields[i].structure, structure))
            return fields[i].field;
    }
    return NULL;
}

/* What the data plane can't do is told to the peer, too; the other receivers are just too old. */
static RvlCause
cause_of(const char *structure)
{
    static const char *const of_installers[] = {
        "RvlInterfaceRequest", "RvlEndpointOffer", "RvlSaAdd",       "RvlPolicyAdd",
        "RvlRouteSet",         "RvlRoutesRule",    "RvlRoutesRules", NULL};

    return g_strv_contains(of_installers, structure) ? RVL_CAUSE_KERNEL_UNSUPPORTED
                                                     : RVL_CAUSE_PLUGIN_INCOMPATIBLE;
}

bool
rvl_needs_check(const char *structure, uint32_t needs, uint32_t served, GError **error)
{
    g_autoptr(GString) names = NULL;

    if ((needs & ~served) == 0)
        return true;
    names = g_string_new(NULL);
    for (unsigned i = 0; i < 32; i++) {
        uint32_t bit = UINT32_C(1) << i;
        const char *field = field_of(structure, bit);

        if ((needs & ~served & bit) == 0)
            continue;
        g_string_append(names, names->len > 0 ? ", " : "");
        if (field != NULL)
            g_string_append(names, field);
        else
            g_string_append_printf(names, "bit %u", i);
    }
    rvl_error_set_found(error, cause_of(structure), names->str, NULL,
                        "%s needs what isn't served here", structure);
    return false;
}
