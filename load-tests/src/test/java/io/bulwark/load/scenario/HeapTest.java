package io.bulwark.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeapTest {
    @Test
    void afterCollection_ofThisProcess_isWithinItsHeap() {
        assertThat(Heap.afterCollection(ProcessHandle.current().pid()))
                .isBetween(1L, Runtime.getRuntime().maxMemory());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "123:\n garbage-first heap   total reserved 4194304K, committed 260096K, used 43210K [0x1, 0x2)\n",
                "123:\n garbage-first heap   total 260096K, used 43210K [0x1, 0x2)\n  region size 2048K, 5 young\n"
            })
    void used_ofWhatJcmdPrints_isRead(String info) {
        assertThat(Heap.used(info)).isEqualTo(43210L * 1024);
    }

    @Test
    void used_ofSomethingElse_isRefused() {
        assertThatThrownBy(() -> Heap.used("123:\nUnknown")).hasMessageContaining("expected a heap");
    }
}
