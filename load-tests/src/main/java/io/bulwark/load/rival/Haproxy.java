package io.bulwark.load.rival;

import io.bulwark.load.node.ChildProcess;
import io.bulwark.load.node.Ports;
import io.bulwark.load.node.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** HAProxy with a stick table that counts what it admitted, before an answer of its own. */
public final class Haproxy {
    private Haproxy() {}

    /**
     * Starts it and waits until it listens.
     *
     * @param name of the folder under the scratch directory
     * @param threads of its one process, 1 or more
     * @param quotas one table for each, by the name of the limit; see {@link #configuration} for what becomes of the
     *     capacity
     */
    public static Peer start(String name, int threads, List<Quota> quotas) {
        Path home = Scratch.empty(name);
        int port = Ports.free();
        try {
            Path configuration = Files.writeString(home.resolve("haproxy.cfg"), configuration(port, threads, quotas));
            ChildProcess process = ChildProcess.start(
                    name,
                    List.of(Installed.required("haproxy"), "-db", "-f", configuration.toString()),
                    home.resolve("output.log"));
            return new Server(process.listeningOn(port), port);
        } catch (IOException e) {
            throw new UncheckedIOException("HAProxy could not be configured in " + home, e);
        }
    }

    /**
     * It has a rate over the last second and no bucket, so the refill is its limit and the capacity has no place. What
     * it admits is counted by {@code gpc0}, because {@code http_req_rate} counts refused requests too and so refuses
     * everything once there are too many.
     */
    static String configuration(int port, int threads, List<Quota> quotas) {
        String rules = quotas.stream().map(Haproxy::rules).collect(Collectors.joining());
        String tables = quotas.stream().map(Haproxy::table).collect(Collectors.joining());
        return String.format(
                Locale.ROOT, """
                global
                  nbthread %d
                  maxconn 4096
                defaults
                  mode http
                  timeout client 60s
                  timeout server 60s
                  timeout connect 5s
                  timeout http-keep-alive 60s
                frontend decisions
                  bind 127.0.0.1:%d backlog 4096
                %s  http-request return status 200 content-type application/json hdr RateLimit-Policy '%s' hdr RateLimit '%s' string '%s'
                %s""", threads, port, rules, Constant.POLICY, Constant.LEVEL, Constant.BODY, tables);
    }

    private static String rules(Quota quota) {
        String name = quota.name();
        String here = "{ path_end /limits/" + name + "/acquire }";
        return "  http-request track-sc0 path table " + name + " if " + here + "\n"
                + "  http-request deny deny_status 429 if " + here + " { sc0_gpc0_rate(" + name + ") ge "
                + quota.perSecond() + " }\n"
                + "  http-request sc-inc-gpc0(0) if " + here + "\n";
    }

    private static String table(Quota quota) {
        return "backend " + quota.name()
                + "\n  stick-table type string len 128 size 100k expire 60s store gpc0,gpc0_rate(1s)\n";
    }
}
