/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Set-ups among strangers: each kind of retry is followed a bounded number of times (RFC 7296 2.6), what
 * nobody vouched for ends nothing before the last retransmission (2.21.1, 2.21.2), and answers to
 * strangers are bounded by the questions.
 */
#include "config.h"

#include <string.h>

#include "ike/core/engine-state.h"
#include "pair.h"
#include "toy-registry.h"
#include "wire/draft.h"
#include "wire/message.h"
#include "wire/notify.h"

#define BOTH_GROUPS "ike-proposals = aes256gcm16-sha384-curve25519-ecp256\n"
/* What sa-init.c follows of each kind. */
#define RETRIES 3
/* A first request, and both kinds of retry as often as they are followed. */
#define MOST_REQUESTS (1 + 2 * RETRIES)

/* Hostile answers to first messages */

typedef struct {
    bool sends_cookie;
    bool sends_group;
    bool alternates;   /* one kind after the other, else both at once */
    unsigned honest;   /* answers that pass after so many hostile ones; 0: none ever */
    unsigned answers;  /* hostile ones so far */
    GHashTable *asked; /* different first messages */
    unsigned sent;     /* first messages, with those that went out again */
} Hostile;

static RvlIsakmpHeader
header_of(GBytes *octets)
{
    RvlIsakmpHeader header;

    g_assert_true(rvl_isakmp_header_parse(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets),
                                          &header, NULL));
    return header;
}

static uint16_t
group_of(GBytes *request)
{
    g_autoptr(RvlMessage) message =
        rvl_message_parse(g_bytes_get_data(request, NULL), g_bytes_get_size(request), NULL);

    return rvl_message_find(message, RVL_PAYLOAD_KE)->ke.method;
}

/* The other of both groups; a cookie that wasn't there before. */
static GBytes *
hostile_answer(Hostile *hostile, GBytes *request)
{
    RvlIsakmpHeader header = header_of(request);
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    uint16_t other = group_of(request) == TOY_GROUP_X25519 ? TOY_GROUP_ECP256 : TOY_GROUP_X25519;
    const uint8_t group[] = {(uint8_t)(other >> 8), (uint8_t)other};
    unsigned turn = hostile->answers++;
    bool is_cookies_turn = !hostile->alternates || turn % 2 == 0;

    header.flags = RVL_IKE_FLAG_RESPONSE;
    if (hostile->sends_cookie && is_cookies_turn)
        rvl_draft_add_notify(draft, RVL_NOTIFY_COOKIE, RVL_OCTETS(&turn, sizeof turn));
    if (hostile->sends_group && (!hostile->alternates || turn % 2 == 1))
        rvl_draft_add_notify(draft, RVL_NOTIFY_INVALID_KE_PAYLOAD, RVL_OCTETS(group, 2));
    return rvl_draft_finish_clear(draft, &header, NULL);
}

/* Answers each first message before the peer can, which hears none unless it is its turn. */
static bool
answer_first(Pair *pair, PairDatagram *datagram, void *user_data)
{
    Hostile *hostile = user_data;
    RvlIsakmpHeader header = header_of(datagram->octets);
    PairDatagram *answer;

    if (header.exchange != RVL_EXCHANGE_IKE_SA_INIT || datagram->to != PAIR_B)
        return true;
    hostile->sent++;
    g_hash_table_add(hostile->asked, g_bytes_ref(datagram->octets));
    if (hostile->honest != 0 && hostile->answers >= hostile->honest)
        return true;
    answer = g_new0(PairDatagram, 1);
    answer->at = pair->now + pair->latency;
    answer->to = PAIR_A;
    answer->path = datagram->path;
    answer->path.local = datagram->path.remote;
    answer->path.remote = datagram->path.local;
    answer->octets = hostile_answer(hostile, datagram->octets);
    g_queue_push_tail(&pair->datagrams, answer);
    pair_sort_datagrams(pair);
    return false;
}

static void
hostile_init(Hostile *hostile, Pair *pair)
{
    hostile->asked =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    pair->filter = answer_first;
    pair->user_data = hostile;
}

