package io.bulwark.load.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LiveLineTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void show_onATerminal_rewritesOneLineEachSecond() {
        try (LiveLine line = new LiveLine(stream(), true)) {
            IntStream.range(0, 3).forEach(i -> line.show(second(i, 1_000 + i, i)));
        }

        assertThat(text())
                .isEqualTo("\r\u001b[2K0:01  1,000/s  p50 1.50 ms  p99 20 ms  errors 0 of 1,000"
                        + "\r\u001b[2K0:02  1,001/s  p50 1.50 ms  p99 21 ms  errors 1 of 2,001"
                        + "\r\u001b[2K0:03  1,002/s  p50 1.50 ms  p99 22 ms  errors 3 of 3,003"
                        + System.lineSeparator());
    }

    @Test
    void show_elsewhere_printsALineForFiveSecondsAndTheRestAtTheEnd() {
        try (LiveLine line = new LiveLine(stream(), false)) {
            IntStream.range(0, 7).forEach(i -> line.show(second(i, 100, 1)));
        }

        assertThat(text().lines())
                .containsExactly(
                        "0:05  100/s  p50 1.50 ms  p99 24 ms  errors 5 of 500",
                        "0:07  100/s  p50 1.50 ms  p99 26 ms  errors 7 of 700");
    }

    @Test
    void close_beforeAnySecond_printsNothing() {
        new LiveLine(stream(), true).close();

        assertThat(text()).isEmpty();
    }

    private static Second second(int at, long calls, long failed) {
        return new Second(at, calls, failed, 1.5, 20 + at, 40, Map.of());
    }

    private PrintStream stream() {
        return new PrintStream(printed, true, StandardCharsets.UTF_8);
    }

    private String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }
}
