/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SA payloads: proposals, their transforms and the transforms' attributes (RFC 7296 3.3). */
#include "config.h"

#include <ravelin/error.h>
#include "wire/payload-codec.h"

/* Last Substruc of 3.3.1 and 3.3.2: whether another of the same kind follows. */
#define LAST_SUBSTRUCTURE 0
#define MORE_PROPOSALS 2
#define MORE_TRANSFORMS 3

#define SUBSTRUCTURE_HEADER_OCTETS ((size_t)8) /* of a proposal without SPI, and of a transform */
#define ATTRIBUTE_IS_VALUE 0x8000              /* AF bit of 3.3.5 */
#define ATTRIBUTE_KEY_LENGTH 14

#define IKE_SPI_OCTETS 8
#define CHILD_SPI_OCTETS 4

/* What both substructures begin with. @body ends where the substructure does. */
static bool
read_substructure(RvlReader *reader,
                  const char *name,
                  uint8_t more,
                  RvlReader *body,
                  GError **error)
{
    size_t offset = rvl_reader_offset(reader);
    uint8_t last = rvl_reader_u8(reader, "last substructure");

    rvl_reader_skip(reader, 1, "reserved");
    size_t length = rvl_reader_u16(reader, "substructure length");

    if (!rvl_reader_check(reader, error))
        return false;
    if (length < SUBSTRUCTURE_HEADER_OCTETS || length - 4 > rvl_reader_left(reader)) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset + 2,
                                "%s is %zu octets long, at least %zu and at most %zu are possible",
                                name, length, SUBSTRUCTURE_HEADER_OCTETS,
                                rvl_reader_left(reader) + 4);
        return false;
    }
    rvl_reader_child(reader, length - 4, name, body);
    uint8_t wanted = rvl_reader_left(reader) == 0 ? LAST_SUBSTRUCTURE : more;

    if (last != wanted) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset,
                                "%s says %u for what follows it, and %u would be right", name, last,
                                wanted);
        return false;
    }
    return true;
}

/* The one attribute that is known is Key Length; all others spoil the transform (3.3.6). */
static bool
parse_attributes(RvlReader *reader, RvlProposedTransform *transform, GError **error)
{
    bool has_key_length = false;

    while (!rvl_reader_is_at_end(reader)) {
        uint16_t type = rvl_reader_u16(reader, "attribute type");
        uint16_t value = rvl_reader_u16(reader, "attribute value");

        if ((type & ATTRIBUTE_IS_VALUE) == 0)
            rvl_reader_skip(reader, value, "attribute");
        if (!rvl_reader_check(reader, error))
            return false;
        if (type != (ATTRIBUTE_IS_VALUE | ATTRIBUTE_KEY_LENGTH) || has_key_length || value == 0) {
            transform->is_acceptable = false;
            continue;
        }
        has_key_length = true;
        transform->transform.key_bits = value;
    }
    return true;
}

static bool
parse_transform(RvlReader *reader, RvlProposedTransform *transform, GError **error)
{
    RvlReader body;

    if (!read_substructure(reader, "transform", MORE_TRANSFORMS, &body, error))
        return false;
    transform->is_acceptable = true;
    transform->transform.type = rvl_reader_u8(&body, "transform type");
    rvl_reader_skip(&body, 1, "reserved");
    transform->transform.id = rvl_reader_u16(&body, "transform ID");
    return rvl_reader_check(&body, error) && parse_attributes(&body, transform, error);
}

static bool
is_spi_size_right(uint8_t protocol, uint8_t octets)
{
    switch (protocol) {
    case RVL_PROTOCOL_IKE:
        return octets == 0 || octets == IKE_SPI_OCTETS;
    case RVL_PROTOCOL_AH:
    case RVL_PROTOCOL_ESP:
        return octets == CHILD_SPI_OCTETS;
    default:
        return true; /* a protocol that nobody here knows: never chosen */
    }
}

