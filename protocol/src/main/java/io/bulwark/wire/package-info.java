/** What marks a message that travels between nodes or into the journal. */
@NullMarked
package io.bulwark.wire;

import org.jspecify.annotations.NullMarked;
