/* SPDX-License-Identifier: MIT */
#ifndef CLI_BUILD_TREE_H
#define CLI_BUILD_TREE_H

/*
 * If this command runs from a build tree, Python programs are to find the module beside it.  So its
 * directory is added at the end of $PYTHONPATH.  Otherwise this does nothing.
 */
void build_tree_offer_python(void);

#endif
