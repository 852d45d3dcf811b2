/** One tenant of a database back to an instant, from a copy of that database as it was then. */
@NullMarked
package io.bulwark.persistence.tenantrestore;

import org.jspecify.annotations.NullMarked;
