/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzz target: two engines in virtual time, and a script that commands them, takes genuine messages
 * apart before they are sealed, sends others in their place, and says what it likes under the right
 * keys and under none. Nothing crashes, the IKE SA of an honest third party stays as it is, and in
 * the end nothing is left in any service.
 *
 * "engine-script.h" has what the octets of a script mean.
 */
#include "config.h"

#include <string.h>

#include <ravelin/reader.h>
#include "engine-script.h"
#include "ike/core/engine-state.h"
#include "unit/ike/insider.h"
#include "unit/ike/pair.h"
#include "unit/ike/sa-digest.h"
#include "wire/draft.h"
#include "wire/notify.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

enum {
    EDITS_MAX = 8,
    PAYLOADS_MAX = 8,
    PRESENT_MAX = 64, /* datagrams that are on their way */
};

#define LATENCY (7 * RVL_MILLISECOND)
#define JOB_DELAY (3 * RVL_MILLISECOND)
/* A script runs so long at most: no timer of the third party's comes within. */
#define SCRIPT_MAX (20 * RVL_SECOND)
/* After that everything that was half-way has been given up. */
#define LAST (10 * RVL_MINUTE)

typedef struct {
    Pair *pair;
    RvlReader script;
    RvlTime began;
    Insider insider;
    GPtrArray *history; /* of PairDatagram: what was sent */
    RvlMessage *taken;  /* (nullable): the last message that was taken apart */
    SaDigest third[2];  /* at both ends */
} Fuzz;

static void
datagram_free(void *data)
{
    PairDatagram *datagram = data;

    g_bytes_unref(datagram->octets);
    g_free(datagram);
}

static bool
keep(Pair *pair, PairDatagram *datagram, void *user_data)
{
    Fuzz *fuzz = user_data;
    PairDatagram *copy = g_memdup2(datagram, sizeof *datagram);

    copy->octets = g_bytes_ref(datagram->octets);
    g_ptr_array_add(fuzz->history, copy);
    return pair->datagrams.length < PRESENT_MAX;
}

/* Set-up */

#define HONEST_A                                                                                   \
    "[connection honest]\nremote-address = 192.0.2.2\nlocal-address = 192.0.2.1\nliveness = 1h\n"  \
    "local-id = c.test\nremote-id = b.test\nprotect = 10.3.0.0/16 <-> 10.2.0.0/16\nkeep = none\n"
#define HONEST_B                                                                                   \
    "[connection honest]\nremote-address = 192.0.2.1\nlocal-address = 192.0.2.2\nliveness = 1h\n"  \
    "local-id = b.test\nremote-id = c.test\nprotect = 10.2.0.0/16 <-> 10.3.0.0/16\nkeep = none\n"
#define HONEST_SECRET "[secret honest]\npsk = \"what only the honest third party has\"\n"

static char *
conf_of(const char *own, const char *honest, uint8_t settings, bool is_responder)
{
    const char *offered = settings & SETTING_OTHER_GROUP
                              ? "ike-proposals = aes256gcm16-sha384-curve25519-ecp256\n"
                              : "";
    const char *accepted =
        settings & SETTING_OTHER_GROUP ? "ike-proposals = aes256gcm16-sha384-ecp256\n" : "";

    return g_strconcat(
        is_responder && (settings & SETTING_COOKIES) ? "[daemon]\ncookie-threshold = 0\n" : "", own,
        "keep = none\n", is_responder ? accepted : offered,
        settings & SETTING_PFS ? "pfs = require\n" : "",
        settings & SETTING_ENCAPSULATED ? "encapsulation = always\n" : "", honest, NULL);
}

static SaDigest
third_party(const Fuzz *fuzz, int end)
{
    const RvlEngine *engine = fuzz->pair->ends[end].engine;

    for (const GList *link = engine->sas.head; link != NULL; link = link->next) {
        const RvlIkeSa *ike = link->data;

        if (ike->state == RVL_IKE_SA_ESTABLISHED &&
            strcmp(ike->peer.connection->name, "honest") == 0)
            return sa_digest(ike);
    }
    g_error("the third party's IKE SA has gone");
}