static const struct {
    const char *name;
    Hostile hostile;
    unsigned most;  /* different first messages */
    RvlCause cause; /* of the failure in the end */
} loops[] = {
    {"cookies", {.sends_cookie = true}, 1 + RETRIES, RVL_CAUSE_COOKIE_LOOP},
    {"groups", {.sends_group = true}, 1 + RETRIES, RVL_CAUSE_GROUP_MISMATCH},
    {"one-after-the-other",
     {.sends_cookie = true, .sends_group = true, .alternates = true},
     MOST_REQUESTS,
     RVL_CAUSE_COOKIE_LOOP},
    {"both-at-once",
     {.sends_cookie = true, .sends_group = true},
     MOST_REQUESTS,
     RVL_CAUSE_COOKIE_LOOP},
};

static void
loop_ends(gconstpointer data)
{
    const typeof(loops[0]) *c = data;
    g_autoptr(Pair) pair = pair_new(BOTH_GROUPS, BOTH_GROUPS);
    Hostile hostile = c->hostile;

    hostile_init(&hostile, pair);
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 5 * RVL_MINUTE);
    g_assert_cmpuint(g_hash_table_size(hostile.asked), ==, c->most);
    g_assert_cmpuint(hostile.sent, <=, c->most + 6); /* retransmit = …, 6 */
    g_assert_cmpuint(pair->ends[PAIR_A].replies->len, ==, 1);
    g_assert_error((GError *)g_ptr_array_index(pair->ends[PAIR_A].replies, 0), RVL_ERROR,
                   (int)c->cause);
    pair_assert_clean(pair);
    g_hash_table_unref(hostile.asked);
}

/* However often it was sent back before, the true answer is taken when it comes. */
static void
true_answer_is_taken_after(gconstpointer data)
{
    const typeof(loops[0]) *c = data;

    for (unsigned n = 1; n < 2 * c->most; n++) {
        g_autoptr(Pair) pair = pair_new(BOTH_GROUPS, BOTH_GROUPS);
        Hostile hostile = c->hostile;

        hostile.honest = n;
        hostile_init(&hostile, pair);
        pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
        pair_run(pair, 5 * RVL_MINUTE);
        if (n < c->most + 5) /* later there is none any more who listens */
            pair_assert_agree(pair, 1);
        pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
        pair_run(pair, RVL_MINUTE);
        pair_assert_clean(pair);
        g_hash_table_unref(hostile.asked);
    }
}

/* Unauthenticated errors */

typedef struct {
    uint8_t exchange; /* whose requests are answered by errors, and never by the peer */
    uint16_t notify;  /* 0: by nothing */
    RvlTime until;    /* when the peer is heard again */
} Refuser;

static bool
refuse(Pair *pair, PairDatagram *datagram, void *user_data)
{
    const Refuser *refuser = user_data;
    RvlIsakmpHeader header = header_of(datagram->octets);
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    static const uint8_t zeros[2];
    const RvlNotifyInfo *info = rvl_notify_info(refuser->notify);
    PairDatagram *answer;

    if (header.exchange != refuser->exchange || datagram->to != PAIR_B ||
        pair->now >= refuser->until)
        return true;
    if (refuser->notify == 0)
        return false;
    header.flags = RVL_IKE_FLAG_RESPONSE;
    rvl_draft_add_notify(draft, refuser->notify, RVL_OCTETS(zeros, info->min_octets));
    answer = g_new0(PairDatagram, 1);
    answer->at = pair->now + pair->latency;
    answer->to = PAIR_A;
    answer->path = datagram->path;
    answer->path.local = datagram->path.remote;
    answer->path.remote = datagram->path.local;
    answer->octets = rvl_draft_finish_clear(draft, &header, NULL);
    g_queue_push_tail(&pair->datagrams, answer);
    pair_sort_datagrams(pair);
    return false;
}

