dnl SPDX-License-Identifier: MIT
dnl For the configure.ac of a plugin that is built outside Ravelin's tree.
dnl
dnl RAVELIN_PLUGIN([CONTRACT])
dnl   Looks for Ravelin's contract, CONTRACT (MAJOR.MINOR, default 1.0) or a later MINOR of the same MAJOR. Sets
dnl     RAVELIN_CFLAGS, RAVELIN_LIBS   to compile and link a plugin
dnl     ravelinplugindir               where modules go: ravelinplugin_LTLIBRARIES = my.la
dnl     RAVELIN_PLUGIN_LDFLAGS         for my_la_LDFLAGS: a module that exports its descriptor alone
AC_DEFUN([RAVELIN_PLUGIN], [
  PKG_CHECK_MODULES([RAVELIN], [ravelin])
  ravelin_wanted="m4_default([$1], [1.0])"
  AC_MSG_CHECKING([for Ravelin's contract $ravelin_wanted])
  ravelin_contract=`$PKG_CONFIG --variable=contract ravelin`
  AS_IF([test "${ravelin_contract%%.*}" = "${ravelin_wanted%%.*}" && test "${ravelin_contract#*.}" -ge "${ravelin_wanted#*.}"],
    [AC_MSG_RESULT([$ravelin_contract])],
    [AC_MSG_ERROR([installed is $ravelin_contract, wanted is $ravelin_wanted])])
  AC_SUBST([ravelinplugindir], ['${libdir}'/ravelin/"${ravelin_contract%%.*}"])
  AC_SUBST([RAVELIN_PLUGIN_LDFLAGS],
    ["-module -avoid-version -no-undefined -export-symbols-regex '_LTX_rvl_plugin\$\$'"])
])
