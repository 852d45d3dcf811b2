package io.bulwark.load.result;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Keeps results in files: as JSON for programs, and as a page for people. */
public final class Results {
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private Results() {}

    /**
     * Writes {@code NAME.json} and {@code NAME.html}, over those of an earlier run; makes the directory when it is not there.
     */
    public static void write(Result result, Path directory) {
        try {
            Files.createDirectories(directory);
            Files.writeString(file(result, directory, ".json"), JSON.writeValueAsString(result) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("The result of " + result.name() + " could not be kept in " + directory, e);
        }
        writePage(result, directory);
    }

    /** Writes {@code NAME.html} alone, and returns where. */
    public static Path writePage(Result result, Path directory) {
        try {
            Files.createDirectories(directory);
            return Files.writeString(file(result, directory, ".html"), Page.of(result));
        } catch (IOException e) {
            throw new UncheckedIOException("The page of " + result.name() + " could not be kept in " + directory, e);
        }
    }

    /** Reads what {@link #write} wrote. @throws IllegalArgumentException when it is something else */
    public static Result read(Path json) {
        try {
            return JSON.readValue(Files.readString(json), Result.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    json + " is not the result of a run (" + e.getOriginalMessage()
                            + "): expected a NAME.json that `load run` or `load compare` wrote",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(json + " could not be read", e);
        }
    }

    private static Path file(Result result, Path directory, String ending) {
        if (!FILE_NAME.matcher(result.name()).matches()) {
            throw new IllegalArgumentException(
                    "The result's name '" + result.name() + "' cannot name a file: expected letters, digits and . _ -");
        }
        return directory.resolve(result.name() + ending);
    }
}