static const uint16_t errors[] = {
    RVL_NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD,
    RVL_NOTIFY_INVALID_IKE_SPI,
    RVL_NOTIFY_INVALID_MAJOR_VERSION,
    RVL_NOTIFY_INVALID_SYNTAX,
    RVL_NOTIFY_INVALID_MESSAGE_ID,
    RVL_NOTIFY_INVALID_SPI,
    RVL_NOTIFY_NO_PROPOSAL_CHOSEN,
    RVL_NOTIFY_INVALID_KE_PAYLOAD,
    RVL_NOTIFY_AUTHENTICATION_FAILED,
    RVL_NOTIFY_SINGLE_PAIR_REQUIRED,
    RVL_NOTIFY_NO_ADDITIONAL_SAS,
    RVL_NOTIFY_INTERNAL_ADDRESS_FAILURE,
    RVL_NOTIFY_FAILED_CP_REQUIRED,
    RVL_NOTIFY_TS_UNACCEPTABLE,
    RVL_NOTIFY_INVALID_SELECTORS,
    RVL_NOTIFY_TEMPORARY_FAILURE,
    RVL_NOTIFY_CHILD_SA_NOT_FOUND,
};

/* When A gives up, where each of its requests is answered by @notify alone. */
static RvlTime
gives_up_at(uint8_t exchange, uint16_t notify)
{
    g_autoptr(Pair) pair = pair_new(NULL, NULL);
    Refuser refuser = {exchange, notify, RVL_TIME_NEVER};
    RvlTime at;

    pair->filter = refuse;
    pair->user_data = &refuser;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    while (pair->ends[PAIR_A].replies->len == 0)
        pair_run(pair, RVL_MILLISECOND);
    at = pair->now;
    pair_run(pair, 5 * RVL_MINUTE);
    pair_assert_clean(pair);
    return at;
}

static void
errors_end_nothing_before_the_deadline(gconstpointer data)
{
    uint8_t exchange = (uint8_t)GPOINTER_TO_UINT(data);
    RvlTime deadline = gives_up_at(exchange, 0);

    for (size_t i = 0; i < G_N_ELEMENTS(errors); i++) {
        g_autoptr(Pair) pair = pair_new(NULL, NULL);
        /* The last request goes out half of the time before it. */
        Refuser refuser = {exchange, errors[i], pair->now + (deadline - pair->now) / 4};

        g_assert_cmpint(gives_up_at(exchange, errors[i]), ==, deadline);
        pair->filter = refuse;
        pair->user_data = &refuser;
        pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
        pair_run(pair, deadline - pair->now); /* and the true answer is still taken */
        pair_assert_agree(pair, 1);
    }
}

/* Answers to strangers */

typedef struct {
    GBytes *first;  /* A's first message */
    GBytes *cookie; /* (nullable): B's answer that asks for a cookie */
} Strangers;

static bool
take_first(Pair *pair, PairDatagram *datagram, void *user_data)
{
    Strangers *strangers = user_data;

    (void)pair;
    if (datagram->to == PAIR_B && strangers->first == NULL)
        strangers->first = g_bytes_ref(datagram->octets);
    if (datagram->to == PAIR_A && strangers->cookie == NULL)
        strangers->cookie = g_bytes_ref(datagram->octets);
    return false;
}

/* What a stranger may ask: A's first message with another payload, header or group. */
typedef enum {
    AS_IT_IS,
    WITHOUT_PAYLOADS,
    WITHOUT_NOTIFIES, /* shorter than an answer with them */
    OTHER_GROUP,
    NO_COMMON_PROPOSAL,
    CRITICAL_PAYLOAD,
    HIGHER_VERSION,
    UNKNOWN_SPI,
    SHORT_AND_OF_ANOTHER_VERSION,
    KEEPALIVE,
    QUESTIONS,
} Question;

/* A proposal of the past. */
static const RvlProposedTransform old[] = {
    {{RVL_TRANSFORM_ENCR, 3, 0}, true},
    {{RVL_TRANSFORM_PRF, 1, 0}, true},
    {{RVL_TRANSFORM_INTEG, 1, 0}, true},
    {{RVL_TRANSFORM_KE, 1, 0}, true},
};
static const RvlProposal unknown = {1, RVL_PROTOCOL_IKE, {0}, old, G_N_ELEMENTS(old)};

