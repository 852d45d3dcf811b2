/** A tenant's name and policy: what the operator configured, with the default of every member. */
@NullMarked
package io.bulwark.tenant;

import org.jspecify.annotations.NullMarked;
