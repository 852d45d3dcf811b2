/**
 * The backup repository: write-once objects in a store, compressed and encrypted, with an index that is written last.
 * What is stored, and under which names, is told in {@code README.txt} of each repository.
 */
@NullMarked
package io.bulwark.persistence.repository;

import org.jspecify.annotations.NullMarked;
