/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an installer tells its host, from any of its threads, brought to the main loop. */
#pragma once

#include <ravelin/event.h>
#include "ike/core/command.h"
#include "io/endpoints.h"

/** RvlInstallerReported: on the main loop. */
typedef void (*RvlInstallerReported)(const RvlInstallerReport *report, void *user_data);

/**
 * RvlInstallerLink:
 *
 * Bounded queues, one for reports and one for IKE datagrams, so that neither can starve the other
 * and neither grows without end; what finds them full is answered false and counted by the caller.
 */
typedef struct RvlInstallerLink RvlInstallerLink;

RvlInstallerLink *rvl_installer_link_new(RvlInstallerReported reported,
                                         RvlDatagramReceived received,
                                         void *user_data);

/** rvl_installer_link_free: after the installer can't call any more. */
void rvl_installer_link_free(RvlInstallerLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlInstallerLink, rvl_installer_link_free)

/** rvl_installer_link_host: (transfer none): the table for RvlInstaller.attach. */
const RvlInstallerHost *rvl_installer_link_host(RvlInstallerLink *link);
