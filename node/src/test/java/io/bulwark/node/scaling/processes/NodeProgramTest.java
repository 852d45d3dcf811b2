package io.bulwark.node.scaling.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeProgramTest {
    private static List<String> words(String text) {
        return Stream.of(text.split(" ", -1)).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "java -Xmx1g -cp a.jar io.bulwark.node.Main node,"
                + " java -Xmx1g -cp a.jar io.bulwark.node.Main node --join h:1",
        "java io.bulwark.node.Main node --demo, java io.bulwark.node.Main node --join h:1",
        "java io.bulwark.node.Main node --join other:2, java io.bulwark.node.Main node --join h:1",
        "java io.bulwark.node.Main --config my.conf node,"
                + " java io.bulwark.node.Main --config my.conf node --join h:1",
        "java io.bulwark.node.Main -c my.conf node, java io.bulwark.node.Main -c my.conf node --join h:1",
        "java io.bulwark.node.Main --config=my.conf node,"
                + " java io.bulwark.node.Main --config=my.conf node --join h:1",
    })
    void words_ofANode_startAnother(String own, String other) {
        assertThat(NodeProgram.words(words(own), Optional.of("h:1"))).contains(words(other));
    }

    @Test
    void words_withADatabaseOfAllNodes_joinNobodyByName() {
        assertThat(NodeProgram.words(words("java io.bulwark.node.Main node --join h:1"), Optional.empty()))
                .contains(words("java io.bulwark.node.Main node"));
    }

    @Test
    void words_ofAnotherProgram_startNothing() {
        assertThat(NodeProgram.words(words("java -jar tests.jar"), Optional.of("h:1")))
                .isEmpty();
    }
}
