/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conformance suites on every backend, every pair of backends, and every suite and group here. */
#include "config.h"

#include <ravelin/conformance.h>

#include "crypto/built-backends.h"
#include "crypto/built-rows.h"

typedef struct {
    const BuiltBackend *built;
    const BuiltBackend *other; /* of a pair */
    const RvlPlugin *plugin;   /* of a suite or a group */
} Case;

static void
check(void *user_data, bool holds, const char *what, const char *detail)
{
    unsigned *n_checks = user_data;

    ++*n_checks;
    if (!holds)
        g_test_message("%s (%s)", what, detail != NULL ? detail : "no detail");
    if (!holds)
        g_test_fail();
}

static void
run(const Case *c, const RvlConformance *to)
{
    const RvlProvision *provision = c->plugin != NULL ? c->plugin->provides : NULL;

    if (c->other != NULL)
        rvl_conformance_backend_pair(to, c->built->backend, c->built->self, c->other->backend,
                                     c->other->self);
    else if (provision == NULL)
        rvl_conformance_crypto_backend(to, c->built->backend, c->built->self);
    else if (provision->capability == RVL_CAPABILITY_CRYPTO_SUITE)
        rvl_conformance_crypto_suite(to, provision->interface, NULL,
                                     built_suite(RVL_TRANSFORM_INTEG, "sha384"),
                                     &c->built->primitives);
    else
        rvl_conformance_key_exchange(to, provision->interface, &c->built->primitives);
}

static void
conforms(gconstpointer data)
{
    unsigned n_checks = 0;
    const RvlConformance to = {
        .size = sizeof(RvlConformance),
        .report = check,
        .user_data = &n_checks,
    };

    run(data, &to);
    g_test_message("%u checks", n_checks);
    g_assert_cmpuint(n_checks, >, 0);
}

static void
add(const char *path, Case c)
{
    g_test_add_data_func_full(path, g_memdup2(&c, sizeof(c)), conforms, g_free);
}

static void
add_backend(const BuiltBackend *built, const BuiltBackend *all, size_t n)
{
    g_autofree char *alone = built_backend_path("/crypto/conformance", built, "alone");

    add(alone, (Case){.built = built});
    for (size_t i = 0; i < n; i++) {
        g_autofree char *pair =
            built_backend_path("/crypto/conformance", built, all[i].backend->name);

        add(pair, (Case){.built = built, .other = &all[i]});
    }
    for (const RvlPlugin *const *plugin = built_rows_plugins(); *plugin != NULL; plugin++) {
        g_autofree char *path = built_backend_path("/crypto/conformance", built, (*plugin)->name);

        add(path, (Case){.built = built, .plugin = *plugin});
    }
}

int
main(int argc, char **argv)
{
    size_t n;
    const BuiltBackend *built = built_backends(&n);

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < n; i++)
        add_backend(&built[i], built, n);
    return g_test_run();
}
