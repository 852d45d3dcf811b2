package io.bulwark.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.load.node.ChildProcess;
import io.bulwark.load.node.Ports;
import io.bulwark.load.node.Scratch;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeapTest {
    /** Of another process: one that stands still while it is counted cannot read what is printed meanwhile. */
    @Test
    void afterCollection_ofAnotherProcess_isWithinItsHeap() {
        String server =
                Path.of(System.getProperty("java.home"), "bin", "jwebserver").toString();
        String port = Integer.toString(Ports.free());
        List<String> words = List.of(server, "-J-Xmx64m", "-b", "127.0.0.1", "-p", port);
        try (ChildProcess process =
                ChildProcess.start("heap", words, Scratch.empty("heap").resolve("output.log"))) {
            process.listeningOn(Integer.parseInt(port));

            assertThat(Heap.afterCollection(process.pid())).isBetween(1L, 64L << 20);
        }
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
