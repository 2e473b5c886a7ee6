/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates and private keys from files below pki/: the source's calls, and the descriptor. */
#include "config.h"

#include <ravelin/credential-source.h>
#include <ravelin/error.h>
#include <ravelin/plugin.h>

#include "key-ring.h"
#include "pem.h"
#include "trusted-file.h"

/*
 * What was read is kept until reload(): workers ask at each handshake, and a handshake under way
 * keeps what it began with.
 */
typedef struct {
    const RvlHost *host;
    char *folder;
    GMutex mutex;
    KeyRing *keys;            /* NULL: not read yet */
    GHashTable *certificates; /* name -> GPtrArray of GBytes */
} Files;

static GPtrArray *
read_certificates(const Files *self, const char *name, GError **error)
{
    g_autofree char *path =
        g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(self->folder, name, NULL);
    g_autoptr(TrustedFile) file = trusted_file_read(path, error);
    GPtrArray *read;

    if (file == NULL)
        return NULL;
    read = pem_read_certificates(file->octets, file->n, error);
    if (read == NULL)
        rvl_error_prefix_where(error, "%s", path);
    return read;
}

static GPtrArray *
get_certificates(Files *self, const char *name, GError **error)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->mutex);
    GPtrArray *found = g_hash_table_lookup(self->certificates, name);

    if (found == NULL) {
        found = read_certificates(self, name, error);
        if (found == NULL)
            return NULL;
        g_hash_table_insert(self->certificates, g_strdup(name), found);
    }
    return g_ptr_array_ref(found);
}

static KeyRing *
get_keys(Files *self)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->mutex);

    if (self->keys == NULL)
        self->keys = key_ring_new(self->folder);
    return key_ring_ref(self->keys);
}

static bool
certificates(void *instance,
             const char *name,
             void (*each)(const RvlOctets *certificate, void *user_data),
             void *user_data,
             GError **error)
{
    g_autoptr(GPtrArray) found = get_certificates(instance, name, error);

    for (guint i = 0; found != NULL && i < found->len; i++) {
        const RvlOctets octets = rvl_octets_from_bytes(g_ptr_array_index(found, i));

        each(&octets, user_data);
    }
    return found != NULL;
}

static bool
has_key(void *instance, const RvlAsymmetricKey *public_key, const char *name, GError **error)
{
    g_autoptr(KeyRing) keys = get_keys(instance);

    return key_ring_find(keys, public_key, name, error) != NULL;
}

static void
sign(void *instance,
     const RvlAsymmetricKey *public_key,
     const char *name,
     const char *scheme,
     const RvlOctets *parts,
     size_t n_parts,
     RvlCredentialDone done,
     void *user_data)
{
    Files *self = instance;
    const RvlPrimitives *primitives = self->host->primitives;
    g_autoptr(KeyRing) keys = get_keys(self);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) signature = NULL;
    const RvlAsymmetricKey *key = key_ring_find(keys, public_key, name, &error);
    const RvlSignature *primitive = NULL;

    if (key != NULL)
        primitive = primitives->signature(primitives->context, scheme, &error);
    if (primitive != NULL)
        signature = primitive->sign(primitive->self, key, parts, n_parts, &error);
    done(signature, error, user_data);
}

static void
reload(void *instance)
{
    Files *self = instance;
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->mutex);

    g_clear_pointer(&self->keys, key_ring_unref);
    g_hash_table_remove_all(self->certificates);
}

static bool
load(const RvlHost *host, const RvlSettings *settings, void **instance, GError **error)
{
    Files *self = g_new0(Files, 1);

    (void)settings;
    (void)error;
    self->host = host;
    self->folder = g_strdup(host->directory(host->context, "pki"));
    g_mutex_init(&self->mutex);
    self->certificates =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    *instance = self;
    return true;
}

static void
unload(void *instance)
{
    Files *self = instance;

    key_ring_unref(self->keys);
    g_hash_table_unref(self->certificates);
    g_mutex_clear(&self->mutex);
    g_free(self->folder);
    g_free(self);
}

static const RvlCredentialSource source = {
    .size = sizeof(source),
    .name = "files",
    .certificates = certificates,
    .has_key = has_key,
    .sign = sign,
    .reload = reload,
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_CREDENTIAL_SOURCE, "files", &source},
};

static const RvlNeed needs[] = {
    {RVL_CAPABILITY_CRYPTO_BACKEND, NULL, false},
};

RVL_PLUGIN(credentials_files) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "credentials_files",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "certificates and private keys from files below pki/",
    RVL_PROVIDES(provides),
    RVL_NEEDS(needs),
    .load = load,
    .unload = unload,
};
