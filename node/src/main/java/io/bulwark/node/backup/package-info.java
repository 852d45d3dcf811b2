/** Opens what backups need: the repository, its keys, and the server that is backed up. */
@NullMarked
package io.bulwark.node.backup;

import org.jspecify.annotations.NullMarked;
