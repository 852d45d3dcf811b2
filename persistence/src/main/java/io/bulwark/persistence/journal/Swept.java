package io.bulwark.persistence.journal;

/**
 * What was deleted of the journal.
 *
 * @param events rows that no recovery reads any more
 * @param snapshots rows that newer snapshots have taken the place of
 */
public record Swept(long events, long snapshots) {
    static final Swept NOTHING = new Swept(0, 0);

    Swept plus(Swept more) {
        return new Swept(events + more.events, snapshots + more.snapshots);
    }
}
