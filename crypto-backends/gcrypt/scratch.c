/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A thread's scratch: the library's keyed contexts, found by the id of their key. */
#include "config.h"

#include "backend.h"

static void
free_mac(void *context)
{
    gcry_mac_close(context);
}

static bool
init_macs(void *self, void *memory)
{
    ((GcryptScratch *)memory)->contexts = rvl_keyed_contexts_new(free_mac);
    return true;
}

static void
free_cipher(void *context)
{
    gcry_cipher_close(context);
}

static bool
init_ciphers(void *self, void *memory)
{
    ((GcryptScratch *)memory)->contexts = rvl_keyed_contexts_new(free_cipher);
    return true;
}

static void
forget(void *self, void *memory, uint64_t key_id)
{
    rvl_keyed_contexts_forget(((GcryptScratch *)memory)->contexts, key_id);
}

static void
fini(void *self, void *memory)
{
    g_clear_pointer(&((GcryptScratch *)memory)->contexts, rvl_keyed_contexts_free);
}

const RvlScratch gcrypt_mac_scratch = {sizeof(GcryptScratch), init_macs, forget, fini};
const RvlScratch gcrypt_cipher_scratch = {sizeof(GcryptScratch), init_ciphers, forget, fini};

gcry_cipher_hd_t
gcrypt_cipher_context(GcryptScratch *scratch, int algorithm, int mode, const RvlCryptItem *item)
{
    gcry_cipher_hd_t context = rvl_keyed_contexts_find(scratch->contexts, item->key_id);

    if (context != NULL)
        return context;
    if (item->key.size != gcry_cipher_get_algo_keylen(algorithm))
        return NULL;
    context = rvl_keyed_contexts_take_oldest(scratch->contexts);
    if (context == NULL && gcry_cipher_open(&context, algorithm, mode, 0) != 0)
        return NULL;
    if (gcry_cipher_setkey(context, item->key.data, item->key.size) != 0) {
        gcry_cipher_close(context);
        return NULL;
    }
    rvl_keyed_contexts_add(scratch->contexts, item->key_id, context);
    return context;
}
