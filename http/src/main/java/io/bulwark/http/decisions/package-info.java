/** Decisions for whoever does the work: limits, operations and circuits, asked before and told after. */
@NullMarked
package io.bulwark.http.decisions;

import org.jspecify.annotations.NullMarked;
