/** Times that come again and again, in some zone, through changes of its clocks. */
@NullMarked
package io.bulwark.schedule;

import org.jspecify.annotations.NullMarked;
