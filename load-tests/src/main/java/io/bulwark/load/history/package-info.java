/** What was done to a Bulwark and what came back, and checks of it that know nothing of how Bulwark works. */
@NullMarked
package io.bulwark.load.history;

import org.jspecify.annotations.NullMarked;