static GBytes *
ask(Question question, GBytes *first)
{
    g_autoptr(RvlMessage) message =
        rvl_message_parse(g_bytes_get_data(first, NULL), g_bytes_get_size(first), NULL);
    RvlIsakmpHeader header = message->header;
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    static const uint8_t zeros[64];

    switch (question) {
    case KEEPALIVE:
        return g_bytes_new_static("\xff", 1);
    case HIGHER_VERSION:
    case SHORT_AND_OF_ANOTHER_VERSION:
        header.version = 0x30;
        break;
    case UNKNOWN_SPI:
        header.responder_spi = 77;
        header.exchange = RVL_EXCHANGE_INFORMATIONAL;
        break;
    default:
        break;
    }
    for (size_t i = 0; i < message->n_payloads && question != WITHOUT_PAYLOADS &&
                       question != SHORT_AND_OF_ANOTHER_VERSION;
         i++) {
        const RvlPayload *payload = &message->payloads[i];

        if (question == WITHOUT_NOTIFIES && payload->type == RVL_PAYLOAD_NOTIFY)
            continue;
        if (question == OTHER_GROUP && payload->type == RVL_PAYLOAD_KE)
            rvl_draft_add_key_exchange(draft, TOY_GROUP_ECP256, RVL_OCTETS(zeros, 64));
        else if (question == NO_COMMON_PROPOSAL && payload->type == RVL_PAYLOAD_SA)
            rvl_draft_add_sa(draft, &unknown, 1);
        else
            rvl_draft_add_raw(draft, payload->type, false, payload->body);
    }
    if (question == CRITICAL_PAYLOAD)
        rvl_draft_add_raw(draft, 200, true, RVL_OCTETS(zeros, 1));
    return rvl_draft_finish_clear(draft, &header, NULL);
}

static bool
lose(Pair *pair, PairDatagram *datagram, void *user_data)
{
    (void)pair;
    (void)datagram;
    (void)user_data;
    return false;
}

/* One datagram from a stranger, and half an hour: octets that went out. */
static size_t
octets_out(Pair *pair, GBytes *question)
{
    size_t before = pair->octets[PAIR_B];

    pair->filter = lose;
    pair_inject(pair, PAIR_B, g_bytes_get_data(question, NULL), g_bytes_get_size(question));
    pair_run(pair, 30 * RVL_MINUTE);
    pair_assert_clean(pair);
    return pair->octets[PAIR_B] - before;
}

static Pair *
responder_new(const char *daemon, Strangers *strangers)
{
    g_autofree char *conf_b = g_strconcat(daemon, PAIR_CONF_B, "keep = none\nike-proposals = ",
                                          "aes256gcm16-sha384-curve25519-ecp256\n", NULL);
    Pair *pair = pair_new_conf(PAIR_CONF_A "keep = none\n" BOTH_GROUPS, PAIR_SECRET_A, conf_b,
                               PAIR_SECRET_B);

    *strangers = (Strangers){0};
    pair->filter = take_first;
    pair->user_data = strangers;
    pair_command(pair, PAIR_A, RVL_COMMAND_UP, "ab");
    pair_run(pair, 3 * RVL_MILLISECOND);
    pair_command(pair, PAIR_A, RVL_COMMAND_DOWN, "ab");
    pair_run(pair, RVL_MINUTE);
    pair_assert_clean(pair);
    g_assert_nonnull(strangers->first);
    return pair;
}

static void
strangers_clear(Strangers *strangers)
{
    g_bytes_unref(strangers->first);
    g_clear_pointer(&strangers->cookie, g_bytes_unref);
}

/* Before the address is proved an answer is no larger than its question, and comes once. */
static void
no_question_is_worth_more_than_itself(void)
{
    static const char *const daemons[] = {"", "[daemon]\ncookie-threshold = 0\n"};

    for (size_t d = 0; d < G_N_ELEMENTS(daemons); d++) {
        Strangers strangers;
        g_autoptr(Pair) pair = responder_new(daemons[d], &strangers);

        for (Question q = AS_IT_IS; q < QUESTIONS; q++) {
            g_autoptr(GBytes) question = ask(q, strangers.first);

            g_assert_cmpuint(octets_out(pair, question), <=, g_bytes_get_size(question));
        }
        strangers_clear(&strangers);
    }
}

