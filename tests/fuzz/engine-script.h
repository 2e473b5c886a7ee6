/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The octets of fuzz-engine's scripts. */
#pragma once

/** ScriptSetting: bits of a script's first octet. */
typedef enum {
    SETTING_ESTABLISHED = 1 << 0, /* the script begins with an SA between the two */
    SETTING_COOKIES = 1 << 1,
    SETTING_OTHER_GROUP = 1 << 2,
    SETTING_PFS = 1 << 3,
    SETTING_FRAGMENTS = 1 << 4, /* proofs come with a certificate that needs them */
    SETTING_ENCAPSULATED = 1 << 5,
} ScriptSetting;

/**
 * ScriptOperation: an octet, with what it takes behind it. @which and @sa count modulo what there is.
 *
 * Edits are their number, then for each: ScriptEdit, payload, two octets.
 */
typedef enum {
    OPERATION_RUN,      /* milliseconds; 255: a second */
    OPERATION_COMMAND,  /* bit 0: end; bit 1: of the child; above: UP, DOWN, REKEY */
    OPERATION_MUTATE,   /* which of the datagrams on their way; edits */
    OPERATION_FORGE,    /* ScriptFlag, sa, exchange, number of payloads, payloads, edits */
    OPERATION_FRAGMENT, /* ScriptFlag, sa, exchange, number, total, first payload, octets */
    OPERATION_RAW,      /* ScriptFlag, octets; RESPONSE there: with the SPIs of an SA */
    OPERATION_REPLAY,   /* which of all that was sent, from the last */
    OPERATION_LOSE,     /* which of the datagrams on their way */
    OPERATIONS,
} ScriptOperation;

/** ScriptFlag: of what is forged; without a PLUS or MINUS its message ID is the right one. */
typedef enum {
    FLAG_TO_B = 1 << 0,
    FLAG_RESPONSE = 1 << 1,
    FLAG_ID_PLUS = 1 << 2,
    FLAG_ID_MINUS = 1 << 3,
} ScriptFlag;

/** ScriptEdit: of a payload chain. */
typedef enum {
    EDIT_REMOVE,
    EDIT_DOUBLE,
    EDIT_SWAP,     /* with payload a */
    EDIT_TYPE,     /* a */
    EDIT_CRITICAL, /* turned over */
    EDIT_OCTET,    /* at a, b */
    EDIT_CUT,      /* to a octets */
    EDIT_APPEND,   /* a, b */
    EDIT_ADD,      /* a payload of type a, which holds b */
    EDITS,
} ScriptEdit;

/** ScriptPayload: of OPERATION_FORGE; any other number is a type, with its length and octets. */
typedef enum {
    PAYLOAD_DELETE_IKE,
    PAYLOAD_DELETE_CHILD, /* the first that stands */
    PAYLOAD_REKEY_CHILD,  /* a notify that names it */
    PAYLOAD_NOTIFY,       /* two octets of type */
    PAYLOAD_TAKEN,        /* which of the message that was taken apart last */
} ScriptPayload;

/** SCRIPT_EXCHANGES: exchanges below it are counted from IKE_SA_INIT, modulo four. */
#define SCRIPT_EXCHANGES 8
