package io.bulwark.node.scaling.kubernetes;

import io.bulwark.node.scaling.kubernetes.KubernetesSettings.Kind;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An API server that answers what a test says, and 404 to all else. What was asked of it can be looked at. */
final class MockedApi implements AutoCloseable {
    static final String TOKEN = "token-that-nobody-may-read";
    static final String SCALE = "/apis/apps/v1/namespaces/shop/deployments/bulwark/scale";
    static final String STATEFUL_SCALE = "/apis/apps/v1/namespaces/shop/statefulsets/bulwark/scale";
    static final String AUTOSCALERS = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers";
    static final String SCALED_OBJECTS = "/apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects";
    static final String POD = "/api/v1/namespaces/shop/pods/";
    static final String PODS = "/api/v1/namespaces/shop/pods?labelSelector=app.kubernetes.io%2Fname%3Dbulwark";

    /** Enough for a machine that is busy with other things; only what hangs waits so long. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final KubernetesMockServer server = new KubernetesMockServer(false);

    MockedApi() {
        server.start();
    }

    /** One request, as it came. */
    record Asked(String what, String body) {
        boolean writes() {
            return !what.startsWith("GET ");
        }
    }

    KubernetesTarget target() {
        return target(Kind.DEPLOYMENT, PATIENCE);
    }

    KubernetesTarget target(Kind kind, Duration answerWithin) {
        return KubernetesTarget.create(
                new KubernetesSettings("", kind, "bulwark", answerWithin), config(server.url("/")));
    }

    static Config config(String url) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(url)
                .withNamespace("shop")
                .withOauthToken(TOKEN)
                // The mock takes up the JDK's offer of HTTP/2 in plain text and then answers in pieces it cannot read.
                .withHttp2Disable(true)
                .build();
    }

    void isScaledTo(int nodes, String version) {
        gets(SCALE, scale(nodes, version));
    }

    /** Takes every size, and says that it did. */
    void takesSizes() {
        server.expect().put().withPath(SCALE).andReturn(200, scale(0, "42")).always();
    }

    void gets(String path, String answer) {
        server.expect().get().withPath(path).andReturn(200, answer).always();
    }

    void getsOnce(String path, String answer) {
        server.expect().get().withPath(path).andReturn(200, answer).once();
    }

    void getsLate(String path, String answer) {
        server.expect()
                .get()
                .delay(10, TimeUnit.MINUTES)
                .withPath(path)
                .andReturn(200, answer)
                .always();
    }

    void getFails(String path, int code) {
        server.expect().get().withPath(path).andReturn(code, status(code)).always();
    }

    void getFailsForNow(String path, int code, String retryAfter) {
        server.expect()
                .get()
                .withPath(path)
                .andReturn(code, status(code))
                .withHeader("Retry-After", retryAfter)
                .always();
    }

    void puts(String path, String answer) {
        server.expect().put().withPath(path).andReturn(200, answer).always();
    }

    void putFails(String path, int code) {
        server.expect().put().withPath(path).andReturn(code, status(code)).always();
    }

    void patches(String path, int code) {
        String answer = code == 200 ? pod("bulwark-b", "10.0.0.2", "") : status(code);
        server.expect().patch().withPath(path).andReturn(code, answer).always();
    }

    /** All that was asked so far. */
    List<Asked> asked() throws InterruptedException {
        List<Asked> all = new ArrayList<>();
        for (RecordedRequest request = next(); request != null; request = next()) {
            all.add(new Asked(request.getMethod() + " " + request.getPath(), request.getUtf8Body()));
        }
        return all;
    }

    /** What was written so far, in order. */
    List<Asked> written() throws InterruptedException {
        return asked().stream().filter(Asked::writes).toList();
    }

    @SuppressWarnings("NullAway") // null is how the mock says that there is none
    private RecordedRequest next() throws InterruptedException {
        return server.takeRequest(0, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        server.shutdown();
    }

    static String scale(int nodes, String version) {
        return """
                {"apiVersion": "autoscaling/v1", "kind": "Scale",
                 "metadata": {"name": "bulwark", "namespace": "shop", "uid": "u-1", "resourceVersion": "%s"},
                 "spec": {"replicas": %d},
                 "status": {"replicas": 1, "selector": "app.kubernetes.io/name=bulwark"}}""".formatted(version, nodes);
    }

    static String status(int code) {
        return """
                {"apiVersion": "v1", "kind": "Status", "status": "Failure", "code": %d,
                 "message": "the server's own words"}""".formatted(code);
    }

    static String list(String kind, String... items) {
        return """
                {"kind": "%sList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": [%s]}""".formatted(kind, String.join(",", items));
    }

    static String autoscaler(String name, String kind, String target) {
        return """
                {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "%s"},
                 "spec": {"maxReplicas": 9, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "%s", "name": "%s"}}}""".formatted(name, kind, target);
    }

    static String scaledObject(String name, String scaleTargetRef) {
        return """
                {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": {"name": "%s"},
                 "spec": {"scaleTargetRef": %s}}""".formatted(name, scaleTargetRef);
    }

    /** @param cost empty: without the annotation */
    static String pod(String name, String address, String cost) {
        String annotations = Stream.of(cost)
                .filter(it -> !it.isEmpty())
                .map("\"controller.kubernetes.io/pod-deletion-cost\": \"%s\""::formatted)
                .findFirst()
                .orElse("");
        return """
                {"apiVersion": "v1", "kind": "Pod",
                 "metadata": {"name": "%s", "namespace": "shop", "annotations": {%s}},
                 "status": {"podIP": "%s", "podIPs": [{"ip": "%s"}]}}""".formatted(name, annotations, address, address);
    }
}
