/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Somebody without keys, who sees all that a pair says and sends whatever he likes after every event. */
#pragma once

#include "end-digest.h"
#include "fakes/toy-mix.h"

/**
 * AttackCoverage: what all runs together have seen.
 * @situations: (element-type utf8): that were attacked: `initiator keyed, asks auth sent 0, answers -`
 * @moved: parts of digests that changed, bit by bit
 * @held: octets of the heap that forgeries left allocated which weren't there after the same before
 */
typedef struct {
    GHashTable *situations;
    uint32_t moved;
    int64_t held;
} AttackCoverage;

/**
 * Attack: on one run of a pair. Filters and observer of the pair belong to it.
 * @name: of the run, for messages
 * @attacks: whether it does; else it sees to it that what is genuine changes something
 * @loses: one datagram of four is lost
 * @refused_by: the end whose checks of proofs fail, plus 1; 0: neither
 * @forgeries: how many came in so far
 */
typedef struct {
    const char *name;
    bool attacks;
    bool loses;
    int refused_by;
    AttackCoverage *coverage;
    unsigned forgeries;
    /* its own */
    ToyMix trace;           /* of what was sent, where to and when */
    GPtrArray *genuine;     /* of Genuine: all that was sent */
    guint mutated;          /* so many of those were forged from */
    GHashTable *situations; /* that were attacked in this run */
    EndDigest last[2];      /* of both ends, without an attack */
    EndDigest before;       /* the forgery that is being sent */
    int end;
    RvlPath path;
    uint32_t except; /* parts that it may change */
    bool is_replay;
} Attack;

/** attack_begin: @attack's first fields are set; from here on it is the pair's user data. */
void attack_begin(Attack *attack, Pair *pair);
/** attack_command: as pair_command(), followed by what follows an event. */
void attack_command(Attack *attack, Pair *pair, int end, RvlCommandKind kind, const char *name);
/** attack_end: digest of all that both ends sent, without what forgeries were answered with. */
uint64_t attack_end(Attack *attack, Pair *pair);

/** attack_elsewhere: the same path from another port of the peer's. */
RvlPath attack_elsewhere(const RvlPath *path);
