/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exchanges: what an exchange's file says of itself, and the machinery that runs it. */
#pragma once

#include "ike/core/job.h"
#include "ike/core/message-types.h"
#include "wire/draft.h"
#include "wire/grammar-v2.h"

typedef struct RvlIkeSa RvlIkeSa;
typedef struct RvlExchange RvlExchange;

/**
 * RvlStep:
 *
 * One step of a verb: looks at the message and at the answers of the jobs that the step before
 * asked for, and may ask for further jobs by rvl_exchange_ask(). The next step runs when all of
 * them have ended. False with @error: the exchange is refused or given up, as the error policy has
 * it for the cause.
 */
typedef bool (*RvlStep)(RvlIkeSa *ike, RvlExchange *x, GError **error);

/**
 * RvlExchangeKind:
 * @name: `rekey-child`
 * @story: what it does, in one line
 * @type: exchange type of the header
 * @is_clear: whether its messages go unprotected
 * @asked_in: states (bits of 1 << RvlIkeSaState) in which we may ask
 * @answered_in: states in which the peer may ask
 * @request, @response: rows of its messages' grammar
 * @state_octets: of the exchange's own struct, zeroed, in RvlExchange.state
 * @prepare: (nullable): steps before our request can be built
 * @build_request: writes our request's payloads; starts no job
 * @take_request: steps that the peer's request asks for
 * @build_response: writes our answer's payloads; starts no job
 * @settle: (nullable): our answer is out: what may follow only now
 * @take_response: steps that the peer's answer asks for
 * @finish: (nullable): our request was answered, and all its steps went well
 * @give_up: (nullable): it ended otherwise, on either side; @why says how
 * @clear: (nullable): gives back what the state still holds, however it ended
 *
 * The verbs of one exchange, as the const descriptor at the end of its file.
 */
typedef struct {
    const char *name;
    const char *story;
    uint8_t type;
    bool is_clear;
    uint32_t asked_in;
    uint32_t answered_in;
    RvlGrammarV2 request;
    RvlGrammarV2 response;
    size_t state_octets;
    const RvlStep *prepare;
    bool (*build_request)(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error);
    const RvlStep *take_request;
    bool (*build_response)(RvlIkeSa *ike, RvlExchange *x, RvlDraft *out, GError **error);
    void (*settle)(RvlIkeSa *ike, RvlExchange *x);
    const RvlStep *take_response;
    void (*finish)(RvlIkeSa *ike, RvlExchange *x);
    void (*give_up)(RvlIkeSa *ike, RvlExchange *x, const GError *why);
    void (*clear)(RvlIkeSa *ike, RvlExchange *x);
} RvlExchangeKind;

/** RvlExchangePhase: where an exchange stands. */
typedef enum {
    RVL_PHASE_WAITING = 0,   /* ours: for the window */
    RVL_PHASE_PREPARING = 1, /* ours: jobs before the request */
    RVL_PHASE_SENT = 2,      /* ours: the request is out */
    RVL_PHASE_TAKING = 3,    /* ours: jobs that the answer asks for */
    RVL_PHASE_ANSWERING = 4, /* the peer's: jobs before the answer */
    RVL_PHASE_OVER = 5,
} RvlExchangePhase;

/** RVL_EXCHANGE_JOBS_MAX: answers that an exchange can hold at once; each kind numbers its own. */
#define RVL_EXCHANGE_JOBS_MAX 6

/**
 * RvlExchange:
 * @token: tells its jobs' answers from those of others of the SA
 * @step: (nullable): the step that runs next
 * @pending: how many jobs have not ended
 * @answers: by the numbers given to rvl_exchange_ask()
 * @request: (nullable): the peer's request; @response: the peer's answer to ours
 * @clear: (nullable): the same of a clear exchange
 * @path: of the request that we answer: the answer goes back on it (RFC 7296 2.11)
 * @refusal: notify that an answer bears in place of what was asked for; 0: none
 * @refusal_data: (nullable): its data; @refusal_spi, @refusal_protocol: what it is about, or 0
 * @refusal_cause: why
 * @ends_sa: the IKE SA goes once the answer is out
 *
 * One exchange in flight. Belongs to its SA.
 */
