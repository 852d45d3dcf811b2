/** Where the database is, and pools of connections to it. */
@NullMarked
package io.bulwark.persistence.database;

import org.jspecify.annotations.NullMarked;
