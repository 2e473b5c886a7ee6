/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Crypto backend over libgcrypt: the plugin, and looking primitives up by name. */
#include "config.h"

#include "backend.h"

#include <ravelin/plugin.h>

#define GCRYPT_NEEDED "1.10.0"
#define SECURE_MEMORY_OCTETS 65536

static const RvlHash *
hash(void *self, const char *name)
{
    return rvl_primitive_table_find(((GcryptBackend *)self)->table, "hash/", name);
}

static const RvlMac *
mac(void *self, const char *name)
{
    return rvl_primitive_table_find(((GcryptBackend *)self)->table, "mac/", name);
}

static const RvlCipher *
cipher(void *self, const char *name)
{
    return rvl_primitive_table_find(((GcryptBackend *)self)->table, "cipher/", name);
}

static const RvlAead *
aead(void *self, const char *name)
{
    return rvl_primitive_table_find(((GcryptBackend *)self)->table, "aead/", name);
}

static const RvlKem *
kem(void *self, const char *name)
{
    return rvl_primitive_table_find(((GcryptBackend *)self)->table, "kem/", name);
}

static const RvlSignature *
signature(void *self, const char *name)
{
    return rvl_primitive_table_find(((GcryptBackend *)self)->table, "signature/", name);
}

static const char *const *
names(void *self)
{
    return rvl_primitive_table_names(((GcryptBackend *)self)->table);
}

static const char *
library(void *self)
{
    return ((GcryptBackend *)self)->library;
}

static bool
random_octets(void *self, uint8_t *out, size_t octets)
{
    gcry_randomize(out, octets, GCRY_STRONG_RANDOM);
    return true;
}

/* The library is one for the whole process: another user may have started it already, and then its
 * choices hold. Secrets in S-expressions and numbers are wiped only where secure memory is on; that it
 * may not be locked is said once for all secrets, by libravelin's. */
static gcry_error_t
start_library(void)
{
    gcry_error_t code;

    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
        return 0;
    gcry_control(GCRYCTL_SET_PREFERRED_RNG_TYPE, GCRY_RNG_TYPE_SYSTEM);
    if (gcry_check_version(GCRYPT_NEEDED) == NULL)
        return gcry_error(GPG_ERR_UNKNOWN_VERSION);
    gcry_control(GCRYCTL_DISABLE_SECMEM_WARN);
    code = gcry_control(GCRYCTL_INIT_SECMEM, SECURE_MEMORY_OCTETS, 0);
    if (code != 0)
        return code;
    gcry_control(GCRYCTL_AUTO_EXPAND_SECMEM, SECURE_MEMORY_OCTETS);
    return gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

/* Everything that may open files is done here, before a process gives up its rights. */
static bool
load(const RvlHost *host, const RvlSettings *settings, void **self, GError **error)
{
    GcryptBackend *backend;
    uint8_t drawn;
    gcry_error_t code = start_library();

    if (code != 0)
        return gcrypt_fail(error, code, "start of libgcrypt");
    gcry_randomize(&drawn, 1, GCRY_STRONG_RANDOM);
    backend = g_new0(GcryptBackend, 1);
    backend->table = rvl_primitive_table_new();
    gcrypt_hashes_load(backend);
    gcrypt_macs_load(backend);
    gcrypt_ciphers_load(backend);
    gcrypt_aeads_load(backend);
    gcrypt_kems_load(backend);
    gcrypt_signatures_load(backend);
    backend->library = g_strdup_printf("libgcrypt %s", gcry_check_version(NULL));
    *self = backend;
    return true;
}

static void
unload(void *self)
{
    GcryptBackend *backend = self;

    rvl_primitive_table_free(backend->table);
    g_free(backend->library);
    g_free(backend);
}

static const RvlCryptoBackend interface = {
    .size = sizeof(RvlCryptoBackend),
    .name = "gcrypt",
    .library = library,
    .hash = hash,
    .mac = mac,
    .cipher = cipher,
    .aead = aead,
    .kem = kem,
    .signature = signature,
    .names = names,
    .random = random_octets,
};

static const RvlProvision provides[] = {
    {RVL_CAPABILITY_CRYPTO_BACKEND, "gcrypt", &interface},
};

RVL_PLUGIN(gcrypt) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "gcrypt",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "primitives by libgcrypt",
    RVL_PROVIDES(provides),
    .load = load,
    .unload = unload,
};
