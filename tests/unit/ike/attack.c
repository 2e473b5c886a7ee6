/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An attack on a pair. */
#include "config.h"

#include "attack.h"

#include <string.h>

#include "forge.h"
#include "ike/core/engine-state.h"
#include "ike/core/sa-life.h"
#include "ike/v2/exchanges.h"
#include "ike/v2/init-state.h"
#include "support/heap.h"

#define LOST_OF 4 /* one datagram of so many */
#define FILL 2    /* so often more, and all that is bounded is full */

/* A datagram that one end sent to the other. */
typedef struct {
    RvlTime at; /* when it arrives */
    int to;
    RvlPath path; /* as @to sees it */
    GBytes *octets;
    bool is_lost;
} Genuine;

static void
genuine_free(void *data)
{
    Genuine *genuine = data;

    g_bytes_unref(genuine->octets);
    g_free(genuine);
}

/* What is genuine is kept, and passes unless it is lost. */
static bool
keep(Pair *pair, PairDatagram *datagram, void *user_data)
{
    Attack *attack = user_data;
    Genuine *copy = g_new0(Genuine, 1);
    char text[RVL_PATH_TEXT];
    const char *path = rvl_path_format(&datagram->path, text);
    gsize n;
    const uint8_t *octets = g_bytes_get_data(datagram->octets, &n);

    *copy = (Genuine){
        .at = datagram->at,
        .to = datagram->to,
        .path = datagram->path,
        .octets = g_bytes_ref(datagram->octets),
        .is_lost = attack->loses && attack->genuine->len % LOST_OF == LOST_OF - 1,
    };
    g_ptr_array_add(attack->genuine, copy);
    toy_mix_absorb(&attack->trace, (const uint8_t *)&pair->now, sizeof pair->now);
    toy_mix_absorb(&attack->trace, (const uint8_t *)&datagram->to, sizeof datagram->to);
    toy_mix_absorb(&attack->trace, (const uint8_t *)path, strlen(path));
    toy_mix_absorb_sized(&attack->trace, octets, n);
    return !copy->is_lost;
}

static GError *
refuse_proof(Pair *pair, int end, const RvlJob *job, void *user_data)
{
    const Attack *attack = user_data;
    GError *error = NULL;

    (void)pair;
    if (job->kind == RVL_JOB_CHECK && attack->refused_by == end + 1)
        rvl_error_set(&error, RVL_CAUSE_PSK_MISMATCH, NULL);
    return error;
}

/* What forgeries are answered with goes nowhere. */
static bool
swallow(Pair *pair, PairDatagram *datagram, void *user_data)
{
    (void)pair;
    (void)datagram;
    (void)user_data;
    return false;
}

static void
note_moved(AttackCoverage *coverage, const EndDigest *before, const EndDigest *after)
{
    for (size_t i = 0; i < MIN(before->n, after->n); i++) {
        for (unsigned part = 0; part < SA_PARTS; part++) {
            if (before->sas[i].number == after->sas[i].number &&
                before->sas[i].parts[part] != after->sas[i].parts[part])
                coverage->moved |= 1u << part;
        }
    }
}

typedef struct {
    Pair *pair;
    Attack *attack;
} Sender;

static void
send_forgery(const void *octets, size_t n, const char *what, void *user_data)
{
    const Sender *sender = user_data;
    Pair *pair = sender->pair;
    Attack *attack = sender->attack;
    size_t before = pair->octets[attack->end];
    EndDigest after;
    const char *changed;

    pair->filter = swallow;
    pair_inject_on(pair, attack->end, &attack->path, octets, n);
    pair->filter = keep;
    attack->forgeries++;
    after = end_digest(pair, attack->end);
    changed = end_digest_difference(&attack->before, &after, attack->except);
    if (changed != NULL) {
        g_autofree char *hex = g_base64_encode(octets, n);

        g_error("%s at %s, %" G_GINT64_FORMAT " us: a forgery (%s) changes the %s: %s",
                attack->name, pair->ends[attack->end].name, pair->now, what, changed, hex);
    }
    if (!attack->is_replay) /* no larger than the question */
        g_assert_cmpuint(pair->octets[attack->end] - before, <=, n);
    note_moved(attack->coverage, &attack->before, &after);
    attack->before = after;
}

static void
aim(Attack *attack, Pair *pair, int end, const RvlPath *path, uint32_t except, bool is_replay)
{
    attack->end = end;
    attack->path = *path;
    attack->except = except;
    attack->is_replay = is_replay;
    attack->before = end_digest(pair, end);
}

RvlPath
attack_elsewhere(const RvlPath *path)
{
    RvlPath other = *path;

    other.remote.port ^= 0x5555;
    return other;
}

