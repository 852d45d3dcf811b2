/**
 * Objects in a container of Azure Blob Storage.
 *
 * <p>What the credentials must allow: read, create, write, delete and list of blobs. A process that is killed while it
 * writes leaves blocks that no blob has; nobody sees them, and the service forgets them after a week.
 *
 * <p>Immutable containers: a blob under a policy can be read and listed, and a delete of it is DENIED until the policy has
 * passed.
 */
@NullMarked
package io.bulwark.persistence.repository.azure;

import org.jspecify.annotations.NullMarked;