static void
begin(Fuzz *fuzz, uint8_t settings)
{
    g_autofree char *conf_a = conf_of(PAIR_CONF_A, HONEST_A, settings, false);
    g_autofree char *conf_b = conf_of(PAIR_CONF_B, HONEST_B, settings, true);
    Pair *pair =
        pair_new_conf(conf_a, PAIR_SECRET_A HONEST_SECRET, conf_b, PAIR_SECRET_B HONEST_SECRET);

    fuzz->pair = pair;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "honest");
    pair_run(pair, RVL_SECOND);
    pair->latency = LATENCY;
    pair->job_delay = JOB_DELAY;
    pair->certificate_octets = settings & SETTING_FRAGMENTS ? 3000 : 0;
    pair->filter = keep;
    pair->user_data = fuzz;
    if (settings & SETTING_ESTABLISHED) {
        pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
        pair_run(pair, RVL_SECOND);
    }
    fuzz->began = pair->now;
    for (int end = 0; end < 2; end++)
        fuzz->third[end] = third_party(fuzz, end);
}

/* Reading the script */

static uint8_t
next(Fuzz *fuzz)
{
    return rvl_reader_u8(&fuzz->script, "script");
}

/* (nullable): an SA at @end that isn't the third party's. */
static RvlIkeSa *
choose_sa(Fuzz *fuzz, int end, uint8_t which)
{
    const RvlEngine *engine = fuzz->pair->ends[end].engine;
    RvlIkeSa *all[PAYLOADS_MAX];
    size_t n = 0;

    for (const GList *link = engine->sas.head; link != NULL && n < G_N_ELEMENTS(all);
         link = link->next) {
        RvlIkeSa *ike = link->data;

        if (ike->number != fuzz->third[end].number)
            all[n++] = ike;
    }
    return n > 0 ? all[which % n] : NULL;
}

/* (nullable): the SA that a message to @end is for. */
static RvlIkeSa *
find_sa(const Fuzz *fuzz, int end, const RvlIsakmpHeader *header)
{
    bool from_initiator = rvl_isakmp_header_is_from_initiator(header);

    return rvl_engine_find_spi(fuzz->pair->ends[end].engine,
                               from_initiator ? header->responder_spi : header->initiator_spi);
}

static void
inject(Fuzz *fuzz, int to, const RvlPath *path, GBytes *datagram)
{
    if (datagram != NULL)
        pair_inject_on(fuzz->pair, to, path, g_bytes_get_data(datagram, NULL),
                       g_bytes_get_size(datagram));
}

/* Payloads */

typedef struct {
    uint8_t type;
    bool is_critical;
    GByteArray *body;
} Piece;

static void
piece_clear(void *data)
{
    Piece *piece = data;

    g_byte_array_unref(piece->body);
}

static GArray *
pieces_new(void)
{
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(Piece));

    g_array_set_clear_func(pieces, piece_clear);
    return pieces;
}

static void
add_piece(GArray *pieces, uint8_t type, const void *body, size_t n)
{
    Piece piece = {.type = type, .body = g_byte_array_new()};

    if (n > 0)
        g_byte_array_append(piece.body, body, (guint)n);
    g_array_append_val(pieces, piece);
}

static void
add_payload(GArray *pieces, const RvlPayload *payload)
{
    add_piece(pieces, payload->type, payload->body.data, payload->body.size);
}

static GArray *
pieces_of(const RvlMessage *message)
{
    GArray *pieces = pieces_new();

    for (size_t i = 0; i < message->n_payloads; i++)
        add_payload(pieces, &message->payloads[i]);
    return pieces;
}

static RvlDraft *
draft_of(const GArray *pieces)
{
    RvlDraft *draft = rvl_draft_new();

    for (guint i = 0; i < pieces->len; i++) {
        const Piece *piece = &g_array_index(pieces, Piece, i);

        rvl_draft_add_raw(draft, piece->type, piece->is_critical,
                          RVL_OCTETS(piece->body->data, piece->body->len));
    }
    return draft;
}

static void
set_octet(GByteArray *body, uint8_t at, uint8_t octet)
{
    if (body->len > 0)
        body->data[at % body->len] = octet;
}

static void
insert_again(GArray *pieces, guint i)
{
    const Piece *piece = &g_array_index(pieces, Piece, i);
    Piece copy = {piece->type, piece->is_critical, g_byte_array_new()};

    g_byte_array_append(copy.body, piece->body->data, piece->body->len);
    g_array_insert_val(pieces, i, copy);
}

