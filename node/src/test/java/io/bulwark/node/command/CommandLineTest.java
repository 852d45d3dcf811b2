package io.bulwark.node.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What a person who types {@code bulwark …} gets: the exit status of the contract, and sentences that help. */
class CommandLineTest {
    @TempDir
    private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine line = BulwarkCommand.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(args);
    }

    private String configFile() throws IOException {
        Path file = folder.resolve("bulwark.conf");
        Files.writeString(file, "bulwark.data-dir = \"" + folder.resolve("data") + "\"");
        return file.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "node", "token", "migrate", "config", "drill", "restore tenant", "erase"})
    void help_anySubcommand_saysWhatItDoes(String command) {
        int status = run((command + " --help").strip().split(" "));

        assertThat(status).isZero();
        assertThat(out.toString()).contains("Usage: bulwark");
        assertThat(out.toString().lines().count()).isGreaterThan(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nodes",
                "migrate",
                "token",
                "migrate down",
                "token --tenant acme --roles root",
                "drill --user bulwark",
                "drill --at 3",
                "drill --end --at 2026-11-27T03:15:00Z",
                "erase",
                "erase add acme",
                "restore tenant acme",
                "erase add acme --reason x --table app.invoice"
            })
    void run_wrongUsage_endsWith2AndNamesTheMistake(String line) {
        int status = run(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(status).isEqualTo(2);
        assertThat(err.toString()).isNotBlank();
    }

    @Test
    void token_tenantAndRoles_isPrintedAndNothingElse() throws IOException {
        int status = run("token", "--tenant", "acme", "--roles", "caller,viewer", "--config", configFile());

        assertThat(status).isZero();
        assertThat(out.toString().strip()).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(folder.resolve("data").resolve("token-key.pem"))))
                .isEqualTo("rw-------");
    }

    @Test
    void config_settingIsWrong_endsWith1AndOneSentence() throws IOException {
        Path file = folder.resolve("wrong.conf");
        Files.writeString(file, "bulwark.ledger.lanes = 0");

        int status = run("config", "--config", file.toString());

        assertThat(status).isEqualTo(1);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("bulwark.ledger.lanes is '0'", "1 to 64");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void config_fine_listsEverySettingWithItsOrigin() throws IOException {
        assertThat(run("config", "--config", configFile())).isZero();

        assertThat(out.toString())
                .contains("bulwark.http.port = 8080    # default")
                .containsPattern("bulwark\\.data-dir = .*bulwark\\.conf");
    }
}
