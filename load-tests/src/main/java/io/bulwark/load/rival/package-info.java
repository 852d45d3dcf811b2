/** What Bulwark is compared with: servers of the machine, and processes of ours that are built on well-known libraries. */
@NullMarked
package io.bulwark.load.rival;

import org.jspecify.annotations.NullMarked;
