/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Key exchanges by OpenSSL: the rows, and the flow that all kinds of them share. */
#include "config.h"

#include "backend.h"

#include <openssl/dh.h>

static void
group_clear(OpensslGroup *group)
{
    BN_free(group->p);
    BN_free(group->g);
    BN_free(group->q);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OpensslGroup, group_clear)

static bool
group_read(OpensslGroup *group,
           const OpensslKem *kem,
           const RvlParameter *parameters,
           size_t n_parameters,
           GError **error)
{
    group->kem = kem;
    group->octets = kem->octets;
    return kem->form->read == NULL || kem->form->read(group, parameters, n_parameters, error);
}

/* The peer's value was checked by who calls: the library's own validation of a MODP value would cost
 * seven exponentiations more. */
static bool
derive(const OpensslGroup *group, EVP_PKEY *own, EVP_PKEY *peer, RvlSecret **shared, GError **error)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
    g_autoptr(RvlSecret) secret = rvl_secret_new(group->octets);
    size_t written = group->octets;

    if (ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 ||
        (EVP_PKEY_is_a(own, "DH") && EVP_PKEY_CTX_set_dh_pad(ctx, 1) != 1))
        return openssl_fail(error, "key exchange");
    if (EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) != 1 ||
        EVP_PKEY_derive(ctx, rvl_secret_fill(secret), &written) != 1 || written != group->octets)
        return openssl_refuse(error, "peer's public value");
    *shared = g_steal_pointer(&secret);
    return true;
}

static bool
offer(void *self,
      const RvlParameter *parameters,
      size_t n_parameters,
      GBytes **public_value,
      RvlSecret **state,
      GError **error)
{
    const OpensslKemForm *form = ((const OpensslKem *)self)->form;
    g_auto(OpensslGroup) group = {0};
    g_autoptr(EVP_PKEY) own = NULL;
    g_autoptr(GBytes) value = NULL;
    g_autoptr(RvlSecret) private_value = NULL;

    if (!group_read(&group, self, parameters, n_parameters, error))
        return false;
    own = form->keygen(&group, error);
    value = own != NULL ? form->public_of(&group, own, error) : NULL;
    private_value = value != NULL ? form->private_of(&group, own, error) : NULL;
    if (private_value == NULL)
        return false;
    *public_value = g_steal_pointer(&value);
    *state = g_steal_pointer(&private_value);
    return true;
}

static bool
answer(void *self,
       const RvlParameter *parameters,
       size_t n_parameters,
       const RvlOctets *peer_public,
       GBytes **public_value,
       RvlSecret **shared,
       GError **error)
{
    const OpensslKemForm *form = ((const OpensslKem *)self)->form;
    g_auto(OpensslGroup) group = {0};
    g_autoptr(EVP_PKEY) peer = NULL;
    g_autoptr(EVP_PKEY) own = NULL;
    g_autoptr(GBytes) value = NULL;

    if (!group_read(&group, self, parameters, n_parameters, error))
        return false;
    peer = form->public_from(&group, peer_public, error);
    own = peer != NULL ? form->keygen(&group, error) : NULL;
    value = own != NULL ? form->public_of(&group, own, error) : NULL;
    if (value == NULL || !derive(&group, own, peer, shared, error))
        return false;
    *public_value = g_steal_pointer(&value);
    return true;
}

static bool
finish(void *self,
       const RvlParameter *parameters,
       size_t n_parameters,
       const RvlSecret *state,
       const RvlOctets *peer_public,
       RvlSecret **shared,
       GError **error)
{
    const OpensslKemForm *form = ((const OpensslKem *)self)->form;
    g_auto(OpensslGroup) group = {0};
    g_autoptr(EVP_PKEY) peer = NULL;
    g_autoptr(EVP_PKEY) own = NULL;

    if (!group_read(&group, self, parameters, n_parameters, error))
        return false;
    peer = form->public_from(&group, peer_public, error);
    own = peer != NULL ? form->private_from(&group, state, error) : NULL;
    return own != NULL && derive(&group, own, peer, shared, error);
}

static bool
check(void *self,
      const RvlParameter *parameters,
      size_t n_parameters,
      const RvlOctets *peer_public,
      GError **error)
{
    g_auto(OpensslGroup) group = {0};

    return group_read(&group, self, parameters, n_parameters, error) &&
           group.kem->form->check(&group, peer_public, error);
}

static const struct {
    const char *name;
    const OpensslKemForm *form;
    const char *algorithm;
    const char *curve;
    uint16_t octets;
} rows[OPENSSL_KEMS] = {
    {"kem/x25519", &openssl_x25519, "X25519", NULL, 32},
    {"kem/ecp-256", &openssl_ecp, "EC", "P-256", 32},
    {"kem/ecp-384", &openssl_ecp, "EC", "P-384", 48},
    {"kem/ecp-521", &openssl_ecp, "EC", "P-521", 66},
    {"kem/modp", &openssl_modp, "DH", NULL, 0},
};

void
openssl_kems_load(OpensslBackend *backend)
{
    for (size_t i = 0; i < OPENSSL_KEMS; i++) {
        OpensslKem *kem = &backend->kems[i];

        kem->form = rows[i].form;
        kem->algorithm = rows[i].algorithm;
        kem->curve = rows[i].curve;
        kem->octets = rows[i].octets;
        kem->kem = (RvlKem){
            .size = sizeof(RvlKem),
            .name = rows[i].name,
            .backend = "openssl",
            .self = kem,
            .offer = offer,
            .answer = answer,
            .finish = finish,
            .check = rows[i].form->check != NULL ? check : NULL,
        };
        if (openssl_has_keys(rows[i].algorithm))
            rvl_primitive_table_add(backend->table, rows[i].name, &kem->kem);
    }
}
