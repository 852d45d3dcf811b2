package io.bulwark.blackbox.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.node.Distribution;
import io.bulwark.load.node.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The commands of the runbooks about backups, as they stand there, after what they are for has happened. */
@EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class RunbooksTest {
    private static final Path RUNBOOKS = Path.of("../deploy/runbooks");
    private static final Pattern COMMANDS = Pattern.compile("^```sh\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    /** What the runbooks leave to those who run Bulwark. */
    private static final String HERE = """
            set -euo pipefail
            started() {   # name, log, what it says
              echo $! > "$WORK/$1.pid"
              for _ in $(seq 1200); do
                if grep -q "$3" "$2"; then return 0; fi
                if ! kill -0 $! 2>/dev/null; then break; fi
                sleep 0.1
              done
              cat "$2"; return 1
            }
            start_node() {
              local log="$WORK/node-$(date +%s%N).log"
              bulwark node > "$log" 2>&1 < /dev/null & started node "$log" "is serving"
              sed -nE 's/^Bulwark is serving on ([^ ]+) .*/\\1/p' "$log" > "$WORK/address"
              BULWARK=$(cat "$WORK/address")
            }
            [ ! -e "$WORK/address" ] || BULWARK=$(cat "$WORK/address")
            stop() {
              local pid; pid=$(cat "$WORK/$1.pid")
              kill "$pid" 2>/dev/null || true
              while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
            }
            stop_node() { stop node; }
            """;

    private static final String ASK = """
            header="$WORK/header"
            bulwark token --tenant '*' --roles admin | sed 's/^/Authorization: Bearer /' > "$header"
            ask() { curl -sS --fail-with-body -H "@$header" -H 'Content-Type: application/json' "$@"; }
            claim() { ask "$BULWARK/v1/tenants/acme/operations/$1/claim" -d '{"fingerprint":"f","lease":"PT1M"}'; }
            operation() { ask "$BULWARK/v1/tenants/acme/operations/$1"; }
            """;

    private final Path folder = Scratch.empty("runbooks");
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void setUp() throws IOException {
        environment.put("WORK", folder.toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("PATH", Distribution.packaged().home().resolve("bin") + ":" + System.getenv("PATH"));
        environment.put("BULWARK_DATA_DIR", folder.resolve("data").toString());
        environment.put(
                "BULWARK_BACKUP_REPOSITORY", folder.resolve("repository").toString());
        environment.put("BULWARK_BACKUP_KEY_FILE", folder.resolve("keys").toString());
        environment.put("KEYS_COPY", folder.resolve("copy-of-keys").toString());
        environment.put("PASSWORD_COPY", folder.resolve("copy-of-password").toString());
        for (String port : new String[] {"HTTP", "MANAGEMENT", "REMOTE"}) {
            environment.put("BULWARK_" + port + "_PORT", "0");
        }
    }

    @AfterEach
    void end() throws Exception {
        run("end", "[ ! -e \"$WORK/node.pid\" ] || stop node");
    }

    @Test
    void everyCommand_doesWhatItsRunbookSays() throws Exception {
        run("begin", """
                (umask 077; bulwark backup key > "$BULWARK_BACKUP_KEY_FILE"; cp "$BULWARK_BACKUP_KEY_FILE" "$KEYS_COPY")
                start_node
                (umask 077; cp "$BULWARK_DATA_DIR/postgres/password" "$PASSWORD_COPY")
                bulwark backup take
                bulwark backup take --kind incremental
                """);
        assertThat(runbook("backup-readiness")).contains("  intact").contains("  passed, RTO ");

        aMistakeOfOneTenant();
        assertThat(runbook("restore-a-tenant")).contains("\"dryRun\":true").contains("\"reason\":\"ticket 4711\"");
        run("see what the tenant has", ASK + """
                operation before
                ! operation after
                """);

        run("lose the database", """
                kill -9 "$(cat "$WORK/node.pid")" "$(head -n 1 "$BULWARK_DATA_DIR/postgres/data/postmaster.pid")"
                lost="$BULWARK_DATA_DIR/postgres/data"
                for _ in $(seq 100); do rm -rf "$lost" && break; sleep 0.1; done   # its last processes still write
                rm "$BULWARK_DATA_DIR/postgres/password"
                [ ! -e "$lost" ]
                """);
        assertThat(runbook("restore-everything")).contains("Restored ").contains("  passed, RTO ");

        run("lose the repository", "rm -rf \"$BULWARK_BACKUP_REPOSITORY\"");
        assertThat(runbook("lose-the-repository")).contains("-full  intact").contains("  passed, RTO ");

        environment.merge("BULWARK_BACKUP_REPOSITORY", "-new", String::concat);
        assertThat(runbook("lose-the-keys")).contains("Wrapped ").contains("  passed, RTO ");
    }

    /** What the tenant had at the instant is deleted after it, and something else is there. */
    private void aMistakeOfOneTenant() throws Exception {
        String said = run("a mistake of one tenant", ASK + """
                ask -X PUT "$BULWARK/v1/tenants/acme" -d '{}'
                claim before
                sleep 1
                echo "at $(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)"
                claim after
                """);
        environment.put(
                "AT",
                said.lines()
                        .filter(line -> line.startsWith("at "))
                        .findFirst()
                        .orElseThrow()
                        .substring(3));
        environment.put("TENANT", "acme");
        environment.put("REASON", "ticket 4711");
    }

    private String runbook(String name) throws Exception {
        String text = Files.readString(RUNBOOKS.resolve(name + ".md"));
        String commands = COMMANDS.matcher(text)
                .results()
                .map(MatchResult::group)
                .map(block -> block.replaceAll("(?m)^```(sh)?$", ""))
                .collect(Collectors.joining("\n"));
        assertThat(commands).as(name).contains("bulwark ");
        return run(name, commands);
    }

    /** In one shell, which ends at the first command that fails. */
    private String run(String name, String commands) throws Exception {
        Path script = folder.resolve(name.replace(' ', '-') + ".sh");
        Path output = folder.resolve(name.replace(' ', '-') + ".log");
        Files.writeString(script, HERE + "set -x\n" + commands + "\n");
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("BULWARK_"));
        builder.environment().putAll(environment);
        int status = builder.start().waitFor();
        String said = Files.readString(output);
        assertThat(status).as(said).isZero();
        return said;
    }
}
