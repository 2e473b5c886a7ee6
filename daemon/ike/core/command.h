/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands: what operators and the data plane ask of the engine. */
#pragma once

#include <ravelin/installer.h>

/** RvlCommandId: the driver's number of an operator's command; 0: nobody waits for its end. */
typedef uint64_t RvlCommandId;

typedef enum {
    RVL_COMMAND_UP = 1,       /* name: connection, or connection/child */
    RVL_COMMAND_DOWN = 2,     /* name: the same; its `keep = up` rests until UP or a reload */
    RVL_COMMAND_REKEY = 3,    /* name: the same: connection: its IKE SA; child: that Child SA */
    RVL_COMMAND_SHUTDOWN = 4, /* deletes every SA, withdraws every deployment */
} RvlCommandKind;

typedef struct {
    RvlCommandKind kind;
    RvlCommandId id;
    const char *name;   /* borrowed for the call */
    uint64_t ike_spi;   /* (optional): restricts DOWN and REKEY to one IKE SA */
    uint32_t child_spi; /* (optional): to one Child SA, by its inbound SPI */
} RvlCommand;

/** RvlInstallerReportKind: what an installer told the driver, for the engine. */
typedef enum {
    RVL_INSTALLER_ACQUIRE = 1,         /* policy, flow, acquire */
    RVL_INSTALLER_EXPIRED = 2,         /* sa, is_hard, cause */
    RVL_INSTALLER_MAPPING_CHANGED = 3, /* sa, remote */
    RVL_INSTALLER_RESTARTED = 4,       /* nothing: all SAs are gone */
    RVL_INSTALLER_OVERRUN = 5,         /* nothing: reports were lost */
} RvlInstallerReportKind;

typedef struct {
    RvlInstallerReportKind kind;
    RvlPolicyId policy;
    RvlFlow flow;
    uint64_t acquire;
    RvlSaId sa;
    bool is_hard;
    uint32_t cause;
    RvlEndpoint remote;
} RvlInstallerReport;
