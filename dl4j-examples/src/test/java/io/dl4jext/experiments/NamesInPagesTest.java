package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The types and packages that pages speak of are there: in this project, or in what it imports. */
class NamesInPagesTest {

    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern TYPE =
            Pattern.compile("`([A-Z][A-Za-z0-9]+)(?:\\.(?!md`)[a-zA-Z]+)*(?:\\([^`]*\\))?`");
    private static final Pattern PACKAGE = Pattern.compile("`(io\\.dl4jext(?:\\.[a-z]+)*)(?:\\.[A-Z][A-Za-z.]*)?`");
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?[\\w.]*?\\.([A-Z]\\w*)", Pattern.MULTILINE);

    /** Data types, kinds of files and the like. */
    private static final Set<String> NO_TYPES = Set.of("FLOAT", "DOUBLE");

    private static Set<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(PROJECT)) {
            return files.filter(file -> file.toString().endsWith(".java")
                            && PROJECT.relativize(file).toString().contains("src"))
                    .collect(Collectors.toSet());
        }
    }

    private static Set<String> found(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        for (Matcher match = pattern.matcher(text); match.find(); ) {
            found.add(match.group(1));
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONTRIBUTING.md", "docs/architecture.md"})
    void typesAndPackagesExist(String page) throws IOException {
        String text = Files.readString(PROJECT.resolve(page));
        Set<String> types = new HashSet<>(NO_TYPES);
        Set<String> packages = new HashSet<>();
        for (Path source : sources()) {
            String code = Files.readString(source);
            types.add(source.getFileName().toString().replace(".java", ""));
            types.addAll(found(IMPORT, code));
            packages.addAll(found(Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE), code));
        }
        assertThat(found(TYPE, text)).isNotEmpty().isSubsetOf(types);
        assertThat(found(PACKAGE, text)).isSubsetOf(packages);
    }

    @Test
    void thePatternsFindNames() {
        assertThat(found(TYPE, "`Spectrum`, `BatchSchedule.named(\"x\")`, `not`"))
                .containsExactly("BatchSchedule", "Spectrum");
        assertThat(found(PACKAGE, "`io.dl4jext.fisher.layer.OuterProductLayers`, `io.dl4jext.fisher`"))
                .containsExactly("io.dl4jext.fisher", "io.dl4jext.fisher.layer");
    }
}
