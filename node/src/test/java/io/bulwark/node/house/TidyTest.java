package io.bulwark.node.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Methods and files stay short enough to be read at once, and nothing is left lying about. */
class TidyTest {
    private static final List<String> MODULES = List.of("protocol", "persistence", "http", "node", "load-tests");
    private static final int FILE_LINES_MAX = 400;
    private static final int METHOD_LINES_MAX = 60;
    private static final Pattern LEFTOVER = Pattern.compile("\\b(FIXME|TODO|XXX|HACK)\\b");
    private static final Pattern ROOM_FOR_EVERYTHING =
            Pattern.compile("/(util|utils|common|impl|manager|managers|helpers|misc|dto)/");

    private static final List<Path> SOURCES = new ArrayList<>();
    private static final List<Method> METHODS = new ArrayList<>();

    private record Method(Path file, String name, int lines) {
        @Override
        public String toString() {
            return file + " " + name + " (" + lines + " lines)";
        }
    }

    @BeforeAll
    static void readTheHouse() throws IOException {
        Path root = Path.of("..").toAbsolutePath().normalize();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(SOURCES::add);
            }
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
            List<Path> main = SOURCES.stream()
                    .filter(file -> file.toString().contains("/src/main/"))
                    .toList();
            JavacTask task = (JavacTask)
                    compiler.getTask(null, manager, null, List.of(), null, manager.getJavaFileObjectsFromPaths(main));
            Trees trees = Trees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                new MethodLengths(trees.getSourcePositions(), unit).scan(unit, null);
            }
        }
    }

    /** Counts the lines between the braces' lines, both included, of every method that has a body. */
    private static final class MethodLengths extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final SourcePositions positions;
        private final CompilationUnitTree unit;

        MethodLengths(SourcePositions positions, CompilationUnitTree unit) {
            this.positions = positions;
            this.unit = unit;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            if (method.getBody() != null && !method.getModifiers().getFlags().contains(Modifier.ABSTRACT)) {
                var lines = unit.getLineMap();
                long first = lines.getLineNumber(positions.getStartPosition(unit, method.getBody()));
                long last = lines.getLineNumber(positions.getEndPosition(unit, method.getBody()));
                METHODS.add(new Method(
                        Path.of(unit.getSourceFile().toUri()), method.getName().toString(), (int) (last - first + 1)));
            }
            return super.visitMethod(method, null);
        }
    }

    @Test
    void file_anyOfThem_isUnder400Lines() {
        assertThat(SOURCES)
                .isNotEmpty()
                .allSatisfy(
                        file -> assertThat(linesOf(file)).as(file.toString()).hasSizeLessThanOrEqualTo(FILE_LINES_MAX));
    }

    @Test
    void method_anyOfThem_isAtMost60Lines() {
        assertThat(METHODS)
                .isNotEmpty()
                .allSatisfy(
                        method -> assertThat(method.lines).as(method.toString()).isLessThanOrEqualTo(METHOD_LINES_MAX));
    }

    @Test
    void methods_nineInTen_areUnder20Lines() {
        assertThat(share(20)).isGreaterThanOrEqualTo(0.9);
    }

    @Test
    void methods_half_areAtMost6LinesBetweenTheirBraces() {
        assertThat(share(8)).isGreaterThanOrEqualTo(0.5);
    }

    @Test
    void source_anyOfIt_hasNoLeftovers() {
        assertThat(SOURCES)
                .filteredOn(file -> !file.endsWith("TidyTest.java"))
                .allSatisfy(file -> assertThat(linesOf(file))
                        .as(file.toString())
                        .noneMatch(line -> LEFTOVER.matcher(line).find()));
    }

    @Test
    void package_anyOfThem_isNamedForACapability() {
        assertThat(SOURCES)
                .noneMatch(file -> ROOM_FOR_EVERYTHING.matcher(file.toString()).find());
    }

    private static double share(int lines) {
        long atMost = METHODS.stream().filter(method -> method.lines <= lines).count();
        return (double) atMost / METHODS.size();
    }

    private static List<String> linesOf(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
