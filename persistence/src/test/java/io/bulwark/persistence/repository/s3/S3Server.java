package io.bulwark.persistence.repository.s3;

import io.bulwark.persistence.repository.remote.ChildServer;
import io.bulwark.persistence.repository.remote.RemoteLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.S3Client;

/** One real S3 server (S3Proxy, objects in memory) for all tests of a JVM. */
public final class S3Server {
    static final S3Credentials.Given CREDENTIALS =
            new S3Credentials.Given("test-access-key", "test-secret-key-7a5f", Optional.empty());

    private static final String BUCKET = "bulwark-test";
    private static final AtomicInteger FOLDERS = new AtomicInteger();
    /** As Jetty says it. */
    private static final Pattern LISTENING = Pattern.compile("Started .*\\{127\\.0\\.0\\.1:(\\d+)}");

    private S3Server() {}

    private static final class Holder {
        static final URI ENDPOINT = start();

        private static URI start() {
            try {
                Path directory = ChildServer.folder("s3proxy");
                Path properties = Files.writeString(directory.resolve("s3proxy.properties"), """
                        s3proxy.endpoint=http://127.0.0.1:0
                        s3proxy.authorization=aws-v4
                        s3proxy.identity=%s
                        s3proxy.credential=%s
                        jclouds.provider=transient-nio2
                        jclouds.identity=unused
                        jclouds.credential=unused
                        """.formatted(
                                CREDENTIALS.accessKeyId(), CREDENTIALS.secretAccessKey()));
                ChildServer server = ChildServer.start(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx512m",
                                "-XX:TieredStopAtLevel=1",
                                "-jar",
                                directory.resolve("s3proxy.jar").toString(),
                                "--properties",
                                properties.toString()),
                        Map.of("LOG_LEVEL", "info"),
                        LISTENING);
                URI endpoint = URI.create("http://127.0.0.1:" + server.port());
                try (S3Client client = S3Clients.open(S3Settings.server(endpoint, BUCKET, CREDENTIALS))) {
                    client.createBucket(create -> create.bucket(BUCKET));
                }
                return endpoint;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    /** A folder that nobody else uses, with small pages and parts. */
    public static S3Settings emptyFolder() {
        return S3Settings.server(Holder.ENDPOINT, BUCKET, CREDENTIALS)
                .with(RemoteLimits.DEFAULT.with(5 << 20, 3))
                .inFolder("test/" + FOLDERS.incrementAndGet() + "/");
    }
}
