/** What a run measured: figures, series over time, what was asserted, on which machine; as JSON and as a page. */
@NullMarked
package io.bulwark.load.result;

import org.jspecify.annotations.NullMarked;
