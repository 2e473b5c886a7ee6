/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin's capability: an installer whose instance is a Plane. */
#pragma once

#include <ravelin/installer.h>

/** userspace_installer: the table of calls. */
extern const RvlInstaller userspace_installer;
