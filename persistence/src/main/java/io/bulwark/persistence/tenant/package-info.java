/** The list of tenants in PostgreSQL. */
@NullMarked
package io.bulwark.persistence.tenant;

import org.jspecify.annotations.NullMarked;
