package io.bulwark.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A subtype that is not listed is written and then cannot be read: whoever adds one is told here. */
class SealedTypesTest {
    /** Every sealed interface of this module that names its subtypes on the wire. */
    static List<Class<?>> sealedTypesOnTheWire() throws IOException, URISyntaxException {
        Path root = Path.of(CborMessage.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.endsWith("package-info.class"))
                    .<Class<?>>map(file -> load(root.relativize(file).toString()))
                    .filter(type -> type.isSealed() && type.isAnnotationPresent(JsonSubTypes.class))
                    .toList();
        }
    }

    private static Class<?> load(String file) {
        try {
            return Class.forName(
                    file.substring(0, file.length() - ".class".length()).replace('/', '.'));
        } catch (ClassNotFoundException e) {
            throw new UncheckedIOException(new IOException(file, e));
        }
    }

    @ParameterizedTest
    @MethodSource("sealedTypesOnTheWire")
    void everyPermittedSubtypeIsListedOnce(Class<?> type) {
        JsonSubTypes.Type[] listed = type.getAnnotation(JsonSubTypes.class).value();
        assertThat(Arrays.stream(listed).map(JsonSubTypes.Type::value))
                .containsExactlyInAnyOrder(Arrays.stream(type.getPermittedSubclasses())
                        .filter(subtype -> !LocalOnly.class.isAssignableFrom(subtype))
                        .toArray(Class<?>[]::new));
        assertThat(Arrays.stream(listed).map(JsonSubTypes.Type::name)).doesNotHaveDuplicates();
        assertThat(type.isAnnotationPresent(JsonTypeInfo.class)).isTrue();
    }

    /** A component whose type is sealed is read by name; without one Jackson could not know what to make. */
    @Test
    void everySealedComponentOfAMessageNamesItsSubtypes() throws IOException, URISyntaxException {
        List<Class<?>> sealed = sealedTypesOnTheWire();
        assertThat(sealed).hasSizeGreaterThan(8);
        assertThat(sealed.stream()
                        .flatMap(type -> Arrays.stream(type.getPermittedSubclasses()))
                        .filter(Class::isRecord)
                        .flatMap(type -> Arrays.stream(type.getRecordComponents()))
                        .map(component -> component.getType())
                        .filter(Class::isSealed))
                .allMatch(sealed::contains);
    }
}
