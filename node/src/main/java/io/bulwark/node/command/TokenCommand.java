package io.bulwark.node.command;

import io.bulwark.grammar.Name;
import io.bulwark.http.server.Role;
import io.bulwark.node.start.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code bulwark token}: a token signed with the key in the data directory. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        header = "Prints a token for a tenant, and nothing else.",
        description = {
            "",
            "It is signed with the key in the data directory, so it is believed by the nodes that share that key.",
            "Roles: caller (guarded calls and decisions of its tenant), viewer (reads), operator (changes), admin (all).",
            "",
            "Example:  TOKEN=$(bulwark token --tenant acme --roles caller)"
        })
final class TokenCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ParentCommand
    private BulwarkCommand bulwark = new BulwarkCommand();

    @Option(names = "--tenant", required = true, paramLabel = "T", description = "A tenant's name, or '*' for all.")
    private String tenant = "";

    @Option(
            names = "--roles",
            required = true,
            split = ",",
            paramLabel = "R",
            description = "One or several of caller, viewer, operator, admin.")
    private List<String> roles = List.of();

    @Option(
            names = "--ttl",
            defaultValue = "P1D",
            paramLabel = "DURATION",
            description = "How long it is good for, ISO 8601 (${DEFAULT-VALUE}).")
    private Duration ttl = Duration.ofDays(1);

    @Override
    public void run() {
        Optional<Name> whose = tenant.equals("*") ? Optional.empty() : Optional.of(tenant(tenant));
        Set<Role> granted = roles.stream().map(this::role).collect(Collectors.toSet());
        try {
            String token = Trust.open(bulwark.config()).mint().issue("command-line", whose, granted, ttl);
            spec.commandLine().getOut().println(token);
            spec.commandLine().getOut().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
        }
    }

    private Name tenant(String text) {
        try {
            return new Name(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--tenant: " + e.getMessage() + ", or '*'", e);
        }
    }

    private Role role(String text) {
        return Role.of(text)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "--roles: '" + text + "' is not a role: expected caller, viewer, operator or admin"));
    }
}
