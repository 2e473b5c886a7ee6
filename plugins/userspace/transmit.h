/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends a worker's sealed messages: many to a system call, one UDP_SEGMENT message for many packets. */
#pragma once

#include "worker.h"

/** transmit: all of @worker's outbound batch; what can't go is dropped and counted. */
void transmit(Worker *worker);
