@NullMarked
package io.bulwark.http.gateway;

import org.jspecify.annotations.NullMarked;
