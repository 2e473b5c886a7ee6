/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hashes by OpenSSL. */
#include "config.h"

#include "backend.h"

static bool
digest(void *self, const RvlOctets *parts, size_t n_parts, uint8_t *out)
{
    const OpensslHash *hash = self;
    g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();

    if (ctx == NULL || EVP_DigestInit_ex2(ctx, hash->md, NULL) != 1)
        return false;
    for (size_t i = 0; i < n_parts; i++)
        if (parts[i].size > 0 && EVP_DigestUpdate(ctx, parts[i].data, parts[i].size) != 1)
            return false;
    return EVP_DigestFinal_ex(ctx, out, NULL) == 1;
}

static const struct {
    const char *name;
    const char *algorithm;
    uint16_t output_octets;
    uint16_t block_octets;
} rows[OPENSSL_HASHES] = {
    {"hash/sha1", "SHA1", 20, 64},
    {"hash/sha2-256", "SHA256", 32, 64},
    {"hash/sha2-384", "SHA384", 48, 128},
    {"hash/sha2-512", "SHA512", 64, 128},
};

void
openssl_hashes_load(OpensslBackend *backend)
{
    for (size_t i = 0; i < OPENSSL_HASHES; i++) {
        OpensslHash *hash = &backend->hashes[i];

        hash->md = EVP_MD_fetch(NULL, rows[i].algorithm, NULL);
        hash->hash = (RvlHash){
            .size = sizeof(RvlHash),
            .name = rows[i].name,
            .backend = "openssl",
            .self = hash,
            .output_octets = rows[i].output_octets,
            .block_octets = rows[i].block_octets,
            .digest = digest,
        };
        if (hash->md != NULL)
            rvl_primitive_table_add(backend->table, rows[i].name, &hash->hash);
    }
}

void
openssl_hashes_unload(OpensslBackend *backend)
{
    for (size_t i = 0; i < OPENSSL_HASHES; i++)
        EVP_MD_free(backend->hashes[i].md);
}