/* One edit of a payload chain: what, where, and two octets. */
static void
edit(GArray *pieces, uint8_t what, uint8_t where, uint8_t a, uint8_t b)
{
    guint i = where % MAX(pieces->len, 1);
    guint k = a % MAX(pieces->len, 1);
    Piece *piece = pieces->len > 0 ? &g_array_index(pieces, Piece, i) : NULL;

    if (piece == NULL || what % EDITS == EDIT_ADD) {
        add_piece(pieces, a, &b, 1);
        return;
    }
    switch ((ScriptEdit)(what % EDITS)) {
    case EDIT_REMOVE:
        g_array_remove_index(pieces, i);
        break;
    case EDIT_DOUBLE:
        if (pieces->len < RVL_MESSAGE_MAX_PAYLOADS)
            insert_again(pieces, i);
        break;
    case EDIT_SWAP: {
        Piece swapped = *piece;

        *piece = g_array_index(pieces, Piece, k);
        g_array_index(pieces, Piece, k) = swapped;
        break;
    }
    case EDIT_TYPE:
        piece->type = a;
        break;
    case EDIT_CRITICAL:
        piece->is_critical = !piece->is_critical;
        break;
    case EDIT_OCTET:
        set_octet(piece->body, a, b);
        break;
    case EDIT_CUT:
        g_byte_array_set_size(piece->body, MIN(piece->body->len, a));
        break;
    case EDIT_APPEND:
        g_byte_array_append(piece->body, (const guint8[]){a, b}, 2);
        break;
    case EDIT_ADD: /* above */
    case EDITS:
        break;
    }
}

static void
read_edits(Fuzz *fuzz, GArray *pieces)
{
    unsigned n = next(fuzz) % (EDITS_MAX + 1);

    for (unsigned i = 0; i < n && !rvl_reader_failed(&fuzz->script); i++) {
        uint8_t what = next(fuzz);
        uint8_t where = next(fuzz);
        uint8_t a = next(fuzz);
        uint8_t b = next(fuzz);

        edit(pieces, what, where, a, b);
    }
}

static GBytes *
seal(Fuzz *fuzz, const RvlIkeSa *ike, const RvlIsakmpHeader *header, const GArray *pieces)
{
    g_autoptr(RvlDraft) draft = draft_of(pieces);
    uint8_t first;
    g_autoptr(GBytes) chain = rvl_draft_finish_chain(draft, &first, NULL);

    return chain != NULL ? insider_seal(&fuzz->insider, ike, header, first,
                                        rvl_octets_from_bytes(chain), 0, 0)
                         : NULL;
}

/* Operations */

static void
operation_run(Fuzz *fuzz)
{
    RvlTime wait = next(fuzz) * RVL_MILLISECOND;
    RvlTime left = fuzz->began + SCRIPT_MAX - fuzz->pair->now;

    if (wait == 255 * RVL_MILLISECOND)
        wait = RVL_SECOND;
    pair_run(fuzz->pair, MIN(wait, left));
}

static void
operation_command(Fuzz *fuzz)
{
    static const RvlCommandKind kinds[] = {RVL_COMMAND_UP, RVL_COMMAND_DOWN, RVL_COMMAND_REKEY};
    static const char *const names[2][2] = {{"ab", "ab/ab"}, {"ba", "ba/ba"}};
    uint8_t what = next(fuzz);

    pair_command(fuzz->pair, what & 1, kinds[(what >> 2) % G_N_ELEMENTS(kinds)],
                 names[what & 1][what >> 1 & 1]);
}

/* A message on its way is taken apart, edited, put together, and comes in place of the genuine one. */
static void
operation_mutate(Fuzz *fuzz)
{
    guint n = fuzz->pair->datagrams.length;
    uint8_t which = next(fuzz);
    PairDatagram *datagram = n > 0 ? g_queue_pop_nth(&fuzz->pair->datagrams, which % n) : NULL;
    g_autoptr(GArray) pieces = NULL;
    g_autoptr(GBytes) octets = NULL;
    RvlIsakmpHeader header;
    const RvlIkeSa *ike;
    RvlMessage *message;
    gsize size;

    if (datagram == NULL)
        return;
    if (!rvl_isakmp_header_parse(g_bytes_get_data(datagram->octets, &size),
                                 g_bytes_get_size(datagram->octets), &header, NULL))
        g_error("our own message has a bad header");
    ike = find_sa(fuzz, datagram->to, &header);
    message = header.exchange == RVL_EXCHANGE_IKE_SA_INIT
                  ? rvl_message_parse(g_bytes_get_data(datagram->octets, NULL), size, NULL)
              : ike != NULL ? insider_open(ike, datagram->octets)
                            : NULL;
    if (message != NULL) {
        pieces = pieces_of(message);
        read_edits(fuzz, pieces);
        if (header.exchange == RVL_EXCHANGE_IKE_SA_INIT) {
            g_autoptr(RvlDraft) draft = draft_of(pieces);

            octets = rvl_draft_finish_clear(draft, &header, NULL);
        } else {
            octets = seal(fuzz, ike, &header, pieces);
        }
        g_clear_pointer(&fuzz->taken, rvl_message_free);
        fuzz->taken = message;
    }
    inject(fuzz, datagram->to, &datagram->path, octets != NULL ? octets : datagram->octets);
    datagram_free(datagram);
}