struct RvlExchange {
    RvlExchange *next;
    const RvlExchangeKind *kind;
    uint64_t token;
    RvlExchangePhase phase;
    uint32_t message_id;
    const RvlStep *step;
    unsigned pending;
    RvlJobId jobs[RVL_EXCHANGE_JOBS_MAX];
    RvlJobResult *answers[RVL_EXCHANGE_JOBS_MAX];
    RvlVerified *request;
    RvlVerified *response;
    RvlClear *clear;
    RvlPath path;
    uint16_t refusal;
    GBytes *refusal_data;
    uint8_t refusal_protocol;
    uint32_t refusal_spi;
    RvlCause refusal_cause;
    bool ends_sa;
    void *state;
};

/**
 * rvl_exchange_begin:
 *
 * Queues a request of ours; rvl_exchange_pump() starts it when the window is free. The caller fills
 * in its state at once.
 *
 * Returns: (transfer none): valid until control goes back to the engine.
 */
RvlExchange *rvl_exchange_begin(RvlIkeSa *ike, const RvlExchangeKind *kind);

/** rvl_exchange_pump: starts what waits, where the window is free. */
void rvl_exchange_pump(RvlIkeSa *ike);

/** rvl_exchange_take_request: a verified request of the peer's begins an exchange. */
void rvl_exchange_take_request(RvlIkeSa *ike, const RvlExchangeKind *kind, RvlVerified *request);
/**
 * rvl_exchange_refuse_request:
 * @request: (transfer full) (nullable): as far as it could be parsed
 * @why: (transfer full)
 *
 * A verified request that breaks the grammar: refused as @why says, without being looked at.
 */
void rvl_exchange_refuse_request(RvlIkeSa *ike,
                                 const RvlExchangeKind *kind,
                                 const RvlIsakmpHeader *header,
                                 const RvlPath *path,
                                 RvlVerified *request,
                                 GError *why);
/** rvl_exchange_take_response: the verified answer to our request. */
void rvl_exchange_take_response(RvlIkeSa *ike, RvlVerified *response);
/** rvl_exchange_take_clear_request: the same of clear messages. */
void rvl_exchange_take_clear_request(RvlIkeSa *ike, const RvlExchangeKind *kind, RvlClear *request);
void rvl_exchange_take_clear_response(RvlIkeSa *ike, RvlClear *response);

/**
 * rvl_exchange_again: from a step that takes an answer: prepare runs anew and another request goes
 * out, of the same message ID where it is a clear one (RFC 7296 2.6, 1.2, 1.3).
 */
void rvl_exchange_again(RvlExchange *x);

/**
 * rvl_exchange_ask:
 * @number: of the answer, unique among the jobs that the exchange waits for
 * @job: (transfer full)
 */
void rvl_exchange_ask(RvlIkeSa *ike, RvlExchange *x, unsigned number, RvlJob *job);

/**
 * rvl_exchange_answer:
 *
 * A step that takes something out of it (a secret, SPIs) zeroes it there: what is left is given back
 * when the exchange ends.
 *
 * Returns: (transfer none) (nullable): the answer of job @number; NULL with @error where it failed.
 */
RvlJobResult *rvl_exchange_answer(RvlExchange *x, unsigned number, GError **error);

/** rvl_exchange_completed: (transfer full): a job's end; false where the exchange doesn't want it. */
bool rvl_exchange_completed(RvlIkeSa *ike, uint64_t token, RvlJobResult *result);

/**
 * rvl_exchange_refuse:
 *
 * From a step that answers: the answer bears this notify in place of what was asked for; the steps
 * go on to the builder.
 */
void rvl_exchange_refuse(RvlExchange *x, uint16_t notify, GBytes *data, RvlCause cause);

/** rvl_exchange_fail: it ends as @why says; what follows for the SA is the error policy's. */
void rvl_exchange_fail(RvlIkeSa *ike, RvlExchange *x, GError *why);
/** rvl_exchange_drop_waiting: those of ours that have not begun have become needless. */
void rvl_exchange_drop_waiting(RvlIkeSa *ike);

/**
 * rvl_exchange_drop_all: the SA ends: all its exchanges are given up. Their memory stays until
 * rvl_exchange_free_over(), since one of them may be what ended it.
 */
void rvl_exchange_drop_all(RvlIkeSa *ike, const GError *why);
void rvl_exchange_free_over(RvlIkeSa *ike);
