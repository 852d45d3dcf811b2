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

/** nginx with {@code limit_req} before an answer of its own, which stands in for the decision's. */
public final class Nginx {
    private Nginx() {}

    /**
     * Starts it and waits until it listens.
     *
     * @param name of the folder under the scratch directory
     * @param workers its processes, 1 or more
     * @param quotas one location for each, by the name of the limit
     */
    public static Peer start(String name, int workers, List<Quota> quotas) {
        Path home = Scratch.empty(name);
        int port = Ports.free();
        try {
            Path configuration =
                    Files.writeString(home.resolve("nginx.conf"), configuration(port, workers, home, quotas));
            ChildProcess process = ChildProcess.start(
                    name,
                    List.of(Installed.required("nginx"), "-p", home.toString(), "-c", configuration.toString()),
                    home.resolve("output.log"));
            return new Server(process.listeningOn(port), port);
        } catch (IOException e) {
            throw new UncheckedIOException("nginx could not be configured in " + home, e);
        }
    }

    /**
     * {@code return} would be carried out before {@code limit_req}, so the answer stands in a named location to which
     * {@code try_files} goes on after it (nginx development guide, HTTP phases). A location's levels are kept by path.
     */
    static String configuration(int port, int workers, Path home, List<Quota> quotas) {
        String zones = quotas.stream().map(Nginx::zone).collect(Collectors.joining());
        String locations = quotas.stream().map(Nginx::location).collect(Collectors.joining());
        return String.format(
                Locale.ROOT,
                """
                daemon off;
                worker_processes %d;
                pid %s/nginx.pid;
                error_log stderr warn;
                events { worker_connections 4096; }
                http {
                  access_log off;
                  keepalive_requests 1000000000;
                  client_body_temp_path %s/bodies;
                  proxy_temp_path %s/proxied;
                  fastcgi_temp_path %s/fastcgi;
                  uwsgi_temp_path %s/uwsgi;
                  scgi_temp_path %s/scgi;
                  default_type application/json;
                %s  server {
                    listen 127.0.0.1:%d backlog=4096;
                    limit_req_status 429;
                %s    location @admitted {
                      add_header RateLimit-Policy '%s';
                      add_header RateLimit '%s';
                      return 200 '%s';
                    }
                  }
                }
                """,
                workers,
                home,
                home,
                home,
                home,
                home,
                home,
                zones,
                port,
                locations,
                Constant.POLICY,
                Constant.LEVEL,
                Constant.BODY);
    }

    private static String zone(Quota quota) {
        return "  limit_req_zone $uri zone=" + quota.name() + ":10m rate=" + quota.perSecond() + "r/s;\n";
    }

    /** {@code burst} is what may come beside the one that the rate itself lets through. */
    private static String location(Quota quota) {
        String burst = quota.capacity() > 1 ? " burst=" + (quota.capacity() - 1) + " nodelay" : "";
        return "    location ~ /limits/" + quota.name() + "/acquire$ {\n      limit_req zone=" + quota.name() + burst
                + ";\n      try_files /none @admitted;\n    }\n";
    }
}
