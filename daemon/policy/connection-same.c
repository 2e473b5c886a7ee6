/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether two compilations of a connection are the same. */
#include "config.h"

#include "policy/connection-same.h"

#include <string.h>

#include "policy/connection-parts.h"
#include "policy/plugin-settings.h"

/* Whether what is written in @a stands in the same line in @b. */
static bool
places_same(const RvlSettings *a, const RvlSettings *b)
{
    const RvlSetting *x;

    for (size_t i = 0; (x = rvl_settings_get(a, i)) != NULL && x->file != NULL; i++) {
        const RvlSetting *y = rvl_settings_find(b, x->key);

        if (y == NULL || x->line != y->line || g_strcmp0(x->file, y->file) != 0)
            return false;
    }
    return true;
}

static bool
groups_same_places(const RvlConnection *a, const RvlConnection *b)
{
    if (a->parts->groups->len != b->parts->groups->len)
        return false;
    for (guint i = 0; i < a->parts->groups->len; i++) {
        const RvlConfigGroup *x = g_ptr_array_index(a->parts->groups, i);
        const RvlConfigGroup *y = g_ptr_array_index(b->parts->groups, i);

        if (strcmp(x->head, y->head) != 0 || x->line != y->line ||
            g_strcmp0(x->file, y->file) != 0 || !places_same(x->settings, y->settings) ||
            !places_same(y->settings, x->settings))
            return false;
    }
    return true;
}

static void
note(GPtrArray *differences, const char *name)
{
    if (!g_ptr_array_find_with_equal_func(differences, name, g_str_equal, NULL))
        g_ptr_array_add(differences, g_strdup(name));
}

/* Notes each key that is written in @a and that @b has not, or has otherwise. Defaults are the same. */
static void
note_keys(GPtrArray *differences, const RvlSettings *a, const RvlSettings *b)
{
    const RvlSetting *x;

    for (size_t i = 0; (x = rvl_settings_get(a, i)) != NULL && x->file != NULL; i++) {
        const RvlSetting *y = rvl_settings_find(b, x->key);

        if (y == NULL || g_strcmp0(x->text, y->text) != 0)
            note(differences, x->key);
    }
}

static void
note_children(GPtrArray *differences, const RvlConnection *a, const RvlConnection *b)
{
    for (size_t i = 0; i < a->n_children; i++) {
        const RvlChildPolicy *x = &a->children[i];
        const RvlChildPolicy *y = rvl_connection_child(b, x->name);

        if (y == NULL) {
            note(differences, "protect");
            continue;
        }
        note_keys(differences, x->settings, y->settings);
        if (!rvl_proposals_equal(x->proposals, y->proposals))
            note(differences, "child-proposals");
        if (x->lifetime.time != y->lifetime.time || x->lifetime.octets != y->lifetime.octets ||
            x->lifetime.packets != y->lifetime.packets)
            note(differences, "lifetime");
    }
}

/* What is not written in the connection's own groups, but holds for it. */
static void
note_derived(GPtrArray *differences, const RvlConnection *a, const RvlConnection *b)
{
    if (!rvl_proposals_equal(a->ike_proposals, b->ike_proposals))
        note(differences, "ike-proposals");
    if (a->ike_lifetime.time != b->ike_lifetime.time)
        note(differences, "ike-lifetime");
    if (memcmp(&a->retransmit, &b->retransmit, sizeof(a->retransmit)) != 0)
        note(differences, "retransmit");
    if ((a->local_identity == NULL) != (b->local_identity == NULL) ||
        (a->local_identity != NULL && !rvl_identity_equal(a->local_identity, b->local_identity)))
        note(differences, "local-id");
    if (!rvl_identity_secrets_equal(a->parts->identity_secrets, b->parts->identity_secrets))
        note(differences, "secret");
}

static const RvlSecretServices *
store_of(const RvlConnection *connection)
{
    return ((const RvlConfigGroup *)g_ptr_array_index(connection->parts->groups, 0))->secrets;
}

static void
note_auth(GPtrArray *differences,
          const RvlAuthPolicy *a,
          const RvlAuthPolicy *b,
          const RvlSecretServices *store)
{
    const RvlSetting *x = rvl_settings_find(a->settings, "authority-certificate");
    const RvlSetting *y = rvl_settings_find(b->settings, "authority-certificate");
    guint before = differences->len;

    if (strcmp(a->word, b->word) != 0)
        note(differences, "auth");
    if ((x == NULL) != (y == NULL) || (x != NULL && !g_strv_equal(x->texts, y->texts)))
        note(differences, "authority");
    if (differences->len == before && !rvl_settings_same(a->settings, b->settings, store))
        note(differences, "secret");
}

GPtrArray *
rvl_connection_differences(const RvlConnection *a, const RvlConnection *b)
{
    GPtrArray *differences = g_ptr_array_new_with_free_func(g_free);

    note_keys(differences, a->settings, b->settings);
    note_keys(differences, b->settings, a->settings);
    note_children(differences, a, b);
    note_children(differences, b, a);
    note_derived(differences, a, b);
    if (a->n_remote_auth != b->n_remote_auth)
        note(differences, "remote-auth");
    for (size_t i = 0; i < MIN(a->n_remote_auth, b->n_remote_auth); i++)
        note_auth(differences, &a->remote_auth[i], &b->remote_auth[i], store_of(a));
    note_auth(differences, &a->local_auth, &b->local_auth, store_of(a));
    return differences;
}

bool
rvl_connection_identical(const RvlConnection *a, const RvlConnection *b)
{
    g_autoptr(GPtrArray) differences = NULL;

    if (!groups_same_places(a, b))
        return false;
    differences = rvl_connection_differences(a, b);
    return differences->len == 0;
}