static void
add_notify(GArray *pieces, uint8_t protocol, uint16_t type, uint32_t spi)
{
    const uint8_t body[] = {protocol,
                            spi != 0 ? 4 : 0,
                            (uint8_t)(type >> 8),
                            (uint8_t)type,
                            (uint8_t)(spi >> 24),
                            (uint8_t)(spi >> 16),
                            (uint8_t)(spi >> 8),
                            (uint8_t)spi};

    add_piece(pieces, RVL_PAYLOAD_NOTIFY, body, spi != 0 ? 8 : 4);
}

static void
add_delete(GArray *pieces, uint32_t spi)
{
    const uint8_t body[] = {spi != 0 ? RVL_PROTOCOL_ESP : RVL_PROTOCOL_IKE,
                            spi != 0 ? 4 : 0,
                            0,
                            spi != 0 ? 1 : 0,
                            (uint8_t)(spi >> 24),
                            (uint8_t)(spi >> 16),
                            (uint8_t)(spi >> 8),
                            (uint8_t)spi};

    add_piece(pieces, RVL_PAYLOAD_DELETE, body, spi != 0 ? 8 : 4);
}

/* A payload out of whole cloth, or of the message that was taken apart last. */
static void
read_payload(Fuzz *fuzz, const RvlIkeSa *ike, GArray *pieces)
{
    uint32_t spi = ike->children != NULL ? ike->children->spi_out : 1;
    uint8_t kind = next(fuzz);

    switch (kind) {
    case PAYLOAD_DELETE_IKE:
        add_delete(pieces, 0);
        break;
    case PAYLOAD_DELETE_CHILD:
        add_delete(pieces, spi);
        break;
    case PAYLOAD_REKEY_CHILD:
        add_notify(pieces, RVL_PROTOCOL_ESP, RVL_NOTIFY_REKEY_SA, spi);
        break;
    case PAYLOAD_NOTIFY: {
        uint8_t high = next(fuzz);

        add_notify(pieces, 0, (uint16_t)(high << 8 | next(fuzz)), 0);
        break;
    }
    case PAYLOAD_TAKEN:
        if (fuzz->taken != NULL && fuzz->taken->n_payloads > 0)
            add_payload(pieces, &fuzz->taken->payloads[next(fuzz) % fuzz->taken->n_payloads]);
        break;
    default: {
        RvlReader body;

        rvl_reader_child(&fuzz->script, next(fuzz), "body", &body);

        add_piece(pieces, kind, body.octets, body.size);
    }
    }
}

/* What has the right keys, and need not be what anybody would say now. */
static void
operation_forge(Fuzz *fuzz)
{
    uint8_t flags = next(fuzz);
    int end = flags & FLAG_TO_B;
    RvlIkeSa *ike = choose_sa(fuzz, end, next(fuzz));
    uint8_t exchange = next(fuzz);
    unsigned n = next(fuzz) % (PAYLOADS_MAX + 1);
    g_autoptr(GArray) pieces = pieces_new();
    g_autoptr(GBytes) octets = NULL;
    RvlIsakmpHeader header;

    if (ike == NULL)
        return;
    for (unsigned i = 0; i < n && !rvl_reader_failed(&fuzz->script); i++)
        read_payload(fuzz, ike, pieces);
    if (exchange < SCRIPT_EXCHANGES) /* the usual ones are found at once */
        exchange = (uint8_t)(RVL_EXCHANGE_IKE_SA_INIT + exchange % 4);
    header = insider_header(ike, exchange, (flags & FLAG_RESPONSE) != 0);
    header.message_id += (flags & FLAG_ID_PLUS ? 1u : 0u) - (flags & FLAG_ID_MINUS ? 1u : 0u);
    read_edits(fuzz, pieces);
    octets = seal(fuzz, ike, &header, pieces);
    inject(fuzz, end, &ike->path.current, octets);
}

