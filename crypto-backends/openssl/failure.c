/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a failure of the library is reported. */
#include "config.h"

#include "backend.h"

#include <openssl/err.h>

static bool
report(GError **error, RvlCause cause, const char *what)
{
    unsigned long code = ERR_get_error();
    const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;

    ERR_clear_error();
    if (reason == NULL)
        reason = "no reason given";
    rvl_error_set_found(error, cause, reason, NULL, "%s: OpenSSL: %s", what, reason);
    return false;
}

bool
openssl_fail(GError **error, const char *what)
{
    return report(error, RVL_CAUSE_PLUGIN_FAILED, what);
}

bool
openssl_refuse(GError **error, const char *what)
{
    return report(error, RVL_CAUSE_MESSAGE_MALFORMED, what);
}