/* With a cookie: both questions, both answers: at most 512 octets more (and CERTREQ is cut to fit). */
static void
returned_cookie_is_worth_512_octets(void)
{
    Strangers strangers;
    g_autoptr(Pair) pair = responder_new("[daemon]\ncookie-threshold = 0\n", &strangers);
    g_autoptr(RvlMessage) request = rvl_message_parse(g_bytes_get_data(strangers.first, NULL),
                                                      g_bytes_get_size(strangers.first), NULL);
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    g_autoptr(RvlMessage) answer = NULL;
    g_autoptr(GBytes) question = NULL;
    size_t n = g_bytes_get_size(strangers.first);
    size_t out;

    g_clear_pointer(&strangers.cookie, g_bytes_unref);
    pair->filter = take_first;
    pair_inject(pair, PAIR_B, g_bytes_get_data(strangers.first, NULL), n);
    g_assert_nonnull(strangers.cookie);
    g_assert_cmpuint(g_bytes_get_size(strangers.cookie), <=, n);
    answer = rvl_message_parse(g_bytes_get_data(strangers.cookie, NULL),
                               g_bytes_get_size(strangers.cookie), NULL);
    rvl_draft_add_notify(draft, RVL_NOTIFY_COOKIE,
                         rvl_message_find_notify(answer, RVL_NOTIFY_COOKIE)->data);
    for (size_t i = 0; i < request->n_payloads; i++)
        rvl_draft_add_raw(draft, request->payloads[i].type, false, request->payloads[i].body);
    question = rvl_draft_finish_clear(draft, &request->header, NULL);
    out = octets_out(pair, question);
    g_assert_cmpuint(out, >, g_bytes_get_size(strangers.cookie)); /* the cookie was good */
    g_assert_cmpuint(out, <=, g_bytes_get_size(question) + 512);
    strangers_clear(&strangers);
}

/* Refused first messages leave no SPI behind that could be used (CVE-2023-30570). */
static void
refusals_name_no_spi(void)
{
    static const Question refused[] = {NO_COMMON_PROPOSAL, CRITICAL_PAYLOAD};
    Strangers strangers;
    g_autoptr(Pair) pair = responder_new("", &strangers);

    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GBytes) question = ask(refused[i], strangers.first);

        g_clear_pointer(&strangers.cookie, g_bytes_unref);
        pair->filter = take_first;
        pair_inject(pair, PAIR_B, g_bytes_get_data(question, NULL), g_bytes_get_size(question));
        g_assert_nonnull(strangers.cookie);
        g_assert_cmpuint(header_of(strangers.cookie).responder_spi, ==, 0);
        g_assert_cmpuint(rvl_engine_counts(pair->ends[PAIR_B].engine).ike_sas, ==, 0);
    }
    strangers_clear(&strangers);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(loops); i++) {
        g_autofree char *ends = g_strdup_printf("/ike/retries/loop-of-%s-ends", loops[i].name);
        g_autofree char *after =
            g_strdup_printf("/ike/retries/true-answer-is-taken-after-%s", loops[i].name);

        g_test_add_data_func(ends, &loops[i], loop_ends);
        g_test_add_data_func(after, &loops[i], true_answer_is_taken_after);
    }
    g_test_add_data_func("/ike/retries/errors-end-no-ike-sa-init-before-the-deadline",
                         GUINT_TO_POINTER(RVL_EXCHANGE_IKE_SA_INIT),
                         errors_end_nothing_before_the_deadline);
    g_test_add_data_func("/ike/retries/errors-end-no-ike-auth-before-the-deadline",
                         GUINT_TO_POINTER(RVL_EXCHANGE_IKE_AUTH),
                         errors_end_nothing_before_the_deadline);
    g_test_add_func("/ike/retries/no-question-is-worth-more-than-itself",
                    no_question_is_worth_more_than_itself);
    g_test_add_func("/ike/retries/returned-cookie-is-worth-512-octets",
                    returned_cookie_is_worth_512_octets);
    g_test_add_func("/ike/retries/refusals-name-no-spi", refusals_name_no_spi);
    return g_test_run();
}
