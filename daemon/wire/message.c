/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message as parsed: the walk along its payloads, and the finders. */
#include "config.h"

#include "wire/message.h"

#include <ravelin/error.h>
#include "wire/chain.h"
#include "wire/notify.h"
#include "wire/payload-codec.h"

/* Payloads that an ordinary IKE_AUTH has room for; more are rare. */
#define FIRST_ROOM 8

static RvlMessage *
message_new(const RvlIsakmpHeader *header, const uint8_t *octets, size_t size)
{
    RvlMessage *message = g_new0(RvlMessage, 1);

    message->header = *header;
    message->octets = RVL_OCTETS(size != 0 ? g_memdup2(octets, size) : NULL, size);
    return message;
}

void
rvl_message_free(RvlMessage *message)
{
    if (message == NULL)
        return;
    for (size_t i = 0; i < message->n_payloads; i++)
        rvl_payload_v2_clear(&message->payloads[i]);
    g_free(message->payloads);
    g_free((uint8_t *)message->octets.data);
    g_free(message);
}

/* Where the next payload goes; doubles the room when it is full. */
static RvlPayload *
next_slot(RvlMessage *message)
{
    size_t n = message->n_payloads;

    if (n >= FIRST_ROOM && (n & (n - 1)) == 0)
        message->payloads = g_renew(RvlPayload, message->payloads, 2 * n);
    else if (n == 0)
        message->payloads = g_new(RvlPayload, FIRST_ROOM);
    message->payloads[n] = (RvlPayload){0};
    return &message->payloads[n];
}

/* Only the outside of a message holds an encrypted payload, and as its last (3.14). */
static bool
check_encrypted(const RvlChainLink *link, const RvlReader *rest, bool is_inner, GError **error)
{
    if (is_inner) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, link->offset,
                                "an encrypted payload within another");
        return false;
    }
    if (!rvl_reader_is_at_end(rest)) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, rvl_reader_offset(rest),
                                "%zu octets behind the encrypted payload, which must be the last",
                                rvl_reader_left(rest));
        return false;
    }
    return true;
}

static bool
parse_payload(RvlMessage *message, uint8_t type, RvlChainLink *link, GError **error)
{
    RvlPayload *payload = next_slot(message);

    payload->type = type;
    payload->offset = link->offset;
    payload->is_critical = (link->flags & RVL_CHAIN_FLAG_CRITICAL) != 0;
    if (rvl_payload_type_is_encrypted(type))
        payload->encrypted.first = link->next;
    if (!rvl_payload_v2_parse(&link->body, payload, error))
        return false;
    message->n_payloads++;
    return true;
}

static bool
parse_chain(RvlMessage *message, RvlReader *reader, uint8_t type, bool is_inner, GError **error)
{
    while (type != RVL_PAYLOAD_NONE) {
        RvlChainLink link;

        if (message->n_payloads == RVL_MESSAGE_MAX_PAYLOADS) {
            rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, rvl_reader_offset(reader),
                                    "more than %d payloads", RVL_MESSAGE_MAX_PAYLOADS);
            return false;
        }
        if (!rvl_chain_next(reader, &link, error) ||
            (rvl_payload_type_is_encrypted(type) &&
             !check_encrypted(&link, reader, is_inner, error)) ||
            !parse_payload(message, type, &link, error))
            return false;
        type = rvl_payload_type_is_encrypted(type) ? RVL_PAYLOAD_NONE : link.next;
    }
    return rvl_reader_check_end(reader, error);
}

static RvlMessage *
parse(const RvlIsakmpHeader *header,
      uint8_t first,
      const uint8_t *octets,
      size_t size,
      bool is_inner,
      size_t base,
      GError **error)
{
    g_autoptr(RvlMessage) message = message_new(header, octets, size);
    RvlReader reader;

    rvl_reader_init_at(&reader, message->octets.data, size, base);
    if (!is_inner)
        rvl_reader_skip(&reader, RVL_ISAKMP_HEADER_OCTETS, "header");
    if (!parse_chain(message, &reader, first, is_inner, error)) {
        g_autofree char *name = rvl_message_name(header);

        rvl_error_prefix_where(error, "%s", name);
        return NULL;
    }
    return g_steal_pointer(&message);
}

RvlMessage *
rvl_message_parse(const uint8_t *octets, size_t size, GError **error)
{
    RvlIsakmpHeader header;

    if (!rvl_isakmp_header_parse(octets, size, &header, error))
        return NULL;
    if (rvl_isakmp_header_major(&header) != 2) {
        rvl_error_set(error, RVL_CAUSE_VERSION_MISMATCH, "a message of IKEv%u among those of IKEv2",
                      rvl_isakmp_header_major(&header));
        return NULL;
    }
    return parse(&header, header.next_payload, octets, size, false, 0, error);
}

RvlMessage *
rvl_message_parse_inner(const RvlIsakmpHeader *header,
                        uint8_t first,
                        const uint8_t *octets,
                        size_t size,
                        size_t base,
                        GError **error)
{
    return parse(header, first, octets, size, true, base, error);
}

const RvlPayload *
rvl_message_next(const RvlMessage *message, RvlPayloadType type, const RvlPayload *after)
{
    const RvlPayload *end = message->payloads + message->n_payloads;

    for (const RvlPayload *p = after != NULL ? after + 1 : message->payloads; p != end; p++)
        if (p->type == type && !p->is_ignored)
            return p;
    return NULL;
}

const RvlPayload *
rvl_message_find(const RvlMessage *message, RvlPayloadType type)
{
    return rvl_message_next(message, type, NULL);
}

size_t
rvl_message_count(const RvlMessage *message, RvlPayloadType type)
{
    size_t n = 0;

    for (const RvlPayload *p = NULL; (p = rvl_message_next(message, type, p)) != NULL;)
        n++;
    return n;
}

const RvlNotifyPayload *
rvl_message_find_notify(const RvlMessage *message, uint16_t type)
{
    for (const RvlPayload *p = NULL;
         (p = rvl_message_next(message, RVL_PAYLOAD_NOTIFY, p)) != NULL;)
        if (p->notify.type == type)
            return &p->notify;
    return NULL;
}

const RvlNotifyPayload *
rvl_message_find_error(const RvlMessage *message)
{
    for (const RvlPayload *p = NULL;
         (p = rvl_message_next(message, RVL_PAYLOAD_NOTIFY, p)) != NULL;)
        if (rvl_notify_is_error(p->notify.type))
            return &p->notify;
    return NULL;
}

char *
rvl_message_name(const RvlIsakmpHeader *header)
{
    const char *name = rvl_exchange_name(header->exchange);
    const char *role = rvl_isakmp_header_is_response(header) ? "response" : "request";

    if (rvl_isakmp_header_major(header) == 1)
        role = "message"; /* IKEv1 has no such bit */
    return name != NULL ? g_strdup_printf("%s %s", name, role)
                        : g_strdup_printf("%s of exchange type %u", role, header->exchange);
}
