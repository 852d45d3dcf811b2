package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Repository;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where a restore is under way, and what those who do it share.
 *
 * @param proven files, by their names on the server, that are on disk as their bytes were held against a manifest in this
 *     run: nobody has to read them again. For any number of threads
 */
record Site(
        Repository repository,
        Layout layout,
        RestoreJournal journal,
        Settling settling,
        Meter meter,
        Set<String> proven) {
    static Site of(Repository repository, Layout layout, RestoreJournal journal, Settling settling, Meter meter) {
        return new Site(repository, layout, journal, settling, meter, ConcurrentHashMap.newKeySet());
    }
}
