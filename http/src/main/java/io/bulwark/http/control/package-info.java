/** What operators read and change: tenants and services, under HTTP preconditions. */
@NullMarked
package io.bulwark.http.control;

import org.jspecify.annotations.NullMarked;
