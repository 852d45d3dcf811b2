/** Restores of tenants: asked for, and watched. */
@NullMarked
package io.bulwark.http.restore;

import org.jspecify.annotations.NullMarked;
