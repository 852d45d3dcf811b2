package io.bulwark.load.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.result.Figure;
import io.bulwark.load.result.Machine;
import io.bulwark.load.result.Result;
import io.bulwark.load.result.Results;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReportTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine command =
            new CommandLine(new Report()).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

    @TempDir
    Path folder;

    @BeforeEach
    void keepAResult() {
        Results.write(
                new Result(
                        "kept",
                        "A kept run",
                        Instant.EPOCH,
                        Duration.ofSeconds(3),
                        "unknown",
                        new Machine("p", 1, 1, "s", "j", 0),
                        Map.of(),
                        List.of(Figure.once("node", "rate", "calls/s", 1_234)),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()),
                folder);
    }

    @Test
    void report_aKeptResult_makesItsPageAgain() throws IOException {
        Path page = folder.resolve("kept.html");
        Files.delete(page);

        assertThat(command.execute(folder.resolve("kept.json").toString())).isZero();

        assertThat(Files.readString(page)).contains("A kept run", "1,234");
        assertThat(out.toString()).isEqualToIgnoringNewLines(page.toString());
    }

    @Test
    void report_withOut_putsThePageThere() {
        int status = command.execute(
                "--out",
                folder.resolve("pages").toString(),
                folder.resolve("kept.json").toString());

        assertThat(status).isZero();
        assertThat(folder.resolve("pages/kept.html")).exists();
        assertThat(folder.resolve("pages/kept.json")).doesNotExist();
    }

    @Test
    void report_withTable_printsIt() {
        assertThat(command.execute("--table", folder.resolve("kept.json").toString()))
                .isZero();

        assertThat(out.toString()).contains("| A kept run (`kept`) | node | rate 1,234 calls/s |  |");
    }

    @Test
    void report_aFileThatIsNotThereOrNoResult_isWrongUsage() throws IOException {
        Path other = Files.writeString(folder.resolve("other.json"), "[1]");

        assertThat(command.execute(folder.resolve("none.json").toString())).isEqualTo(2);
        assertThat(command.execute(other.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("none.json is not there", "other.json is not the result of a run");
    }
}
