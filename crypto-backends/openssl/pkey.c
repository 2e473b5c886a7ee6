/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library's keys: whether it has a kind, and one made of its numbers. */
#include "config.h"

#include "backend.h"

bool
openssl_has_keys(const char *algorithm)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);

    return ctx != NULL;
}

EVP_PKEY *
openssl_pkey_build(const char *algorithm, OSSL_PARAM_BLD *bld, int selection)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
    EVP_PKEY *pkey = NULL;

    if (ctx != NULL && params != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
        EVP_PKEY_fromdata(ctx, &pkey, selection, params) != 1)
        g_clear_pointer(&pkey, EVP_PKEY_free);
    OSSL_PARAM_free(params);
    return pkey;
}
