/** When backups are taken, how long they are kept, and what the backup coordinator decides and says. */
@NullMarked
package io.bulwark.backup;

import org.jspecify.annotations.NullMarked;
