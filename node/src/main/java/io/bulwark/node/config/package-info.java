/** What can be set, where each value came from, and the refusal of what cannot be. */
@NullMarked
package io.bulwark.node.config;

import org.jspecify.annotations.NullMarked;
