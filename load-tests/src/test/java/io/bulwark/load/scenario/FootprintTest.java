package io.bulwark.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FootprintTest {
    @Test
    void heapMegabytes_ofWhatPrometheusReads_addsThePoolsOfTheHeap() {
        String metrics = """
                # HELP jvm_memory_used_bytes The amount of used memory
                jvm_memory_used_bytes{area="heap",id="G1 Eden Space"} 2.5E7
                jvm_memory_used_bytes{area="heap",id="G1 Old Gen"} 1.0E7
                jvm_memory_used_bytes{area="nonheap",id="Metaspace"} 9.9E7
                jvm_memory_max_bytes{area="heap",id="G1 Old Gen"} 5.36870912E8
                """;

        assertThat(Footprint.heapMegabytes(metrics)).isEqualTo(35);
    }
}