/* What an SA may note of forgeries: not obeyed, but kept (RFC 7296 2.21.1, 2.1). */
static uint32_t
may_note(const RvlIkeSa *ike)
{
    if (ike->state != RVL_IKE_SA_BEGUN)
        return 0;
    return ike->is_initiator ? SA_EXCEPT(SA_PART_NOTED) : SA_EXCEPT(SA_PART_PARKED);
}

/* Names */

static ptrdiff_t
steps_run(const RvlExchange *x)
{
    const RvlStep *first = x->phase == RVL_PHASE_PREPARING   ? x->kind->prepare
                           : x->phase == RVL_PHASE_TAKING    ? x->kind->take_response
                           : x->phase == RVL_PHASE_ANSWERING ? x->kind->take_request
                                                             : NULL;

    return first != NULL ? x->step - first : 0;
}

static char *
exchange_words(const RvlExchange *x)
{
    static const char *const phases[] = {"waits", "prepares", "sent", "takes", "answers", "over"};

    return x == NULL
               ? g_strdup("-")
               : g_strdup_printf("%s %s %d", x->kind->name, phases[x->phase], (int)steps_run(x));
}

/* Where an SA stands: `initiator established, asks rekey-child sent 0, answers -`. */
static char *
situation_of(const RvlIkeSa *ike)
{
    g_autofree char *asks = exchange_words(ike->exchanges.asking);
    g_autofree char *answers = exchange_words(ike->exchanges.answering);
    const RvlInit *init = ike->init;

    return g_strdup_printf(
        "%s %s%s, asks %s%s, answers %s", ike->is_initiator ? "initiator" : "responder",
        rvl_sa_life_state_word(ike->state),
        init != NULL && init->cookies + init->groups > 0 ? " (sent back)" : "", asks,
        ike->sent.datagrams != NULL && ike->sent.tries > 0 ? " again" : "", answers);
}

/* The forgeries of one SA */

static void
forge_from_scratch(Pair *pair, Attack *attack, int end, RvlIkeSa *ike)
{
    const Sender sender = {pair, attack};
    ForgeTarget target = forge_target_of(ike);
    RvlPath path = ike->path.current;
    RvlPath other = attack_elsewhere(&path);
    uint32_t except = may_note(ike);

    aim(attack, pair, end, &path, except, false);
    forge_clear_headers(&target, send_forgery, (void *)&sender);
    forge_clear_payloads(&target, send_forgery, (void *)&sender);
    forge_sealed(&target, send_forgery, (void *)&sender);
    aim(attack, pair, end, &other, except, false);
    forge_sealed(&target, send_forgery, (void *)&sender);
    if (target.responder_spi == 0)
        target.responder_spi = UINT64_C(0x1234567890);
    forge_clear_payloads(&target, send_forgery, (void *)&sender);
}

/* The first times may fill what is bounded; then nothing stays that wasn't there. */
static void
forge_again(Pair *pair, Attack *attack, int end, RvlIkeSa *ike)
{
    size_t before, after;

    forge_from_scratch(pair, attack, end, ike);
    if (!rvl_test_heap_octets(&before))
        return;
    for (int i = 0; i < FILL; i++)
        forge_from_scratch(pair, attack, end, ike);
    fake_events_forget(pair->ends[end].events);
    (void)rvl_test_heap_octets(&before);
    forge_from_scratch(pair, attack, end, ike);
    fake_events_forget(pair->ends[end].events);
    (void)rvl_test_heap_octets(&after);
    attack->coverage->held += (int64_t)after - (int64_t)before;
}

static RvlIsakmpHeader
header_of(const Genuine *datagram)
{
    RvlIsakmpHeader header;
    gsize n;
    const uint8_t *octets = g_bytes_get_data(datagram->octets, &n);

    g_assert_true(rvl_isakmp_header_parse(octets, n, &header, NULL));
    return header;
}

static bool
is_first_message(const RvlIsakmpHeader *header)
{
    return header->exchange == RVL_EXCHANGE_IKE_SA_INIT && !rvl_isakmp_header_is_response(header);
}

/* A half-open responder: others may pretend to send its first message again. */
static void
forge_first_message(Pair *pair, Attack *attack, int end, const RvlIkeSa *ike)
{
    const Sender sender = {pair, attack};
    uint64_t spi = ike->spi_remote;

    for (guint i = 0; i < attack->genuine->len; i++) {
        const Genuine *datagram = g_ptr_array_index(attack->genuine, i);
        RvlIsakmpHeader header = header_of(datagram);

        if (!is_first_message(&header) || header.initiator_spi != spi || datagram->to != end)
            continue;
        aim(attack, pair, end, &datagram->path, may_note(ike), false);
        forge_mutants(datagram->octets, sizeof spi, send_forgery, (void *)&sender);
    }
}

