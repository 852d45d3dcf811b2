@NullMarked
package io.bulwark.load.command;

import org.jspecify.annotations.NullMarked;
