/**
 * Objects in a bucket of Amazon S3 or of a server that speaks its protocol.
 *
 * <p>What the user of the credentials must be allowed to do: {@code s3:PutObject}, {@code s3:GetObject},
 * {@code s3:DeleteObject}, {@code s3:ListBucket}, {@code s3:AbortMultipartUpload}. A process that is killed while it writes
 * leaves an unfinished multipart upload, which nobody sees and everybody pays for: give the bucket a lifecycle rule
 * {@code AbortIncompleteMultipartUpload} of some days.
 *
 * <p>Object lock and versions: what is written carries a checksum, as a locked bucket demands. There, a delete only hides
 * the object, and its space is free when its retention has passed and a lifecycle rule has removed it.
 */
@NullMarked
package io.bulwark.persistence.repository.s3;

import org.jspecify.annotations.NullMarked;
