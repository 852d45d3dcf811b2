/** Sends requests at a rate or as fast as they are answered, and measures what comes of it. */
@NullMarked
package io.bulwark.load.drive;

import org.jspecify.annotations.NullMarked;
