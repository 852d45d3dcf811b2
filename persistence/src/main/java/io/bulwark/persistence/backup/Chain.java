package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Backup;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A full backup with what builds on it, up to the one that is wanted. */
final class Chain {
    private Chain() {}

    /**
     * The backups that are needed, the full one first and the wanted one last.
     *
     * @throws RestoreException when one is missing, or they do not belong together
     */
    static List<Backup> of(Backup wanted, List<Backup> all) throws RestoreException {
        Map<String, Backup> byId = all.stream().collect(Collectors.toMap(Backup::id, Function.identity()));
        SequencedMap<String, Backup> chain = new LinkedHashMap<>();
        Backup backup = wanted;
        chain.putFirst(backup.id(), backup);
        for (Optional<String> parent = backup.start().parent();
                parent.isPresent();
                parent = backup.start().parent()) {
            Backup child = backup;
            backup = Optional.ofNullable(byId.get(parent.get())).orElse(null);
            if (backup == null) {
                throw new RestoreException("The backup " + child.id() + " builds on " + parent.get()
                        + ", which the repository does not have or cannot read: restore another one");
            }
            check(child, backup, chain);
            chain.putFirst(backup.id(), backup);
        }
        return List.copyOf(chain.values());
    }

    private static void check(Backup child, Backup parent, Map<String, Backup> younger) throws RestoreException {
        if (younger.containsKey(parent.id())) {
            throw new RestoreException("The backup " + child.id() + " builds on itself, by way of " + parent.id());
        }
        if (!child.start().systemIdentifier().equals(parent.start().systemIdentifier())
                || child.start().timeline() != parent.start().timeline()) {
            throw new RestoreException("The backup " + child.id() + " builds on " + parent.id()
                    + ", which is of another system or timeline: restore another one");
        }
    }
}
