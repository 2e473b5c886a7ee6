/* SPDX-License-Identifier: MIT */
/* Schema: rows that say which keys a group has; parser, manual, completion and errors read them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

G_BEGIN_DECLS

/** RvlKeyType: how a key's text is read, and what rvl_settings_…() hands out. */
typedef enum {
    RVL_KEY_TEXT = 1,
    RVL_KEY_BOOL = 2,     /* yes | no */
    RVL_KEY_INTEGER = 3,  /* between minimum and maximum */
    RVL_KEY_DURATION = 4, /* with a unit: ms s min h d; number in milliseconds */
    RVL_KEY_SIZE = 5,     /* with a unit: B KiB MiB GiB TiB; number in octets */
    RVL_KEY_PACKETS = 6,  /* `4096 packets` */
    RVL_KEY_WORD = 7,     /* one of words */
    RVL_KEY_WORDS = 8,    /* comma list; of words, where there are any */
    RVL_KEY_TEXTS = 9,    /* comma list of anything */
    RVL_KEY_ADDRESS = 10,
    RVL_KEY_PREFIXES = 11, /* comma list */
    RVL_KEY_IDENTITY = 12,
    RVL_KEY_PATH = 13,      /* of a file, relative to the configuration's folder for it */
    RVL_KEY_SECRET = 14,    /* "text", 0x…, base64:…, file:PATH, credential:NAME; a handle */
    RVL_KEY_SELECTORS = 15, /* LOCAL <-> REMOTE */
    RVL_KEY_PROPOSALS = 16, /* comma list of words joined by - */
    RVL_KEY_LIFETIME = 17,  /* comma list of DURATION, SIZE, PACKETS */
} RvlKeyType;

/** RvlKeyCost: what a change of the key asks of SAs that stand. */
typedef enum {
    RVL_COST_NONE = 0,    /* takes effect for what comes */
    RVL_COST_REKEY = 1,   /* the Child SAs are rekeyed */
    RVL_COST_RENEW = 2,   /* the connection is set up anew */
    RVL_COST_RESTART = 3, /* the daemon must be started again */
} RvlKeyCost;

/**
 * RvlKey:
 * @group: (nullable): group that the key extends: `connection`, `secret`, `user`; NULL: the
 *   plugin's own `[plugin NAME]`
 * @name: `remote-address`
 * @type: RvlKeyType
 * @default_text: (nullable): what holds where the key is absent, as it would be written
 * @minimum, @maximum: of numbers, in the type's unit; both 0: unbounded
 * @words: (nullable): NULL-terminated, for WORD and WORDS
 * @cost: RvlKeyCost
 * @is_reserved: known, not served yet: refused by name
 * @help: one line, no full stop
 */
typedef struct {
    const char *group;
    const char *name;
    uint32_t type;
    const char *default_text;
    int64_t minimum;
    int64_t maximum;
    const char *const *words;
    uint32_t cost;
    bool is_reserved;
    const char *help;
} RvlKey;

G_END_DECLS
