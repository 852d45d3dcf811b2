/** The command line. */
@NullMarked
package io.bulwark.node.command;

import org.jspecify.annotations.NullMarked;
