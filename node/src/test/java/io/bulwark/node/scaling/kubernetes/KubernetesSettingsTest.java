package io.bulwark.node.scaling.kubernetes;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.node.scaling.kubernetes.KubernetesSettings.Kind;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubernetesSettingsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Shop | bulwark | 5000  | Shop
            a/b  | bulwark | 5000  | a/b
            shop | ``      | 5000  | workload
            shop | ../x    | 5000  | ../x
            shop | bulwark | 49    | 49 ms
            shop | bulwark | 60001 | 60001 ms
            """)
    void settings_outOfRange_areRefusedByName(String namespace, String name, int answerWithin, String named) {
        assertThatThrownBy(
                        () -> new KubernetesSettings(namespace, Kind.DEPLOYMENT, name, Duration.ofMillis(answerWithin)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }
}
