/** What the actors' journal is told about the database. */
@NullMarked
package io.bulwark.persistence.journal;

import org.jspecify.annotations.NullMarked;
