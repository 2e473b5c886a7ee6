/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The private keys that lie in a folder, and which of them fits a certificate. */
#include "config.h"

#include "key-ring.h"

#include <string.h>

#include <ravelin/error.h>

#include "pem.h"
#include "trusted-file.h"

/* Folders below pki/ that are looked into: `private/`, and one more. */
#define MAX_DEPTH 3

/* Keys of one machine; a folder that holds more holds something else. */
#define MAX_FILES 4096

typedef struct {
    char *path;
    OpensslKey *key;  /* NULL where it can't be used, */
    char *why_unused; /* for this reason */
} Entry;

struct KeyRing {
    gatomicrefcount references;
    char *folder;
    GPtrArray *entries; /* Entry */
};

static void
entry_free(Entry *entry)
{
    g_free(entry->path);
    openssl_key_free(entry->key);
    g_free(entry->why_unused);
    g_free(entry);
}

static Entry *
entry_new(const char *path, OpensslKey *key, const GError *error)
{
    Entry *entry = g_new0(Entry, 1);

    entry->path = g_strdup(path);
    entry->key = key;
    entry->why_unused = key == NULL ? g_strdup(error->message) : NULL;
    return entry;
}

/* The key of @path, or why it can't be used; NULL where it doesn't look like a key's file. */
static Entry *
read_entry(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TrustedFile) file = trusted_file_read(path, &error);
    OpensslKey *key = NULL;

    if (file == NULL)
        return entry_new(path, NULL, error);
    if (!pem_may_hold_key(file->octets, file->n))
        return NULL;
    if (trusted_file_is_secret(file, path, &error))
        key = pem_read_key(file->octets, file->n, &error);
    return entry_new(path, key, error);
}

static void
read_folder(KeyRing *ring, const char *folder, unsigned depth)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL && ring->entries->len < MAX_FILES) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        Entry *entry;

        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            if (depth < MAX_DEPTH)
                read_folder(ring, path, depth + 1);
            continue;
        }
        entry = read_entry(path);
        if (entry != NULL)
            g_ptr_array_add(ring->entries, entry);
    }
}

static int
compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const Entry *const *)a)->path, (*(const Entry *const *)b)->path);
}

KeyRing *
key_ring_new(const char *folder)
{
    KeyRing *ring = g_new0(KeyRing, 1);

    g_atomic_ref_count_init(&ring->references);
    ring->folder = g_strdup(folder);
    ring->entries = g_ptr_array_new_with_free_func((GDestroyNotify)entry_free);
    read_folder(ring, folder, 1);
    g_ptr_array_sort(ring->entries, compare_paths); /* the order of a folder decides nothing */
    return ring;
}

KeyRing *
key_ring_ref(KeyRing *ring)
{
    g_atomic_ref_count_inc(&ring->references);
    return ring;
}

void
key_ring_unref(KeyRing *ring)
{
    if (ring == NULL || !g_atomic_ref_count_dec(&ring->references))
        return;
    g_free(ring->folder);
    g_ptr_array_unref(ring->entries);
    g_free(ring);
}

/* `/etc/ravelin/pki/r.key`, `b.key (mode 0644 …)`: what was looked at. */
static char *
describe(const KeyRing *ring, const char *path)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < ring->entries->len; i++) {
        const Entry *entry = g_ptr_array_index(ring->entries, i);

        if (path != NULL && strcmp(path, entry->path) != 0)
            continue;
        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", entry->path);
        if (entry->why_unused != NULL)
            g_string_append_printf(text, " (%s)", entry->why_unused);
    }
    if (text->len == 0)
        g_string_printf(text, "no key in %s", path != NULL ? path : ring->folder);
    return g_string_free(text, FALSE);
}

const RvlAsymmetricKey *
key_ring_find(const KeyRing *ring,
              const RvlAsymmetricKey *public_key,
              const char *name,
              GError **error)
{
    g_autofree char *path = NULL;
    g_autofree char *looked_at = NULL;
    g_autofree char *wanted = NULL;

    if (name != NULL)
        path =
            g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(ring->folder, name, NULL);
    for (guint i = 0; i < ring->entries->len; i++) {
        const Entry *entry = g_ptr_array_index(ring->entries, i);

        if (entry->key != NULL && (path == NULL || strcmp(path, entry->path) == 0) &&
            openssl_key_equal(&entry->key->key, public_key))
            return &entry->key->key;
    }
    looked_at = describe(ring, path);
    wanted = g_strdup_printf("the private key of the certificate's %s key", public_key->kind);
    rvl_error_set_found(error, RVL_CAUSE_KEY_MISSING, looked_at, wanted, NULL);
    return NULL;
}
