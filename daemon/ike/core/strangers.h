/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers to strangers: stateless, rate-limited, never larger than the question. */
#pragma once

#include <ravelin/octets.h>
#include <ravelin/path.h>
#include "wire/isakmp-header.h"

typedef struct RvlEngine RvlEngine;

/**
 * rvl_strangers_answer:
 * @question: the datagram that is answered
 *
 * An unprotected answer to a request, of one notify. Nothing goes out where it would be larger than
 * the question, or too many went out in this second.
 */
void rvl_strangers_answer(RvlEngine *engine,
                          const RvlPath *path,
                          RvlOctets question,
                          const RvlIsakmpHeader *header,
                          uint16_t notify,
                          RvlOctets data);

/** rvl_strangers_refuse_header: a header that doesn't hold; INVALID_MAJOR_VERSION where it asks for it. */
void rvl_strangers_refuse_header(RvlEngine *engine,
                                 const RvlPath *path,
                                 RvlOctets datagram,
                                 const RvlIsakmpHeader *header,
                                 const GError *error);
/** rvl_strangers_refuse_spi: no SA has these SPIs: INVALID_IKE_SPI (RFC 7296 1.5, 2.21.4). */
void rvl_strangers_refuse_spi(RvlEngine *engine,
                              const RvlPath *path,
                              RvlOctets datagram,
                              const RvlIsakmpHeader *header);
