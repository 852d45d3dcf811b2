@NullMarked
package io.bulwark.load.drive;

import org.jspecify.annotations.NullMarked;