/* A fragment under the right keys: any numbers, any octets. */
static void
operation_fragment(Fuzz *fuzz)
{
    uint8_t flags = next(fuzz);
    int end = flags & FLAG_TO_B;
    RvlIkeSa *ike = choose_sa(fuzz, end, next(fuzz));
    uint8_t exchange = (uint8_t)(RVL_EXCHANGE_IKE_SA_INIT + next(fuzz) % 4);
    uint16_t fragment = next(fuzz);
    uint16_t total = next(fuzz);
    uint8_t first = next(fuzz);
    RvlReader part;

    rvl_reader_child(&fuzz->script, next(fuzz), "part", &part);
    g_autoptr(GBytes) octets = NULL;
    RvlIsakmpHeader header;

    if (ike == NULL)
        return;
    header = insider_header(ike, exchange, (flags & FLAG_RESPONSE) != 0);
    octets = insider_seal(&fuzz->insider, ike, &header, first, RVL_OCTETS(part.octets, part.size),
                          fragment, MAX(total, 1));
    inject(fuzz, end, &ike->path.current, octets);
}

/* A datagram of any octets, with the SPIs of an SA where it asks for that. */
static void
operation_raw(Fuzz *fuzz)
{
    uint8_t flags = next(fuzz);
    int end = flags & FLAG_TO_B;
    RvlIkeSa *ike = choose_sa(fuzz, end, 0);
    RvlReader octets;

    rvl_reader_child(&fuzz->script, next(fuzz), "datagram", &octets);
    g_autofree uint8_t *copy = g_memdup2(octets.octets, octets.size);

    if (ike != NULL && (flags & FLAG_RESPONSE) != 0 && octets.size >= RVL_ISAKMP_HEADER_OCTETS) {
        uint64_t spis[] = {GUINT64_TO_BE(rvl_ike_sa_initiator_spi(ike)),
                           GUINT64_TO_BE(rvl_ike_sa_responder_spi(ike))};

        memcpy(copy, spis, sizeof spis);
        copy[24] = copy[25] = copy[26] = 0;
        copy[27] = (uint8_t)octets.size;
    }
    pair_inject(fuzz->pair, end, copy, octets.size);
}

static void
operation_replay(Fuzz *fuzz)
{
    uint8_t which = next(fuzz);
    const PairDatagram *datagram;
    g_autoptr(GBytes) octets = NULL;
    RvlPath path;

    if (fuzz->history->len == 0)
        return;
    datagram =
        g_ptr_array_index(fuzz->history, fuzz->history->len - 1 - which % fuzz->history->len);
    octets = g_bytes_ref(datagram->octets);
    path = datagram->path;
    inject(fuzz, datagram->to, &path, octets);
}

static void
operation_lose(Fuzz *fuzz)
{
    guint n = fuzz->pair->datagrams.length;
    uint8_t which = next(fuzz);

    if (n > 0)
        datagram_free(g_queue_pop_nth(&fuzz->pair->datagrams, which % n));
}

static void (*const operations[OPERATIONS])(Fuzz *fuzz) = {
    [OPERATION_RUN] = operation_run,           [OPERATION_COMMAND] = operation_command,
    [OPERATION_MUTATE] = operation_mutate,     [OPERATION_FORGE] = operation_forge,
    [OPERATION_FRAGMENT] = operation_fragment, [OPERATION_RAW] = operation_raw,
    [OPERATION_REPLAY] = operation_replay,     [OPERATION_LOSE] = operation_lose,
};

/* What must hold */

static void
check_third_party(const Fuzz *fuzz)
{
    for (int end = 0; end < 2; end++) {
        SaDigest now = third_party(fuzz, end);
        const char *part = sa_digest_difference(&fuzz->third[end], &now, 0);

        if (part != NULL)
            g_error("the third party's %s at %s has changed", part, fuzz->pair->ends[end].name);
    }
}

static void
finish(Fuzz *fuzz)
{
    Pair *pair = fuzz->pair;

    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
    pair_command(pair, PAIR_B, RVL_COMMAND_DOWN, "ba");
    pair_run(pair, RVL_SECOND);
    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "honest");
    pair_run(pair, LAST);
    pair_assert_clean(pair);
    pair_free(pair);
    g_ptr_array_unref(fuzz->history);
    g_clear_pointer(&fuzz->taken, rvl_message_free);
}

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    Fuzz fuzz = {
        .insider = INSIDER_INIT,
        .history = g_ptr_array_new_with_free_func(datagram_free),
    };

    rvl_reader_init(&fuzz.script, octets, n);
    begin(&fuzz, next(&fuzz));
    while (rvl_reader_left(&fuzz.script) > 0 && !rvl_reader_failed(&fuzz.script)) {
        operations[next(&fuzz) % OPERATIONS](&fuzz);
        check_third_party(&fuzz);
    }
    finish(&fuzz);
    return 0;
}
