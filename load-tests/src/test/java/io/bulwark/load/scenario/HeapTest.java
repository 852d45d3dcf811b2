package io.bulwark.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HeapTest {
    @Test
    void afterCollection_ofThisProcess_isWithinItsHeap() {
        assertThat(Heap.afterCollection(ProcessHandle.current().pid()))
                .isBetween(1L, Runtime.getRuntime().maxMemory());
    }

    @Test
    void total_ofWhatJcmdPrints_isRead() {
        assertThat(Heap.total("""
                                123:
                                 num     #instances         #bytes  class name (module)
                                -------------------------------------------------------
                                   1:         27290        1927440  [B (java.base@25.0.3)
                                   2:             1             16  some.Total (java.base@25.0.3)
                                Total        105417        5386608
                                """)).isEqualTo(5_386_608);
    }

    @Test
    void total_ofSomethingElse_isRefused() {
        assertThatThrownBy(() -> Heap.total("123:\nUnknown")).hasMessageContaining("expected a line with the total");
    }
}
