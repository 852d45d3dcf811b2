package io.bulwark.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.cluster.ConfigValidation;
import akka.cluster.Invalid;
import akka.cluster.Valid$;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.jdk.javaapi.CollectionConverters;

class JoinCheckTest {
    private static Config told(String name, String secret, String database, int schema) {
        return ConfigFactory.parseMap(
                JoinCheck.told(name, AkkaSettings.proof(secret, name + database), database, schema));
    }

    private static List<String> reasons(ConfigValidation answer) {
        return answer instanceof Invalid invalid ? CollectionConverters.asJava(invalid.errorMessages()) : List.of();
    }

    @Test
    void check_theSame_letsIn() {
        Config same = told("bulwark", "secret", "db", 4);
        assertThat(new JoinCheck().check(same, same)).isEqualTo(Valid$.MODULE$);
    }

    @ParameterizedTest
    @CsvSource({
        "other, secret, db, 4, its cluster is 'other' and this one is 'bulwark'",
        "bulwark, guess, db, 4, its cluster secret is another",
        "bulwark, '', db, 4, its cluster secret is another",
        "bulwark, secret, other-db, 4, 'it works on another database (other-db, here db)'",
        "bulwark, secret, db, 5, 'its schema is version 5, here 4'"
    })
    void check_aDifference_isNamed(String name, String secret, String database, int schema, String reason) {
        ConfigValidation answer =
                new JoinCheck().check(told(name, secret, database, schema), told("bulwark", "secret", "db", 4));
        assertThat(reasons(answer)).contains(reason);
    }

    @Test
    void check_nodeThatTellsNothing_isRefused() {
        ConfigValidation answer = new JoinCheck().check(ConfigFactory.empty(), told("bulwark", "", "db", 4));
        assertThat(reasons(answer)).hasSize(4);
    }

    @Test
    void told_neverHoldsTheSecret() {
        assertThat(told("bulwark", "correct horse", "db", 4).root().render()).doesNotContain("correct horse");
    }
}
