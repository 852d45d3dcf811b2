/**
 * What stores behind a network have in common: an object is sent part by part and read range by range, with bounded
 * memory and one request ahead.
 */
@NullMarked
package io.bulwark.persistence.repository.remote;

import org.jspecify.annotations.NullMarked;
