/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers to strangers. */
#include "config.h"

#include "ike/core/strangers.h"

#include "ike/core/engine-state.h"
#include "ike/core/report.h"
#include "wire/draft.h"
#include "wire/notify.h"

/* Unprotected answers a second, to all strangers together. */
#define ANSWERS_A_SECOND 1000

void
rvl_strangers_answer(RvlEngine *engine,
                     const RvlPath *path,
                     RvlOctets question,
                     const RvlIsakmpHeader *header,
                     uint16_t notify,
                     RvlOctets data)
{
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    g_autoptr(GBytes) answer = NULL;
    RvlIsakmpHeader out = {
        .initiator_spi = header->initiator_spi,
        .responder_spi = header->responder_spi,
        .version = RVL_IKE_VERSION_2,
        .exchange = header->exchange,
        .flags = (uint8_t)(RVL_IKE_FLAG_RESPONSE | (~header->flags & RVL_IKE_FLAG_INITIATOR)),
        .message_id = header->message_id,
    };

    if (rvl_isakmp_header_is_response(header))
        return; /* an answer is never answered */
    rvl_draft_add_notify(draft, notify, data);
    answer = rvl_draft_finish_clear(draft, &out, NULL);
    if (answer == NULL || g_bytes_get_size(answer) > question.size ||
        !rvl_token_bucket_take(&engine->stranger_answers, ANSWERS_A_SECOND, engine->now.time))
        return;
    rvl_engine_send(engine, path, answer);
}

void
rvl_strangers_refuse_header(RvlEngine *engine,
                            const RvlPath *path,
                            RvlOctets datagram,
                            const RvlIsakmpHeader *header,
                            const GError *error)
{
    rvl_report_stranger_dropped(engine, path, rvl_error_cause(error), error);
    if (rvl_error_cause(error) == RVL_CAUSE_VERSION_MISMATCH) /* 2.5: a higher major version */
        rvl_strangers_answer(engine, path, datagram, header, RVL_NOTIFY_INVALID_MAJOR_VERSION,
                             RVL_OCTETS_NONE);
}

void
rvl_strangers_refuse_spi(RvlEngine *engine,
                         const RvlPath *path,
                         RvlOctets datagram,
                         const RvlIsakmpHeader *header)
{
    rvl_report_stranger_dropped(engine, path, RVL_CAUSE_NONE, NULL);
    if (header->exchange >= RVL_EXCHANGE_IKE_AUTH)
        rvl_strangers_answer(engine, path, datagram, header, RVL_NOTIFY_INVALID_IKE_SPI,
                             RVL_OCTETS_NONE);
}