/* Whether these octets came in before: else a replay would be the genuine message itself. */
static bool
has_arrived(const Attack *attack, const Pair *pair, const Genuine *datagram)
{
    for (guint i = 0; i < attack->genuine->len; i++) {
        const Genuine *other = g_ptr_array_index(attack->genuine, i);

        if (!other->is_lost && other->at < pair->now && other->octets == datagram->octets)
            return true;
    }
    return false;
}

/*
 * All that was ever sent, to whom it was sent and back to who sent it; but for first messages, which
 * anybody may send at any time. Where datagrams are lost a replay comes from elsewhere, and must not
 * use up the answer that the peer will ask for again.
 */
static void
replay_all(Pair *pair, Attack *attack)
{
    const Sender sender = {pair, attack};
    bool loses = attack->loses;

    for (guint i = 0; i < attack->genuine->len; i++) {
        const Genuine *datagram = g_ptr_array_index(attack->genuine, i);
        RvlIsakmpHeader header = header_of(datagram);
        RvlPath path = loses ? attack_elsewhere(&datagram->path) : datagram->path;
        RvlPath back = datagram->path;
        gsize n;
        const void *octets = g_bytes_get_data(datagram->octets, &n);

        if (is_first_message(&header))
            continue;
        back.local = datagram->path.remote;
        back.remote = datagram->path.local;
        aim(attack, pair, 1 - datagram->to, &back, 0, false);
        send_forgery(octets, n, "reflection", (void *)&sender);
        if (!has_arrived(attack, pair, datagram))
            continue;
        aim(attack, pair, datagram->to, &path, SA_EXCEPT(SA_PART_REPEATS), true);
        send_forgery(octets, n, "replay", (void *)&sender);
    }
}

/* What has been sent since last time, before it arrives. */
static void
mutate_new(Pair *pair, Attack *attack)
{
    const Sender sender = {pair, attack};

    for (; attack->mutated < attack->genuine->len; attack->mutated++) {
        const Genuine *datagram = g_ptr_array_index(attack->genuine, attack->mutated);
        RvlIsakmpHeader header = header_of(datagram);

        if (header.exchange == RVL_EXCHANGE_IKE_SA_INIT)
            continue; /* nothing protects it: who can change it is a peer */
        aim(attack, pair, datagram->to, &datagram->path, 0, false);
        forge_mutants(datagram->octets, 0, send_forgery, (void *)&sender);
    }
}

/* Mutants come of every message; each situation is attacked when a run enters it first. */
static void
attack_sas(Pair *pair, Attack *attack, int end)
{
    const RvlEngine *engine = pair->ends[end].engine;

    mutate_new(pair, attack);
    for (GList *link = engine->sas.head; link != NULL; link = link->next) {
        RvlIkeSa *ike = link->data;
        g_autofree char *situation = situation_of(ike);

        if (!g_hash_table_add(attack->situations, g_strdup(situation)))
            continue;
        g_hash_table_add(attack->coverage->situations, g_strdup(situation));
        forge_again(pair, attack, end, ike);
        if (ike->is_in_first)
            forge_first_message(pair, attack, end, ike);
        replay_all(pair, attack);
    }
    fake_events_forget(pair->ends[end].events);
}

/* What a genuine event brings to an SA shows in the digest, or the digest shows nothing. */
static void
watch_end(const Pair *pair, Attack *attack, int end)
{
    EndDigest now = end_digest(pair, end);

    if (now.n > 0 && end_digest_difference(&attack->last[end], &now, 0) == NULL)
        g_error("%s at %s, %" G_GINT64_FORMAT " us: an event changes nothing", attack->name,
                pair->ends[end].name, pair->now);
    note_moved(attack->coverage, &attack->last[end], &now);
    attack->last[end] = now;
}

static void
after_event(Pair *pair, int end, void *user_data)
{
    Attack *attack = user_data;

    if (attack->attacks)
        attack_sas(pair, attack, end);
    else
        watch_end(pair, attack, end);
}

/* Its life */

void
attack_begin(Attack *attack, Pair *pair)
{
    attack->genuine = g_ptr_array_new_with_free_func(genuine_free);
    attack->situations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    toy_mix_init(&attack->trace, 0);
    pair->filter = keep;
    pair->job_filter = refuse_proof;
    pair->observer = after_event;
    pair->user_data = attack;
}

void
attack_command(Attack *attack, Pair *pair, int end, RvlCommandKind kind, const char *name)
{
    pair_command(pair, end, kind, name);
    after_event(pair, end, attack);
}

uint64_t
attack_end(Attack *attack, Pair *pair)
{
    pair->filter = NULL;
    pair->job_filter = NULL;
    pair->observer = NULL;
    pair->user_data = NULL;
    g_ptr_array_unref(attack->genuine);
    g_hash_table_unref(attack->situations);
    toy_mix_finish(&attack->trace);
    return toy_mix_draw(&attack->trace);
}
