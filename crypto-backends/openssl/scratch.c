/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A thread's scratch: the library's keyed contexts, found by the id of their key. */
#include "config.h"

#include "backend.h"

static void
free_mac(void *context)
{
    EVP_MAC_CTX_free(context);
}

static bool
init_macs(void *self, void *memory)
{
    ((OpensslScratch *)memory)->contexts = rvl_keyed_contexts_new(free_mac);
    return true;
}

static void
free_cipher(void *context)
{
    EVP_CIPHER_CTX_free(context);
}

static bool
init_ciphers(void *self, void *memory)
{
    ((OpensslScratch *)memory)->contexts = rvl_keyed_contexts_new(free_cipher);
    return true;
}

static void
forget(void *self, void *memory, uint64_t key_id)
{
    rvl_keyed_contexts_forget(((OpensslScratch *)memory)->contexts, key_id);
}

static void
fini(void *self, void *memory)
{
    g_clear_pointer(&((OpensslScratch *)memory)->contexts, rvl_keyed_contexts_free);
}

const RvlScratch openssl_mac_scratch = {sizeof(OpensslScratch), init_macs, forget, fini};
const RvlScratch openssl_cipher_scratch = {sizeof(OpensslScratch), init_ciphers, forget, fini};
