package io.bulwark.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.load.node.ChildProcess;
import io.bulwark.load.node.Ports;
import io.bulwark.load.node.Scratch;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
