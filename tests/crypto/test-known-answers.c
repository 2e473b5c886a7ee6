/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every primitive of every backend that was built gives the known answers. */
#include "config.h"

#include "crypto/built-backends.h"

#include <ravelin/known-answer.h>

typedef struct {
    const BuiltBackend *built;
    const char *name;
} Case;

static void
case_passes(gconstpointer data)
{
    const Case *c = data;
    const RvlCryptoBackend *backend = c->built->backend;
    void *self = c->built->self;
    g_autoptr(GError) error = NULL;
    bool passed = false;

    if (g_str_has_prefix(c->name, "hash/"))
        passed = rvl_self_test_hash(backend->hash(self, c->name), NULL, &error);
    else if (g_str_has_prefix(c->name, "mac/"))
        passed = rvl_self_test_mac(backend->mac(self, c->name), NULL, &error);
    else if (g_str_has_prefix(c->name, "cipher/"))
        passed = rvl_self_test_cipher(backend->cipher(self, c->name), NULL, &error);
    else if (g_str_has_prefix(c->name, "aead/"))
        passed = rvl_self_test_aead(backend->aead(self, c->name), NULL, &error);
    else if (g_str_has_prefix(c->name, "kem/"))
        passed = rvl_self_test_kem(backend->kem(self, c->name), NULL, &error);
    else if (g_str_has_prefix(c->name, "signature/"))
        passed = rvl_self_test_signature(backend->signature(self, c->name), NULL, &error);
    g_assert_no_error(error);
    g_assert_true(passed);
}

int
main(int argc, char **argv)
{
    size_t n;
    const BuiltBackend *built = built_backends(&n);

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < n; i++) {
        const char *const *names = built[i].backend->names(built[i].self);

        for (size_t j = 0; names[j] != NULL; j++) {
            g_autofree char *path =
                built_backend_path("/crypto/known-answers", &built[i], names[j]);
            Case *c = g_new(Case, 1);

            *c = (Case){&built[i], names[j]};
            g_test_add_data_func_full(path, c, case_passes, g_free);
        }
    }
    return g_test_run();
}
