/** How the whole house is kept: the arrows between its rooms, and the length of what is in them. */
@NullMarked
package io.bulwark.node.house;

import org.jspecify.annotations.NullMarked;
