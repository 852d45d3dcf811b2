@NullMarked
package io.bulwark.load.scenario;

import org.jspecify.annotations.NullMarked;
