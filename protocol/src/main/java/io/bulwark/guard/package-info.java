/** What the guard of a tenant is asked and what it answers. */
@NullMarked
package io.bulwark.guard;

import org.jspecify.annotations.NullMarked;
