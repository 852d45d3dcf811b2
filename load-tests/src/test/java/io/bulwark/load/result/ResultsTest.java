package io.bulwark.load.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
    @TempDir
    Path folder;

    @Test
    void read_whatWasWritten_isEqual() {
        Results.write(Samples.SCENARIO, folder.resolve("new/reports"));
        Results.write(Samples.COMPARISON, folder.resolve("new/reports"));

        assertThat(Results.read(folder.resolve("new/reports/uptime.json"))).isEqualTo(Samples.SCENARIO);
        assertThat(Results.read(folder.resolve("new/reports/limit.json"))).isEqualTo(Samples.COMPARISON);
    }

    @Test
    void write_instantsAndDurations_asTextInTheOrderOfTheRecord() throws IOException {
        Results.write(Samples.SCENARIO, folder);

        assertThat(Files.readString(folder.resolve("uptime.html"))).startsWith("<!DOCTYPE html>");
        assertThat(Files.readString(folder.resolve("uptime.json")))
                .contains("\"started\" : \"2026-03-04T05:06:07Z\"", "\"took\" : \"PT1M30S\"", "\"median\" :")
                .containsSubsequence("\"nodes\"", "\"callsPerSecond\"", "\"faults\"");
    }

    @Test
    void read_somethingElse_saysWhatWasExpected() throws IOException {
        Path file = Files.writeString(folder.resolve("other.json"), "{\"name\":\"x\",\"colour\":\"green\"}");

        assertThatThrownBy(() -> Results.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("other.json is not the result of a run")
                .hasMessageContaining("title");
    }

    @Test
    void read_anEmptyObject_saysWhatIsMissing() throws IOException {
        Path file = Files.writeString(folder.resolve("empty.json"), "{}");

        assertThatThrownBy(() -> Results.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty.json is not the result of a run");
    }

    @Test
    void write_aNameThatLeavesTheFolder_isRefused() {
        assertThatThrownBy(() -> Results.write(Samples.named("../up"), folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'../up'");
    }
}
