package io.dl4jext.experiments.evidence;

import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.evidence.cell.Scale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a report is of: its scale, and the papers that are on its page. It lies with the cells, so that whoever goes on
 * with a report does not make another one of it. Immutable.
 */
final class Scope {

    private static final String FILE = "scope.txt";
    private static final String SCALE = "scale ";
    private static final String PAPERS = "papers ";

    private final Scale scale;
    private final Set<Integer> papers = new TreeSet<>();

    private Scope(Scale scale, Set<Integer> papers) {
        this.scale = scale;
        this.papers.addAll(papers);
    }

    /**
     * What a report comes to be of.
     *
     * @param cells the folder of its cells; null or absent where it begins
     * @param wanted the scale that the user named; null for the one that it has, or the smallest
     * @param chosen the papers that are wanted now; those that it has stay on its page
     * @throws UserError where it has another scale
     */
    static Scope of(Path cells, Scale wanted, Set<Integer> chosen) throws IOException {
        Path file = cells == null ? null : cells.resolve(FILE);
        if (file == null || !Files.exists(file)) {
            UserError.require(
                    wanted != null || file == null || isEmpty(cells),
                    "--scale",
                    "that of the report in " + cells + ", which an earlier version has begun",
                    "none");
            return new Scope(wanted == null ? Scale.SMOKE : wanted, chosen);
        }
        List<String> lines = Files.readAllLines(file);
        Scale scale = Scale.valueOf(value(lines, SCALE, file).toUpperCase(Locale.ROOT));
        UserError.require(
                wanted == null || wanted == scale,
                "--scale",
                scale + ", which the report in " + cells.getParent() + " is of",
                wanted);
        Scope scope = new Scope(scale, chosen);
        for (String paper : value(lines, PAPERS, file).split(",")) {
            scope.papers.add(Integer.valueOf(paper));
        }
        return scope;
    }

    private static boolean isEmpty(Path cells) throws IOException {
        if (!Files.isDirectory(cells)) {
            return true;
        }
        try (Stream<Path> all = Files.list(cells)) {
            return all.findAny().isEmpty();
        }
    }

    private static String value(List<String> lines, String name, Path file) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).trim())
                .findFirst()
                .orElseThrow(() -> new UserError(file + ": expected a line '" + name + "...', found none"));
    }

    Scale scale() {
        return scale;
    }

    boolean has(List<Integer> some) {
        return some.stream().anyMatch(papers::contains);
    }

    void write(Path cells) throws IOException {
        Files.write(
                cells.resolve(FILE),
                List.of(
                        SCALE + scale,
                        PAPERS + papers.stream().map(String::valueOf).collect(Collectors.joining(","))));
    }
}
