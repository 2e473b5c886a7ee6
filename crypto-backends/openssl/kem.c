/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Key exchanges by OpenSSL: the rows, and the derivation that all of them end in. */
#include "config.h"

#include "backend.h"

#include <openssl/dh.h>

bool
openssl_derive(EVP_PKEY *own, EVP_PKEY *peer, size_t octets, RvlSecret **shared, GError **error)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
    g_autoptr(RvlSecret) secret = rvl_secret_new(octets);
    size_t written = octets;

    /* The peer's value was checked by who calls: the library's own validation of a MODP value
     * would cost seven exponentiations more. */
    if (ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 ||
        (EVP_PKEY_is_a(own, "DH") && EVP_PKEY_CTX_set_dh_pad(ctx, 1) != 1))
        return openssl_fail(error, "key exchange");
    if (EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) != 1 ||
        EVP_PKEY_derive(ctx, rvl_secret_fill(secret), &written) != 1 || written != octets)
        return openssl_refuse(error, "peer's public value");
    *shared = g_steal_pointer(&secret);
    return true;
}

static const struct {
    const char *name;
    const char *algorithm;
    const char *curve;
    uint16_t octets;
    void (*set)(OpensslKem *kem);
} rows[OPENSSL_KEMS] = {
    {"kem/x25519", "X25519", NULL, 32, openssl_kem_set_x25519},
    {"kem/ecp-256", "EC", "P-256", 32, openssl_kem_set_ecp},
    {"kem/ecp-384", "EC", "P-384", 48, openssl_kem_set_ecp},
    {"kem/ecp-521", "EC", "P-521", 66, openssl_kem_set_ecp},
    {"kem/modp", "DH", NULL, 0, openssl_kem_set_modp},
};

void
openssl_kems_load(OpensslBackend *backend)
{
    for (size_t i = 0; i < OPENSSL_KEMS; i++) {
        OpensslKem *kem = &backend->kems[i];

        kem->algorithm = rows[i].algorithm;
        kem->curve = rows[i].curve;
        kem->octets = rows[i].octets;
        kem->kem = (RvlKem){
            .size = sizeof(RvlKem),
            .name = rows[i].name,
            .backend = "openssl",
            .self = kem,
        };
        rows[i].set(kem);
        if (openssl_has_keys(rows[i].algorithm))
            rvl_primitive_table_add(backend->table, rows[i].name, &kem->kem);
    }
}
