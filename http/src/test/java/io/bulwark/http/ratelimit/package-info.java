@NullMarked
package io.bulwark.http.ratelimit;

import org.jspecify.annotations.NullMarked;
