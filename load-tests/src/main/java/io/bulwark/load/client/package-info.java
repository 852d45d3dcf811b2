/** A client as a user of Bulwark would write one. */
@NullMarked
package io.bulwark.load.client;

import org.jspecify.annotations.NullMarked;
