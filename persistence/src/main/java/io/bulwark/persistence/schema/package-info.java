/** The database's schema: numbered scripts, and the runner that puts them in and takes them out. */
@NullMarked
package io.bulwark.persistence.schema;

import org.jspecify.annotations.NullMarked;
