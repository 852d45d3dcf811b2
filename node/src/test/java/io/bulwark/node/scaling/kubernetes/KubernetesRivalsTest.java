package io.bulwark.node.scaling.kubernetes;

import static io.bulwark.node.scaling.kubernetes.MockedApi.AUTOSCALERS;
import static io.bulwark.node.scaling.kubernetes.MockedApi.SCALED_OBJECTS;
import static io.bulwark.node.scaling.kubernetes.MockedApi.autoscaler;
import static io.bulwark.node.scaling.kubernetes.MockedApi.list;
import static io.bulwark.node.scaling.kubernetes.MockedApi.scaledObject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.bulwark.node.scaling.ScaleTarget.Size;
import io.bulwark.node.scaling.TargetTrouble;
import io.bulwark.node.scaling.TargetTrouble.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Two that scale the same thing would fight, so the target says who else does. */
class KubernetesRivalsTest {
    private final MockedApi api = new MockedApi();
    private final KubernetesTarget target = api.target();

    @BeforeEach
    void scaled() {
        api.isScaledTo(3, "41");
    }

    @AfterEach
    void close() {
        target.close();
        api.close();
    }

    private TargetTrouble trouble() {
        return catchThrowableOfType(TargetTrouble.class, target::size);
    }

    @Test
    void size_withAnAutoscalerOfOurs_namesItAndSaysWhatToDo() {
        api.gets(AUTOSCALERS, list("HorizontalPodAutoscaler", autoscaler("web", "Deployment", "bulwark")));

        TargetTrouble trouble = trouble();

        assertThat(trouble.kind()).isEqualTo(Kind.RIVAL);
        assertThat(trouble)
                .hasMessageContaining("HorizontalPodAutoscaler 'web'")
                .hasMessageContaining("delete it")
                .hasMessageContaining("bulwark.scaling.target = record");
    }

    @Test
    void size_withAutoscalersOfOthers_isSaid() throws Exception {
        api.gets(
                AUTOSCALERS,
                list(
                        "HorizontalPodAutoscaler",
                        autoscaler("a", "Deployment", "shop"),
                        autoscaler("b", "StatefulSet", "bulwark")));
        api.gets(
                SCALED_OBJECTS,
                list(
                        "ScaledObject",
                        scaledObject("c", "{\"name\": \"shop\"}"),
                        scaledObject("d", "{\"kind\": \"StatefulSet\", \"name\": \"bulwark\"}")));

        assertThat(target.size()).isEqualTo(new Size(3, "41"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"name\": \"bulwark\"}", "{\"kind\": \"Deployment\", \"name\": \"bulwark\"}"})
    void size_withAScaledObjectOfOurs_namesThatAndNotItsAutoscaler(String scaleTargetRef) {
        api.gets(SCALED_OBJECTS, list("ScaledObject", scaledObject("nightly", scaleTargetRef)));
        api.gets(AUTOSCALERS, list("HorizontalPodAutoscaler", autoscaler("keda-hpa-nightly", "Deployment", "bulwark")));

        TargetTrouble trouble = trouble();

        assertThat(trouble.kind()).isEqualTo(Kind.RIVAL);
        assertThat(trouble).hasMessageContaining("ScaledObject 'nightly'");
    }

    @Test
    void size_withoutKeda_isSaid() throws Exception {
        api.getFails(SCALED_OBJECTS, 404);
        api.gets(AUTOSCALERS, list("HorizontalPodAutoscaler"));

        assertThat(target.size()).isEqualTo(new Size(3, "41"));
    }

    @Test
    void size_whereAutoscalersMayNotBeSeen_isSaidAndWarnedOfOnce() throws Exception {
        api.getFails(SCALED_OBJECTS, 403);
        api.getFails(AUTOSCALERS, 403);
        var log = (Logger) LoggerFactory.getLogger(Rivals.class);
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        log.addAppender(lines);
        try {
            target.size();
            assertThat(target.size()).isEqualTo(new Size(3, "41"));
        } finally {
            log.detachAppender(lines);
        }

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .satisfiesExactly(
                        first -> assertThat(first).contains("scaledobjects").contains("'list'"),
                        second -> assertThat(second).contains("horizontalpodautoscalers"));
    }

    @Test
    void size_whereAutoscalersCannotBeLookedAt_isNotSaid() {
        api.getFails(AUTOSCALERS, 500);

        assertThat(trouble().kind()).isEqualTo(Kind.FAILED);
    }
}
