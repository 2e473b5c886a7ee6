/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a failure of the library is reported. */
#include "config.h"

#include "backend.h"

bool
gcrypt_fail(GError **error, gcry_error_t code, const char *what)
{
    const char *reason = gcry_strerror(code);

    rvl_error_set_found(error, RVL_CAUSE_PLUGIN_FAILED, reason, NULL, "%s: libgcrypt: %s", what,
                        reason);
    return false;
}

bool
gcrypt_refuse(GError **error, const char *what)
{
    rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED, "%s is not valid", what);
    return false;
}
