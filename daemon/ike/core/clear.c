/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The road in of clear messages. A request leaves state only when it is admitted and chosen. */
#include "config.h"

#include "ike/core/clear.h"

#include <string.h>

#include "ike/core/engine-state.h"
#include "ike/core/message-types.h"
#include "ike/core/outbound.h"
#include "ike/core/report.h"
#include "ike/core/strangers.h"
#include "ike/v2/sa-init.h"
#include "wire/notify.h"

/*
 * A first message is kept until its sender proved itself: the longest honest one, with many
 * proposals and the largest public values, is shorter.
 */
#define FIRST_MAX_OCTETS ((size_t)4096)

/* What it is known by: SPI, address, family, port. */
#define FIRST_KEY_OCTETS (8 + 16 + 1 + 2)

void
rvl_clear_free(RvlClear *clear)
{
    rvl_message_free(clear->message);
    g_bytes_unref(clear->octets);
    g_free(clear);
}

static RvlClear *
clear_new(RvlMessage *message, RvlOctets datagram, const RvlPath *path)
{
    RvlClear *clear = g_new0(RvlClear, 1);

    clear->message = message;
    clear->octets = g_bytes_new(datagram.data, datagram.size);
    clear->path = *path;
    return clear;
}

/* A first message is known by its sender's SPI and address: 2.1's only key while ours is zero. */
uint64_t
rvl_clear_first_hash(const RvlEngine *engine, uint64_t initiator_spi, const RvlPath *path)
{
    const RvlEndpoint *remote = &path->remote;
    uint8_t key[FIRST_KEY_OCTETS]; /* no struct, whose padding would be hashed too */
    uint8_t *at = key;

    memcpy(at, &initiator_spi, sizeof initiator_spi);
    at += sizeof initiator_spi;
    memcpy(at, remote->address.octets, sizeof remote->address.octets);
    at += sizeof remote->address.octets;
    *at++ = remote->address.family;
    *at++ = (uint8_t)(remote->port >> 8);
    *at = (uint8_t)remote->port;
    return rvl_keyed_table_hash(engine->by_first, key, sizeof key);
}

static RvlIkeSa *
find_first(const RvlEngine *engine, uint64_t initiator_spi, const RvlPath *path)
{
    RvlTableLink *link =
        rvl_keyed_table_first(engine->by_first, rvl_clear_first_hash(engine, initiator_spi, path));

    for (; link != NULL; link = rvl_keyed_table_next(link)) {
        RvlIkeSa *ike = rvl_table_entry(link, RvlIkeSa, by_first);

        if (ike->spi_remote == initiator_spi && ike->state != RVL_IKE_SA_GONE &&
            rvl_endpoint_equal(&ike->half_open_source, &path->remote))
            return ike;
    }
    return NULL;
}

static RvlMessage *
parse(RvlEngine *engine,
      const RvlPath *path,
      RvlOctets datagram,
      const RvlIsakmpHeader *header,
      RvlGrammarV2 grammar)
{
    g_autoptr(RvlMessage) message = NULL;
    g_autoptr(GError) error = NULL;
    guint64 type = 0;
    uint8_t critical;

    message = rvl_message_parse(datagram.data, datagram.size, &error);
    if (message != NULL && rvl_grammar_check(rvl_grammar_v2(grammar), message, &error))
        return g_steal_pointer(&message);
    rvl_report_stranger_dropped(engine, path, rvl_error_cause(error), error);
    if (rvl_error_cause(error) == RVL_CAUSE_CRITICAL_PAYLOAD_UNKNOWN &&
        g_ascii_string_to_unsigned(rvl_error_found(error), 10, 0, UINT8_MAX, &type, NULL)) {
        critical = (uint8_t)type; /* 2.5: the one error of form that a stranger is told */
        rvl_strangers_answer(engine, path, datagram, header,
                             RVL_NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD, RVL_OCTETS(&critical, 1));
    }
    return NULL;
}

static void
take_request(RvlEngine *engine,
             const RvlPath *path,
             RvlOctets datagram,
             const RvlIsakmpHeader *header)
{
    RvlIkeSa *ike = find_first(engine, header->initiator_spi, path);
    RvlMessage *message;

    if (ike != NULL) { /* the same request again, or one that pretends to be */
        if (ike->window.slot == RVL_SLOT_ANSWERED &&
            rvl_engine_digest(engine, datagram) == ike->window.digest &&
            rvl_window_may_repeat(&ike->window, rvl_path_equal(path, &ike->path.current),
                                  engine->now.time))
            rvl_outbound_send(ike, path, ike->window.answer);
        return;
    }
    if (datagram.size > FIRST_MAX_OCTETS) {
        rvl_report_stranger_dropped(engine, path, RVL_CAUSE_MESSAGE_MALFORMED, NULL);
        return;
    }
    message = parse(engine, path, datagram, header, RVL_GRAMMAR_V2_IKE_SA_INIT_REQUEST);
    if (message != NULL)
        rvl_sa_init_take_stranger(engine, clear_new(message, datagram, path));
}

static void
take_response(RvlEngine *engine,
              const RvlPath *path,
              RvlOctets datagram,
              const RvlIsakmpHeader *header)
{
    RvlIkeSa *ike = rvl_engine_find_spi(engine, header->initiator_spi);
    RvlMessage *message;

    if (ike == NULL || ike->state != RVL_IKE_SA_BEGUN || !ike->is_initiator ||
        ike->exchanges.asking == NULL || !ike->exchanges.asking->kind->is_clear ||
        ike->exchanges.asking->phase != RVL_PHASE_SENT)
        return; /* answered already, or never asked */
    message = parse(engine, path, datagram, header, RVL_GRAMMAR_V2_IKE_SA_INIT_RESPONSE);
    if (message != NULL)
        rvl_sa_init_take_answer(ike, clear_new(message, datagram, path));
}

void
rvl_clear_datagram(RvlEngine *engine,
                   const RvlPath *path,
                   RvlOctets datagram,
                   const RvlIsakmpHeader *header)
{
    bool from_initiator = rvl_isakmp_header_is_from_initiator(header);

    if (header->message_id != 0 || header->initiator_spi == 0)
        return;
    if (rvl_isakmp_header_is_response(header)) {
        if (!from_initiator)
            take_response(engine, path, datagram, header);
    } else if (from_initiator && header->responder_spi == 0) {
        take_request(engine, path, datagram, header);
    }
}
