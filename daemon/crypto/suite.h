/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the registry's suites and groups need of backends: is it served, and by which object. */
#pragma once

#include <ravelin/protection.h>

#include "crypto/crypto.h"

/**
 * rvl_crypto_check_transform:
 * @transform: of type ENCR, PRF, INTEG, KE or ADDKE1 to ADDKE7
 *
 * Whether some plugin knows it and a self-tested backend serves it: only what is may be offered or
 * accepted. ESN, and NONE for INTEG and KE, are the protocol's own and always are.
 *
 * Errors: RVL_CAUSE_ALGORITHM_UNAVAILABLE, RVL_CAUSE_SELF_TEST_FAILED.
 */
bool rvl_crypto_check_transform(const RvlCrypto *crypto,
                                const RvlTransform *transform,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_crypto_protection:
 * @encr: transform of type ENCR
 * @integ: (nullable): transform of type INTEG; NULL, or NONE, exactly where @encr is combined
 * @use: RVL_USE_…: both must be fit for it
 *
 * Returns: (transfer full) (nullable): the packet protection of the pair; made once, then shared.
 *
 * Errors: RVL_CAUSE_ALGORITHM_UNAVAILABLE, RVL_CAUSE_SELF_TEST_FAILED, RVL_CAUSE_CONFIG_INVALID.
 */
RvlProtection *rvl_crypto_protection(RvlCrypto *crypto,
                                     const RvlTransform *encr,
                                     const RvlTransform *integ,
                                     uint32_t use,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
