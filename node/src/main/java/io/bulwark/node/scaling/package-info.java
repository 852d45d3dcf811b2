/** The scaling coordinator: load reports, the singleton that decides, and the targets that act. */
@NullMarked
package io.bulwark.node.scaling;

import org.jspecify.annotations.NullMarked;
