/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bodies of ID payloads: what AUTH covers (RFC 7296 2.15, 3.5). */
#pragma once

#include <ravelin/identity.h>
#include "wire/payload.h"

/** rvl_identification_body: (transfer full): of an ID payload that we send: reserved octets zero. */
GBytes *rvl_identification_body(const RvlIdentity *identity);

/** rvl_identification_identity: (transfer full): the identity that a parsed ID payload names. */
RvlIdentity *rvl_identification_identity(const RvlIdPayload *payload);
