/** Promises of authentication, told with tokens of every kind. */
@NullMarked
package io.bulwark.http.auth;

import org.jspecify.annotations.NullMarked;
