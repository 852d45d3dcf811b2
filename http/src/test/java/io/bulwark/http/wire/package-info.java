@NullMarked
package io.bulwark.http.wire;

import org.jspecify.annotations.NullMarked;
