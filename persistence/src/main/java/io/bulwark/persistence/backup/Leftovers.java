package io.bulwark.persistence.backup;

import io.bulwark.persistence.backup.Recorded.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a restore that broke off left in the target, before another goes on with it: nothing may be there that is not of the
 * restore, and what was whole has to be as it was left.
 */
final class Leftovers {
    private final Layout layout;
    private final Recorded recorded;

    Leftovers(Layout layout, Recorded recorded) {
        this.layout = layout;
        this.recorded = recorded;
    }

    /**
     * @param earlier of the last backup that is whole
     * @param current of the one that was being put over it; the same when there is none
     * @throws RestoreException naming the first file that is not as it was left
     */
    void check(Manifest earlier, Manifest current) throws IOException {
        Set<String> before = wholeNames(earlier.files().keySet());
        Set<String> now = wholeNames(current.files().keySet());
        checkStrangers(layout.data(), before, now);
        if (layout.tablespaces().isPresent()) {
            checkStrangers(layout.tablespaces().get(), before, now);
        }
        Set<String> there = wholeNames(recorded.entries());
        for (Map.Entry<String, Mark> mark : recorded.marks().entrySet()) {
            String name = mark.getKey();
            // Of what is in only one of the two, nobody knows whether it was removed already, or is of an earlier one.
            if (there.contains(name) || (before.contains(name) && now.contains(name))) {
                checkUnchanged(layout.place(name), mark.getValue());
            }
        }
    }

    private void checkStrangers(Path root, Set<String> before, Set<String> now) throws IOException {
        for (Path path : Contents.of(root).all()) {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) || layout.isJournal(path)) {
                continue;
            }
            String name = layout.nameOf(path);
            boolean ours = before.contains(name)
                    || now.contains(name)
                    || Layout.isWal(name)
                    || Layout.tablespace(name).isPresent()
                    || Restore.isEdited(name);
            if (!ours) {
                throw new RestoreException("The file " + path
                        + " is not of the unfinished restore there, which would remove it: move it away, or restore into"
                        + " an empty directory");
            }
        }
    }

    private static void checkUnchanged(Path path, Mark mark) throws IOException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new RestoreException("The file " + path
                    + ", which the unfinished restore had written, is gone: restore into an empty directory");
        }
        if (!Mark.of(path).equals(mark)) {
            throw new RestoreException("The file " + path
                    + " was changed since the unfinished restore wrote it: restore into an empty directory");
        }
    }

    private static Set<String> wholeNames(Iterable<String> names) {
        Set<String> whole = new HashSet<>();
        names.forEach(name -> whole.add(Unpacking.wholeName(name)));
        return whole;
    }
}
