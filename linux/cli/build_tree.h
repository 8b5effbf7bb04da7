/* SPDX-License-Identifier: MIT */
#ifndef CLI_BUILD_TREE_H
#define CLI_BUILD_TREE_H

/*
 * When this command runs from a build tree: let Python programs find the module beside it, through
 * $PYTHONPATH, behind what is there already.  Otherwise nothing.
 */
void build_tree_offer_python(void);

#endif
