package io.bulwark.persistence.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.database.Database;
import org.junit.jupiter.api.Test;

class JournalSettingsTest {
    private static final Database DATABASE = new Database("jdbc:postgresql://db:5432/bulwark", "someone", "secret");

    @Test
    void settings_nameTheDatabaseUnderTheSharedSlickBlock() {
        assertThat(JournalSettings.of(DATABASE, 7))
                .containsEntry("akka-persistence-jdbc.shared-databases.slick.db.url", DATABASE.url())
                .containsEntry("akka-persistence-jdbc.shared-databases.slick.db.user", "someone")
                .containsEntry("akka-persistence-jdbc.shared-databases.slick.db.password", "secret")
                .containsEntry("akka-persistence-jdbc.shared-databases.slick.db.numThreads", 7)
                .containsEntry("akka-persistence-jdbc.shared-databases.slick.db.maxConnections", 7)
                .containsEntry("akka-persistence-jdbc.shared-databases.slick.profile", "slick.jdbc.PostgresProfile$");
    }

    @Test
    void password_isNotShownWithTheDatabase() {
        assertThat(DATABASE.toString())
                .doesNotContain("secret")
                .contains("db:5432")
                .contains("someone");
    }
}
