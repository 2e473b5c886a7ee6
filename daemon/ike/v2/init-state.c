/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What IKE_SA_INIT leaves behind. */
#include "config.h"

#include "ike/v2/init-state.h"

#include "ike/core/engine-state.h"

RvlInit *
rvl_init_new(const RvlSecretServices *secrets)
{
    RvlInit *init = g_new0(RvlInit, 1);

    init->secrets = secrets;
    init->notifies = rvl_job_octets_new();
    init->authorities = rvl_job_octets_new();
    return init;
}

void
rvl_init_free(RvlInit *init)
{
    init->secrets->release(init->secrets->context, init->secret);
    g_clear_pointer(&init->public_value, g_bytes_unref);
    g_clear_pointer(&init->nonce_i, g_bytes_unref);
    g_clear_pointer(&init->nonce_r, g_bytes_unref);
    g_clear_pointer(&init->request, g_bytes_unref);
    g_clear_pointer(&init->response, g_bytes_unref);
    g_clear_pointer(&init->cookie, g_bytes_unref);
    g_array_unref(init->notifies);
    g_array_unref(init->authorities);
    g_free(init);
}

GBytes *
rvl_nonce_new(RvlEngine *engine, GError **error)
{
    uint8_t nonce[RVL_NONCE_OCTETS];

    if (!rvl_engine_random(engine, nonce, sizeof nonce)) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "no randomness for a nonce");
        return NULL;
    }
    return g_bytes_new(nonce, sizeof nonce);
}
