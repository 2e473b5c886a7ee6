/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Crypto backend over OpenSSL's libcrypto 3: the plugin, and looking primitives up by name. */
#include "config.h"

#include "backend.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <ravelin/plugin.h>

static const RvlHash *
hash(void *self, const char *name)
{
    return rvl_primitive_table_find(((OpensslBackend *)self)->table, "hash/", name);
}

static const RvlMac *
mac(void *self, const char *name)
{
    return rvl_primitive_table_find(((OpensslBackend *)self)->table, "mac/", name);
}

static const RvlCipher *
cipher(void *self, const char *name)
{
    return rvl_primitive_table_find(((OpensslBackend *)self)->table, "cipher/", name);
}

static const RvlAead *
aead(void *self, const char *name)
{
    return rvl_primitive_table_find(((OpensslBackend *)self)->table, "aead/", name);
}

static const RvlKem *
kem(void *self, const char *name)
{
    return rvl_primitive_table_find(((OpensslBackend *)self)->table, "kem/", name);
}

static const RvlSignature *
signature(void *self, const char *name)
{
    return rvl_primitive_table_find(((OpensslBackend *)self)->table, "signature/", name);
}

static const char *const *
names(void *self)
{
    return rvl_primitive_table_names(((OpensslBackend *)self)->table);
}

static const char *
library(void *self)
{
    return ((OpensslBackend *)self)->library;
}

static bool
random_octets(void *self, uint8_t *out, size_t octets)
{
    return RAND_bytes_ex(NULL, out, octets, 0) == 1;
}

/* Everything that may open files or fetch is done here, before a process gives up its rights. The
 * library's own configuration holds: a distribution's policy or FIPS mode decides what is there. */
static bool
load(const RvlHost *host, const RvlSettings *settings, void **self, GError **error)
{
    OpensslBackend *backend;
    uint8_t drawn;

    if (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL) != 1 ||
        RAND_bytes_ex(NULL, &drawn, 1, 0) != 1)
        return openssl_fail(error, "start of libcrypto");
    backend = g_new0(OpensslBackend, 1);
    backend->table = rvl_primitive_table_new();
    openssl_hashes_load(backend);
    openssl_macs_load(backend);
    openssl_ciphers_load(backend);
    openssl_aeads_load(backend);
    openssl_kems_load(backend);
    openssl_signatures_load(backend);
    backend->library = g_strdup_printf("OpenSSL %s", OpenSSL_version(OPENSSL_VERSION_STRING));
    ERR_clear_error(); /* what the library lacks is not an error */
    *self = backend;
    return true;
}

static void
unload(void *self)
{
    OpensslBackend *backend = self;

    openssl_aeads_unload(backend);
    openssl_ciphers_unload(backend);
    openssl_macs_unload(backend);
    openssl_hashes_unload(backend);
    rvl_primitive_table_free(backend->table);
    g_free(backend->library);
    g_free(backend);
}

static const RvlCryptoBackend interface = {
    .size = sizeof(RvlCryptoBackend),
    .name = "openssl",
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
    {RVL_CAPABILITY_CRYPTO_BACKEND, "openssl", &interface},
};

RVL_PLUGIN(openssl) = {
    .head = RVL_PLUGIN_HEAD,
    .name = "openssl",
    .version = PACKAGE_VERSION,
    .licence = "LGPL-2.1-or-later",
    .summary = "primitives by OpenSSL",
    RVL_PROVIDES(provides),
    .load = load,
    .unload = unload,
};
