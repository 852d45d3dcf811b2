package io.bulwark.http.backup;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.backup.BackupKind;
import io.bulwark.backup.BackupTask;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of a wish for a backup; every member has a default. */
record TakeRequest(BackupTask.Take task) {
    @JsonCreator
    static TakeRequest of(
            @JsonProperty("kind") @Nullable BackupKind kind,
            @JsonProperty("label") @Nullable String label,
            @JsonProperty("tags") @Nullable Map<String, String> tags) {
        return new TakeRequest(new BackupTask.Take(
                kind == null ? BackupKind.INCREMENTAL : kind,
                label == null ? "" : label,
                tags == null ? Map.of() : tags));
    }
}
