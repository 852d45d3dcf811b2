/** The upstreams that Bulwark calls. */
@NullMarked
package io.bulwark.service;

import org.jspecify.annotations.NullMarked;
