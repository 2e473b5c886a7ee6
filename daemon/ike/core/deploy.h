/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deployments and the set of connections: what stands in the system while a connection is configured. */
#pragma once

#include "ike/core/upkeep.h"

/** rvl_deploy_begin: interface, routes, guard; then the permanent policies of its children. */
void rvl_deploy_begin(RvlEngine *engine, RvlUpkeep *upkeep);
/** rvl_deploy_end: withdraws; then @upkeep begins anew with its next connection, or is freed. */
void rvl_deploy_end(RvlEngine *engine, RvlUpkeep *upkeep);
