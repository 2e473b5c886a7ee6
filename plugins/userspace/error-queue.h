/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel learnt of a path: the error queue of a socket. */
#pragma once

#include "worker.h"

/** error_queue_read: empties it; news of MTUs go to the plane. */
void error_queue_read(Worker *worker, int fd);
