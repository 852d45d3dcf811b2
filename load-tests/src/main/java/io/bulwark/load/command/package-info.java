/** The command line of the harness. */
@NullMarked
package io.bulwark.load.command;

import org.jspecify.annotations.NullMarked;
