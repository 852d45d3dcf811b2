/** Asking a tenant's guard on behalf of a call, and what its refusals look like to the client. */
@NullMarked
package io.bulwark.http.guard;

import org.jspecify.annotations.NullMarked;
