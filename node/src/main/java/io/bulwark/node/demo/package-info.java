/** A small payments service and a tour that shows what Bulwark does with it. */
@NullMarked
package io.bulwark.node.demo;

import org.jspecify.annotations.NullMarked;
