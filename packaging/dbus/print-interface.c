/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints org.ravelin.Ravelin1.xml: the D-Bus interfaces as the table of calls has them. */
#include "config.h"

#include "control/interface-file.h"

#include <stdio.h>

int
main(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = rvl_interface_file(&error);

    if (text == NULL) {
        (void)fprintf(stderr, "print-interface: %s\n", error->message);
        return 1;
    }
    return fputs(text, stdout) < 0;
}