static bool
parse_proposal(RvlReader *reader, RvlProposal *proposal, RvlProposedTransform *room, GError **error)
{
    RvlReader body;

    if (!read_substructure(reader, "proposal", MORE_PROPOSALS, &body, error))
        return false;
    proposal->number = rvl_reader_u8(&body, "proposal number");
    proposal->protocol = rvl_reader_u8(&body, "protocol ID");
    size_t size_offset = rvl_reader_offset(&body);
    uint8_t spi_octets = rvl_reader_u8(&body, "SPI size");
    uint8_t n_transforms = rvl_reader_u8(&body, "number of transforms");

    if (!is_spi_size_right(proposal->protocol, spi_octets)) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, size_offset,
                                "proposal %u for protocol %u has an SPI of %u octets",
                                proposal->number, proposal->protocol, spi_octets);
        return false;
    }
    proposal->spi = RVL_OCTETS(rvl_reader_octets(&body, spi_octets, "SPI"), spi_octets);
    if (!rvl_reader_check(&body, error))
        return false;
    proposal->transforms = room;
    while (!rvl_reader_is_at_end(&body)) {
        if (!parse_transform(&body, &room[proposal->n_transforms], error))
            return false;
        proposal->n_transforms++;
    }
    if (proposal->n_transforms != n_transforms) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, size_offset + 1,
                                "proposal %u announces %u transforms, holds %zu", proposal->number,
                                n_transforms, proposal->n_transforms);
        return false;
    }
    return true;
}

/*
 * Numbers must tell proposals apart, since an answer names one. 3.3.1 wants 1, 2, 3…; a single
 * proposal may bear any number: some peers rekey with the number that was chosen at set-up.
 */
static bool
check_number(const RvlProposal *proposals, size_t i, size_t offset, GError **error)
{
    if (i == 0 || proposals[i].number > proposals[i - 1].number)
        return true;
    rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, offset,
                            "proposal %u follows proposal %u: numbers must rise",
                            proposals[i].number, proposals[i - 1].number);
    return false;
}

bool
rvl_sa_payload_parse(RvlReader *body, RvlPayload *payload, GError **error)
{
    /* Proposals, then room for as many transforms as could be there: one block. */
    size_t most = rvl_reader_left(body) / SUBSTRUCTURE_HEADER_OCTETS + 1;
    g_autofree RvlProposal *proposals =
        g_malloc0(most * (sizeof(RvlProposal) + sizeof(RvlProposedTransform)));
    RvlProposedTransform *transforms = (RvlProposedTransform *)(void *)(proposals + most);
    size_t n = 0;

    if (rvl_reader_is_at_end(body)) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, rvl_reader_offset(body),
                                "no proposal");
        return false;
    }
    for (; !rvl_reader_is_at_end(body); n++) {
        size_t number_offset = rvl_reader_offset(body) + 4;

        if (!parse_proposal(body, &proposals[n], transforms, error) ||
            !check_number(proposals, n, number_offset, error))
            return false;
        transforms += proposals[n].n_transforms;
    }
    payload->sa.n = n;
    payload->sa.proposals = g_steal_pointer(&proposals);
    return true;
}

static void
write_transform(RvlWriter *writer, const RvlTransform *transform, bool is_last)
{
    rvl_writer_u8(writer, is_last ? LAST_SUBSTRUCTURE : MORE_TRANSFORMS);
    rvl_writer_u8(writer, 0);
    size_t mark = rvl_writer_begin_u16(writer);

    rvl_writer_u8(writer, transform->type);
    rvl_writer_u8(writer, 0);
    rvl_writer_u16(writer, transform->id);
    if (transform->key_bits != 0) {
        rvl_writer_u16(writer, ATTRIBUTE_IS_VALUE | ATTRIBUTE_KEY_LENGTH);
        rvl_writer_u16(writer, transform->key_bits);
    }
    rvl_writer_end_u16(writer, mark, 4);
}

void
rvl_sa_payload_write(RvlWriter *writer, const RvlProposal *proposals, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const RvlProposal *proposal = &proposals[i];

        rvl_writer_u8(writer, i + 1 == n ? LAST_SUBSTRUCTURE : MORE_PROPOSALS);
        rvl_writer_u8(writer, 0);
        size_t mark = rvl_writer_begin_u16(writer);

        rvl_writer_u8(writer, proposal->number);
        rvl_writer_u8(writer, proposal->protocol);
        rvl_writer_u8(writer, (uint8_t)proposal->spi.size);
        rvl_writer_u8(writer, (uint8_t)proposal->n_transforms);
        rvl_writer_octets(writer, proposal->spi.data, proposal->spi.size);
        for (size_t t = 0; t < proposal->n_transforms; t++) {
            write_transform(writer, &proposal->transforms[t].transform,
                            t + 1 == proposal->n_transforms);
        }
        rvl_writer_end_u16(writer, mark, 4);
    }
}
