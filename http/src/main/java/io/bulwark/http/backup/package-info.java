/** The backup coordinator over HTTP: its policy, its runs, the backups that there are, and drills. */
@NullMarked
package io.bulwark.http.backup;

import org.jspecify.annotations.NullMarked;
