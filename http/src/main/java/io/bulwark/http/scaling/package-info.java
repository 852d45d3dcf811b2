/** What the scaling coordinator decides and why, and how it is told what is wanted. */
@NullMarked
package io.bulwark.http.scaling;

import org.jspecify.annotations.NullMarked;
