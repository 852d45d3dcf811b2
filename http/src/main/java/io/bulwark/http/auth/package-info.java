/** Who calls: tokens, the keys they are signed with, and what their roles allow. */
@NullMarked
package io.bulwark.http.auth;

import org.jspecify.annotations.NullMarked;
