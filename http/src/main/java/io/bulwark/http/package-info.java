/** The HTTP surface of a node, put together. */
@NullMarked
package io.bulwark.http;

import org.jspecify.annotations.NullMarked;
